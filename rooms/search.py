"""Finding messages: what was asked for, and those of one's rooms that have it, the newest first.

What was moved in was said before what was said here, and has later ids. So where all matches are looked at,
they are in the order of their times; where there are too many for that, in the order of their ids.

The words (rooms/words.py) are found by the database's own index (rooms/word_index.py). It is asked for some
thousand matches at a time, from the newest on, so that a word that is in a million messages costs no more
than one that is in a few.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import partial

from django.db import models
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.plain_text import shortened, visible_characters
from database.replica import from_replica
from rooms import word_index
from rooms.models import Message, Room
from rooms.models.message import PAGE_SIZE, MessageQuerySet
from rooms.models.values import MessageRow
from rooms.name_lookup import people_called, rooms_called
from rooms.word_index import BEYOND_ALL_IDS, newest_matches
from rooms.words import Phrase, phrase_in, places

# What one looks for, characters; more is not read.
QUERY_LIMIT = 300
# So many words count; more would only cost.
WORDS_LIMIT = 12
# How often matches are looked through for one page: what is not in one's own rooms, or by somebody else, is
# among them.
WINDOWS = 3

# A word, several in quotes, or a name and what it is to be; with a minus, what is not wanted.
PART = re.compile(r'((?<!\S)-)?(?:(from|in|before|after|has):)?("[^"]*"?|\S+)', re.IGNORECASE)
# What keyboards of other scripts, and of telephones, have in the place of what NFKC does not make alike.
TYPED = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "−": "-"})

ONLY_LEAVES_OUT = gettext_lazy("What begins with a minus is left out. Say as well what to look for.")
NO_WORD = gettext_lazy("There is no word in that to look for.")
TOO_MANY = gettext_lazy("The first %(number)d words count, the others do not.")


@dataclass
class Terms:
    """Words, people, rooms and kinds of what is attached: all of them are wanted, or none."""

    phrases: list[Phrase] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    has: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.phrases or self.authors or self.rooms or self.has)


@dataclass
class SearchQuery:
    """What somebody looks for."""

    wanted: Terms = field(default_factory=Terms)
    unwanted: Terms = field(default_factory=Terms)
    before: datetime.date | None = None
    after: datetime.date | None = None
    # What could not be understood, in sentences.
    notes: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked for."""
        return not (self.wanted or self.before or self.after)


@dataclass(frozen=True)
class SearchPage:
    """A page of what was found, and the id before which to go on; nothing when that was all."""

    messages: list[MessageRow]
    older: int | None
    notes: list[str]


def parse_query(text: str) -> SearchQuery:
    """What `text` asks for. Whatever it is, there is an answer."""
    asked = SearchQuery()
    typed = unicodedata.normalize("NFKC", text[:QUERY_LIMIT]).translate(TYPED)[:QUERY_LIMIT]
    for minus, kind, value in PART.findall(typed):
        _understand(asked, asked.unwanted if minus else asked.wanted, kind.lower(), value.strip('"'))
    for terms in (asked.wanted, asked.unwanted):
        different = list(dict.fromkeys(terms.phrases))
        terms.phrases = different[:WORDS_LIMIT]
        if len(different) > WORDS_LIMIT:
            asked.notes.append(TOO_MANY % {"number": WORDS_LIMIT})
    if asked.is_empty and not asked.notes and typed.strip():
        asked.notes.append(str(ONLY_LEAVES_OUT if asked.unwanted else NO_WORD))
    return asked


