"""Finding messages: what was asked for, and those of one's rooms that have it, the newest first.

The words are found by the database's own index: FTS5 on SQLite, a tsvector on PostgreSQL (migration
0004). It is asked for some thousand matches at a time, from the newest on, so that a word that is in a
million messages costs no more than one that is in a few.
"""

import datetime
import re
import unicodedata
from dataclasses import dataclass, field

from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString

from accounts.models import Person
from rooms.models import Message, Room
from rooms.models.message import PAGE_SIZE, MessageQuerySet
from rooms.models.values import MessageRow

# What one looks for, characters; more is not read.
QUERY_LIMIT = 300
# So many words count; more would only cost.
WORDS_LIMIT = 12
# Matches that are looked through in one query, and how often for one page: what is not in one's own
# rooms, or by somebody else, is among them.
WINDOW_SIZE = 2000
WINDOWS = 3
# SQLite's and PostgreSQL's largest id: before which everything is.
BEYOND_ALL_IDS = 2**63 - 1

PART = re.compile(r'(?:(from|in|before|after|has):)?("[^"]*"?|\S+)', re.IGNORECASE)
WORD = re.compile(r"\w+")

HELP = (
    "You can narrow it down with from:name, in:room, before:2026-05-31, after:2026-05-01, has:file, has:link."
)


@dataclass
class SearchQuery:
    """What somebody looks for."""

    # Each is a word, or several that follow each other.
    phrases: list[list[str]] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    before: datetime.date | None = None
    after: datetime.date | None = None
    has: set[str] = field(default_factory=set)
    # What could not be understood, in sentences.
    notes: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked for."""
        narrowed = self.authors or self.rooms or self.before or self.after or self.has
        return not (self.phrases or narrowed)

    @property
    def words(self) -> set[str]:
        """All of its words."""
        return {word for phrase in self.phrases for word in phrase}


@dataclass(frozen=True)
class SearchPage:
    """A page of what was found, and the id before which to go on; nothing when that was all."""

    messages: list[MessageRow]
    older: int | None
    notes: list[str]


def parse_query(text: str) -> SearchQuery:
    """What `text` asks for. Whatever it is, there is an answer."""
    asked = SearchQuery()
    for kind, value in PART.findall(text[:QUERY_LIMIT]):
        _understand(asked, kind.lower(), value.strip('"'))
    asked.phrases = asked.phrases[:WORDS_LIMIT]
    return asked


def _understand(asked: SearchQuery, kind: str, value: str) -> None:
    match kind:
        case "from":
            asked.authors.append(value.removeprefix("@"))
        case "in":
            asked.rooms.append(value.removeprefix("#"))
        case "before" | "after":
            try:
                setattr(asked, kind, datetime.date.fromisoformat(value))
            except ValueError:
                asked.notes.append(f"“{value}” is not a date such as 2026-05-31.")
        case "has" if value.lower() in ("file", "link"):
            asked.has.add(value.lower())
        case "has":
            asked.notes.append("One can look for has:file and has:link.")
        case _:
            if words := words_in(value)[:WORDS_LIMIT]:
                asked.phrases.append(words)


def words_in(text: str) -> list[str]:
    """The words of `text`, as they are compared: without case or accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return WORD.findall("".join(character for character in plain if not unicodedata.combining(character)))


def search_messages(person: Person, asked: SearchQuery, before: int | None = None) -> SearchPage:
    """A page of the messages in the rooms of `person` that `asked` is about; `before` goes on from a page.

    At most six queries, and so many matches read; where that did not fill a page, one can go on.
    """
    if asked.is_empty:
        return SearchPage([], None, asked.notes)
    notes = list(asked.notes)
    wanted = _narrowed(person, asked, notes)
    if wanted is None:
        return SearchPage([], None, notes)
    found: list[MessageRow] = []
    until = before or BEYOND_ALL_IDS
    for _ in range(WINDOWS):
        window = list(_matches(asked, wanted, until).values_list("pk", flat=True)[:WINDOW_SIZE])
        mine = wanted.filter(pk__in=window, room__in=Room.objects.of(person))
        found += mine.order_by("-pk")[: PAGE_SIZE + 1 - len(found)].rows()
        if len(found) > PAGE_SIZE:
            return SearchPage(found[:PAGE_SIZE], found[PAGE_SIZE - 1].pk, notes)
        if len(window) < WINDOW_SIZE:
            return SearchPage(found, None, notes)
        until = window[-1]
    return SearchPage(found, until, notes)


