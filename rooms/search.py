"""Finding messages: what was asked for, and those of one's rooms that have it, the newest first.

The words (rooms/words.py) are found by the database's own index: FTS5 on SQLite, a tsvector on PostgreSQL
(migration 0009). It is asked for some thousand matches at a time, from the newest on, so that a word that is
in a million messages costs no more than one that is in a few.
"""

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString

from accounts.models import Person
from accounts.plain_text import shortened, visible_characters
from rooms.models import Message, Room
from rooms.models.message import PAGE_SIZE, MessageQuerySet
from rooms.models.values import MessageRow
from rooms.name_lookup import people_called, rooms_called
from rooms.words import Phrase, phrase_in, places

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

# A word, several in quotes, or a name and what it is to be; with a minus, what is not wanted.
PART = re.compile(r'((?<!\S)-)?(?:(from|in|before|after|has):)?("[^"]*"?|\S+)', re.IGNORECASE)
# What keyboards of other scripts, and of telephones, have in the place of what NFKC does not make alike.
TYPED = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "−": "-"})

ONLY_LEAVES_OUT = "What begins with a minus is left out. Say as well what to look for."
NO_WORD = "There is no word in that to look for."
TOO_MANY = f"The first {WORDS_LIMIT} words count, the others do not."


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
            asked.notes.append(TOO_MANY)
    if asked.is_empty and not asked.notes and typed.strip():
        asked.notes.append(ONLY_LEAVES_OUT if asked.unwanted else NO_WORD)
    return asked


def _understand(asked: SearchQuery, terms: Terms, kind: str, value: str) -> None:
    match kind:
        case "from":
            terms.authors.append(value.removeprefix("@"))
        case "in":
            terms.rooms.append(value.removeprefix("#"))
        case "before" | "after" if terms is asked.unwanted:
            asked.notes.append("There is no minus for days: before: is the other side of after:.")
        case "before" | "after":
            try:
                setattr(asked, kind, datetime.date.fromisoformat(value))
            except ValueError:
                asked.notes.append(f"“{value}” is not a date such as 2026-05-31.")
        case "has" if value.lower() in ("file", "link"):
            terms.has.add(value.lower())
        case "has":
            asked.notes.append("One can look for has:file and has:link.")
        case _:
            if phrase := phrase_in(value):
                terms.phrases.append(phrase)


def search_messages(person: Person, asked: SearchQuery, before: int | None = None) -> SearchPage:
    """A page of the messages in the rooms of `person` that `asked` is about; `before` goes on from a page.

    At most six queries, a further one for -from: and for -in:, and so many matches read; where that did not
    fill a page, one can go on.
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
    wanted, unwanted = (_conditions(person, terms, notes) for terms in (asked.wanted, asked.unwanted))
    if NOTHING in wanted:
        return None
    found = Message.objects.undeleted().filter(*wanted)
    for condition in unwanted:
        found = found.exclude(condition)
    if asked.after:
        found = found.filter(pk__gte=first_id_since(asked.after))
    if asked.before:
        found = found.filter(pk__lt=first_id_since(asked.before))
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
            notes.append(f"Nobody is called {' or '.join(terms.authors)}.")
    if terms.rooms:
        rooms = rooms_called(person, terms.rooms)
        found.append(models.Q(room__in=rooms) if rooms else NOTHING)
        if not rooms:
            notes.append(f"None of your rooms is called {' or '.join(terms.rooms)}.")
    if "file" in terms.has:
        found.append(models.Q(files__gt=0))
    if "link" in terms.has:
        found.append(models.Q(links__gt=0))
    return found


def first_id_since(day: datetime.date) -> int:
    """The id of the first message of `day`, in the current zone, or of what comes after it. One query."""
    try:
        begins = timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
        since = (
            Message.objects.filter(posted_at__gte=begins).order_by("posted_at").values_list("pk", flat=True)
        )
        return since.first() or BEYOND_ALL_IDS
    except (OverflowError, ValueError):
        return BEYOND_ALL_IDS if day.year > 5000 else 0


def _matches(asked: SearchQuery, found: MessageQuerySet, until: int) -> MessageQuerySet:
    """The newest matches before the id `until`: of the words if there are any, else all that is `found`."""
    wanted, unwanted = asked.wanted.phrases, asked.unwanted.phrases
    newest = (Message.objects.all() if wanted else found).filter(pk__lt=until).order_by("-pk")
    if connection.vendor == "postgresql":
        if words := _tsquery(wanted, unwanted):
            return newest.filter(_raw("rooms_message.words @@ %s::tsquery", [words]))
        return newest
    if wanted:
        # The index gives its newest matches without reading the others.
        ids = f"{IDS_BY_WORDS} AND rowid < %s ORDER BY rowid DESC LIMIT %s"
        return newest.filter(pk__in=_raw(ids, [_fts5_query(wanted, unwanted), until, WINDOW_SIZE]))
    if unwanted:
        return newest.exclude(pk__in=_raw(IDS_BY_WORDS, [_fts5_query(unwanted, ())]))
    return newest


IDS_BY_WORDS = "SELECT rowid FROM rooms_message_words WHERE rooms_message_words MATCH %s"


def _raw(sql: str, parameters: list[object]) -> RawSQL:
    """An expression of our own: what somebody has written is in its parameters."""
    return RawSQL(sql, parameters, models.BooleanField())  # noqa: S611


def _tsquery(wanted: Iterable[Phrase], unwanted: Iterable[Phrase]) -> str:
    """What PostgreSQL is asked: https://www.postgresql.org/docs/15/datatype-textsearch.html#DATATYPE-TSQUERY

    No word has a character that would mean something there, nor in FTS5.
    """
    asked = [(sign, phrase) for sign, phrases in (("", wanted), ("!", unwanted)) for phrase in phrases]
    return " & ".join(
        f"{sign}({' <-> '.join(phrase.words)}{':*' if phrase.is_open else ''})" for sign, phrase in asked
    )


def _fts5_query(wanted: Iterable[Phrase], unwanted: Iterable[Phrase]) -> str:
    """What SQLite is asked: https://www.sqlite.org/fts5.html#full_text_query_syntax"""
    all_of, none_of = (
        [f'"{" ".join(phrase.words)}"{"*" if phrase.is_open else ""}' for phrase in phrases]
        for phrases in (wanted, unwanted)
    )
    without = f" NOT ({' OR '.join(none_of)})" if none_of else ""
    return f"({' AND '.join(all_of)}){without}"


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
