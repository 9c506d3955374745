"""The words that people watch: kept, and found in what was said, by the worker, in many messages at once.

They are compared as a search compares: whole words, without case and accents. Where a script has no spaces
between words, or a word of it is one sign, anything in a run is found.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from django.db import transaction

from accounts.models import Block, Person
from notifications.models import WatchedWord
from rooms.actions.mentions import WatchedMessage, mention_watchers
from rooms.models import Membership, Message
from rooms.words import begins_or_ends_otherwise, indexed, is_run, normalised, whole_phrase_in


class Sought(NamedTuple):
    """Some words in a row that people watch; the last may go on where it `is_open`.

    `literal` is what stands besides as it is, where there are signs at an end that are no words.
    """

    words: tuple[str, ...]
    is_open: bool
    literal: str


class Found(NamedTuple):
    """What is asked of a message: who said it, and where."""

    pk: int
    room_id: int
    author_id: int


def words_of(person: Person) -> list[str]:
    """The words that `person` watches, as they wrote them. One query."""
    return list(WatchedWord.objects.filter(person=person).order_by("pk").values_list("text", flat=True))


@transaction.atomic
def watch(person: Person, words: Iterable[str]) -> None:
    """Let `person` watch these `words` from now on, and no others. Two queries."""
    WatchedWord.objects.filter(person=person).delete()
    WatchedWord.objects.bulk_create(WatchedWord(person=person, text=text) for text in words)


def look_for_words(said: Iterable[Found]) -> list[WatchedMessage]:
    """Let those messages mean whoever watches a word of theirs, and may be told. Five queries at most.

    That is who is in the room, has not silenced it, did not say it and has not blocked who did. What was
    found is to be counted: `count_watched`.
    """
    watched = _watched()
    messages = {one.pk: one for one in said}
    if not watched or not messages:
        return []
    bodies = Message.objects.filter(pk__in=messages).values_list("pk", "body")
    found = [(messages[pk], person_id) for pk, body in bodies for person_id in who_watches(body, watched)]
    found = [(one, person_id) for one, person_id in found if one.author_id != person_id]
    if not found:
        return []
    people, rooms = {person_id for _, person_id in found}, {one.room_id for one, _ in found}
    members = Membership.objects.filter(room__in=rooms, person__in=people, person__is_active=True)
    here = set(members.telling().values_list("room_id", "person_id"))
    blocks = Block.objects.filter(person__in=people).values_list("person_id", "blocked_id")
    blocked = set(blocks)
    told = [
        WatchedMessage(one.pk, one.room_id, person_id)
        for one, person_id in found
        if (one.room_id, person_id) in here and (person_id, one.author_id) not in blocked
    ]
    if told:
        mention_watchers(told)
    return told


Watched = Mapping[str, Mapping[Sought, set[int]]]


def _watched() -> Watched:
    """All that is watched, by its first word: what, and by whom. One query."""
    return watched_by(WatchedWord.objects.filter(person__is_active=True).values_list("person_id", "text"))


def watched_by(words: Iterable[tuple[int, str]]) -> Watched:
    """The same of `words` that people, by their ids, watch."""
    watched: dict[str, dict[Sought, set[int]]] = defaultdict(dict)
    words = list(words)
    sought = {text: sought_in(text) for _, text in words}
    for person_id, text in words:
        if one := sought[text]:
            watched[one.words[0]].setdefault(one, set()).add(person_id)
    return watched


def sought_in(text: str) -> Sought | None:
    """What is looked for where somebody watches `text`; None if there is no word in it."""
    phrase = whole_phrase_in(text)
    return Sought(phrase.words, phrase.is_open, literally(text)) if phrase else None


def literally(text: str) -> str:
    """What of `text` has to stand there as it is: all of it, where it begins or ends with no letter: C++."""
    plain = normalised(text)
    return plain if begins_or_ends_otherwise(plain) else ""


def who_watches(body: str, watched: Watched) -> set[int]:
    """The ids of those who watch a word of the text `body`."""
    words = indexed(body).split(" ")
    found: set[int] = set()
    for at, sought, people in _candidates(words, watched):
        if not people <= found and _stands_at(at, words, sought) and sought.literal in normalised(body):
            found |= people
    return found


def _candidates(words: list[str], watched: Watched) -> Iterator[tuple[int, Sought, set[int]]]:
    """What may stand at which of `words`."""
    for at, word in enumerate(words):
        # A sign by itself is the beginning of two.
        for first in (word, word[0]) if is_run(word) and len(word) > 1 else (word,):
            for sought, people in watched.get(first, {}).items():
                yield at, sought, people


def _stands_at(at: int, words: list[str], sought: Sought) -> bool:
    there = words[at : at + len(sought.words)]
    if len(there) < len(sought.words) or there[:-1] != list(sought.words[:-1]):
        return False
    last = sought.words[-1]
    return there[-1].startswith(last) if sought.is_open else there[-1] == last