def _understand(asked: SearchQuery, terms: Terms, kind: str, value: str) -> None:
    match kind:
        case "from":
            terms.authors.append(value.removeprefix("@"))
        case "in":
            terms.rooms.append(value.removeprefix("#"))
        case "before" | "after" if terms is asked.unwanted:
            asked.notes.append(_("There is no minus for days: before: is the other side of after:."))
        case "before" | "after":
            try:
                setattr(asked, kind, datetime.date.fromisoformat(value))
            except ValueError:
                asked.notes.append(_("“%(value)s” is not a date such as 2026-05-31.") % {"value": value})
        case "has" if value.lower() in ("file", "link"):
            terms.has.add(value.lower())
        case "has":
            asked.notes.append(_("One can look for has:file and has:link."))
        case _:
            if phrase := phrase_in(value):
                terms.phrases.append(phrase)


def search_messages(
    person: Person, asked: SearchQuery, before: int | None = None, rooms: Collection[int] | None = None
) -> SearchPage:
    """A page of the messages in the rooms of `person` that `asked` is about; `before` goes on from a page.

    Where there are `rooms`, by id, in none but these.
    At most six queries, a further one for -from: and for -in:, and so many matches read; on PostgreSQL one
    more to begin with, and three where a word is seldom. To go on takes two more, and on PostgreSQL as many
    as to begin with. Where that did not fill a page, one can go on.
    Where there is a replica the index is asked there; what it finds is read here, and whether somebody may
    is decided here. That is one query more.
    """
    if asked.is_empty:
        return SearchPage([], None, asked.notes)
    notes = list(asked.notes)
    wanted = _narrowed(person, asked, notes)
    if wanted is None:
        return SearchPage([], None, notes)
    if rooms is not None:
        wanted = wanted.filter(room__in=rooms)
    found, older = from_replica(
        partial(_page_before, person, asked, wanted, before),
        confirm=partial(_as_it_is, person, wanted),
    )
    return SearchPage(found, older, notes)


# The messages of a page, and the id before which to go on.
type Found = tuple[list[MessageRow], int | None]


def _page_before(person: Person, asked: SearchQuery, wanted: MessageQuerySet, before: int | None) -> Found:
    matches_before = partial(newest_matches, asked.wanted.phrases, asked.unwanted.phrases, wanted)
    mine = wanted.filter(room__in=Room.objects.of(person))
    window = matches_before(before or BEYOND_ALL_IDS)
    if len(window) < word_index.WINDOW_SIZE:
        all_matches = matches_before(BEYOND_ALL_IDS) if before else window
        if len(all_matches) < word_index.WINDOW_SIZE:
            return _page_by_time(mine.filter(pk__in=all_matches), before)
    return _page_by_ids(mine, matches_before, window)


def _page_by_time(all_found: MessageQuerySet, before: int | None) -> Found:
    """Of all that is found, one query; with `before`, the id of the last one of a page, two.

    Where that one is gone meanwhile, with its room, it goes on by the ids.
    """
    if before:
        last = Message.objects.filter(pk=before).values_list("posted_at", flat=True).first()
        earlier = models.Q(pk__lt=before)
        if last:
            earlier = models.Q(posted_at__lt=last) | models.Q(posted_at=last) & earlier
        all_found = all_found.filter(earlier)
    by_time = ("-posted_at", "-pk")
    # Of all these the ids alone are put in order.
    newest = all_found.order_by(*by_time).values("pk")[: PAGE_SIZE + 1]
    found = Message.objects.filter(pk__in=newest).order_by(*by_time).rows()
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None


def _page_by_ids(
    mine: MessageQuerySet, matches_before: Callable[[int], list[int]], window: list[int]
) -> Found:
    """Of the matches of a `window`, and of so many windows after it as a page takes: WINDOWS at most."""
    found: list[MessageRow] = []
    for turn in range(WINDOWS):
        window = matches_before(window[-1]) if turn else window
        found += mine.filter(pk__in=window).order_by("-pk")[: PAGE_SIZE + 1 - len(found)].rows()
        if len(found) > PAGE_SIZE:
            return found[:PAGE_SIZE], found[PAGE_SIZE - 1].pk
        if len(window) < word_index.WINDOW_SIZE:
            return found, None
    return found, window[-1]