def _narrowed(person: Person, asked: SearchQuery, notes: list[str]) -> MessageQuerySet | None:
    """What stands, less what was asked not to be looked at; None where that leaves nothing."""
    wanted = Message.objects.undeleted()
    if asked.authors:
        people = _people(asked.authors)
        if not people:
            notes.append(f"Nobody is called {' or '.join(asked.authors)}.")
            return None
        wanted = wanted.filter(author__in=people)
    if asked.rooms:
        rooms = _rooms(person, asked.rooms)
        if not rooms:
            notes.append(f"None of your rooms is called {' or '.join(asked.rooms)}.")
            return None
        wanted = wanted.filter(room__in=rooms)
    if asked.after:
        wanted = wanted.filter(pk__gte=first_id_since(asked.after))
    if asked.before:
        wanted = wanted.filter(pk__lt=first_id_since(asked.before))
    if "file" in asked.has:
        wanted = wanted.filter(files__gt=0)
    if "link" in asked.has:
        wanted = wanted.filter(links__gt=0)
    return wanted


def _people(names: list[str]) -> list[int]:
    """The ids of those who are called one of `names`, as a username or as others see them."""
    called = models.Q()
    for name in names:
        called |= models.Q(username__iexact=name) | models.Q(display_name__iexact=name)
    return list(Person.objects.filter(called).values_list("pk", flat=True)[:50])


def _rooms(person: Person, names: list[str]) -> list[int]:
    called = models.Q()
    for name in names:
        called |= models.Q(slug__iexact=name) | models.Q(name__iexact=name)
    return list(Room.objects.of(person).filter(called).values_list("pk", flat=True)[:50])


def first_id_since(day: datetime.date) -> int:
    """The id of the first message of `day`, in the reader's zone, or of what comes after it. One query."""
    try:
        begins = timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
        since = (
            Message.objects.filter(posted_at__gte=begins).order_by("posted_at").values_list("pk", flat=True)
        )
        return since.first() or BEYOND_ALL_IDS
    except (OverflowError, ValueError):
        return BEYOND_ALL_IDS if day.year > 5000 else 0


def _matches(asked: SearchQuery, wanted: MessageQuerySet, until: int) -> MessageQuerySet:
    """The newest matches before the id `until`: of the words if there are any, else all that is `wanted`."""
    if not asked.phrases:
        return wanted.filter(pk__lt=until).order_by("-pk")
    if connection.vendor == "postgresql":
        words = " & ".join(f"{' <-> '.join(phrase)}:*" for phrase in asked.phrases)
        has_them = RawSQL("words @@ to_tsquery('simple', %s)", [words], models.BooleanField())
        return Message.objects.filter(has_them, pk__lt=until).order_by("-pk")
    words = " ".join(f'"{" ".join(phrase)}"*' for phrase in asked.phrases)
    # The index gives its newest matches without reading the others.
    newest = RawSQL(
        "SELECT rowid FROM rooms_message_words WHERE rooms_message_words MATCH %s AND rowid < %s"
        " ORDER BY rowid DESC LIMIT %s",
        [words, until, WINDOW_SIZE],
    )
    return Message.objects.filter(pk__in=newest).order_by("-pk")


# Characters around the first word that was found.
EXCERPT = 280


def excerpt(body: str, words: set[str]) -> SafeString:
    """A part of `body` with `words` in it, each of them marked."""
    hits = [match.span() for match in WORD.finditer(body) if _is_one_of(match[0], words)]
    begin = max(0, hits[0][0] - EXCERPT // 4) if hits else 0
    end = begin + EXCERPT
    parts, place = ["… " if begin else ""], begin
    for start, stop in hits:
        if start >= end:
            break
        parts += [escape(body[place:start]), "<mark>", escape(body[start:stop]), "</mark>"]
        place = stop
    parts += [escape(body[place:end]), " …" if end < len(body) else ""]
    return SafeString("".join(parts))


def _is_one_of(word: str, words: set[str]) -> bool:
    return any(part.startswith(tuple(words)) for part in words_in(word)) if words else False