def _as_it_is(person: Person, wanted: MessageQuerySet, page: Found) -> Found:
    """What of a page is so here still, as it is here, in the rooms that `person` is in. One query."""
    found, older = page
    places = {message.pk: place for place, message in enumerate(found)}
    there = wanted.filter(pk__in=places, room__in=Room.objects.of(person)).rows()
    return sorted(there, key=lambda message: places[message.pk]), older


def _narrowed(person: Person, asked: SearchQuery, notes: list[str]) -> MessageQuerySet | None:
    """What stands, less what was asked not to be looked at; None where that leaves nothing."""
    wanted, unwanted = (_conditions(person, terms, notes) for terms in (asked.wanted, asked.unwanted))
    if NOTHING in wanted:
        return None
    found = Message.objects.undeleted().filter(*wanted)
    for condition in unwanted:
        found = found.exclude(condition)
    if asked.after:
        found = found.filter(_since(asked.after))
    if asked.before:
        found = found.filter(~_since(asked.before))
    return found


# What no message is.
NOTHING = models.Q(pk__in=())


def _conditions(person: Person, terms: Terms, notes: list[str]) -> list[models.Q]:
    """By whom, where and with what attached; NOTHING where nobody, or no room, is called so."""
    found: list[models.Q] = []
    if terms.authors:
        people = people_called(terms.authors)
        found.append(models.Q(author__in=people) if people else NOTHING)
        if not people:
            notes.append(_("Nobody is called %(names)s.") % {"names": _either(terms.authors)})
    if terms.rooms:
        rooms = rooms_called(person, terms.rooms)
        found.append(models.Q(room__in=rooms) if rooms else NOTHING)
        if not rooms:
            notes.append(_("None of your rooms is called %(names)s.") % {"names": _either(terms.rooms)})
    if "file" in terms.has:
        found.append(models.Q(files__gt=0))
    if "link" in terms.has:
        found.append(models.Q(links__gt=0))
    return found


def _either(names: list[str]) -> str:
    """“ana”, “ana or bo”."""
    said, *others = names
    for name in others:
        said = _("%(one)s or %(other)s") % {"one": said, "other": name}
    return said


def begin_of(day: datetime.date) -> datetime.datetime | None:
    """The moment at which `day` begins in the current zone; None where the calendar has no such day there."""
    try:
        begins = timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
        return begins.astimezone(datetime.UTC)
    except (OverflowError, ValueError):
        return None


def _since(day: datetime.date) -> models.Q:
    """What was posted on `day` or later: all of it where the calendar begins later, or nothing."""
    if begins := begin_of(day):
        return models.Q(posted_at__gte=begins)
    return NOTHING if day.year > 5000 else ~NOTHING


# Characters around the first word that was found.
EXCERPT = 280


def excerpt(body: str, phrases: Iterable[Phrase]) -> SafeString:
    """A part of `body` with words of `phrases` in it, each of them marked."""
    hits = places(body, phrases)
    begin = _begin(body, hits[0][0]) if hits else 0
    end = begin + len(shortened(body[begin:], EXCERPT, ""))
    parts, place = ["… " if begin else ""], begin
    for start, stop in hits:
        if start >= end:
            break
        parts += [escape(body[place:start]), "<mark>", escape(body[start:stop]), "</mark>"]
        place = stop
    parts += [escape(body[place:end]), " …" if end < len(body) else ""]
    return SafeString("".join(parts))


def _begin(body: str, hit: int) -> int:
    """Where the excerpt begins that has what was found at `hit`: at no place within a visible character."""
    most = EXCERPT // 4
    if hit <= most or body.isascii():
        return max(0, hit - most)
    begin = hit
    # From further back than is shown, for the first of these may be cut through.
    for sign in reversed(list(visible_characters(body[max(0, hit - 2 * most) : hit]))):
        if hit - begin + len(sign) > most:
            break
        begin -= len(sign)
    return begin
