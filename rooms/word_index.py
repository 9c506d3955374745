"""What the database's index of words is asked: FTS5 on SQLite, a tsvector on PostgreSQL (migration 0009)."""

from collections.abc import Iterable, Sequence

from django.db import connection, models
from django.db.models.expressions import RawSQL

from rooms.models import Message
from rooms.models.message import MessageQuerySet
from rooms.words import Phrase

# Matches that are looked through at once.
WINDOW_SIZE = 2000
# SQLite's and PostgreSQL's largest id: before which everything is.
BEYOND_ALL_IDS = 2**63 - 1
# Messages that PostgreSQL reads from the newest on, one after the other: first so many, and then, where a
# tenth of a window was among them, ten times as many. It takes about a microsecond for each.
READ_FIRST, READ_THEN = 20_000, 200_000


def newest_matches(
    wanted: Sequence[Phrase], unwanted: Sequence[Phrase], found: MessageQuerySet, until: int
) -> list[int]:
    """The ids of the newest matches before the id `until`, from the newest on, WINDOW_SIZE at most.

    They have the words `wanted`, if there are any, else they are those that are `found`; without the words
    `unwanted`. One query on SQLite; four at most on PostgreSQL, and two where there are few messages.
    """
    messages = Message.objects.all() if wanted else found
    if connection.vendor == "postgresql":
        if not (words := _tsquery(wanted, unwanted)):
            return _window(messages, until)
        matches = messages.filter(_raw("rooms_message.words @@ %s::tsquery", [words]))
        return _newest_of_postgresql(matches, until) if wanted else _window(matches, until)
    if wanted:
        # The index gives its newest matches without reading the others.
        ids = f"{IDS_BY_WORDS} AND rowid < %s ORDER BY rowid DESC LIMIT %s"
        messages = messages.filter(pk__in=_raw(ids, [_fts5_query(wanted, unwanted), until, WINDOW_SIZE]))
    elif unwanted:
        messages = messages.exclude(pk__in=_raw(IDS_BY_WORDS, [_fts5_query(unwanted, ())]))
    return _window(messages, until)


def _newest_of_postgresql(matches: MessageQuerySet, until: int) -> list[int]:
    """The newest of `matches` by reading the newest messages, or by the index of words.

    PostgreSQL cannot know how many messages have a word that is asked for by its beginning: it takes such
    words for frequent, reads all messages one after the other, and of ten million takes ten seconds for a
    word that is in none. The index gives all that have the word, in no order: that is quick where there are
    few. So the newest messages are read, and where a word is seldom in these the index is asked for the rest.
    """
    if until == BEYOND_ALL_IDS:
        until = (Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    found: list[int] = []
    for count in (READ_FIRST, READ_THEN):
        from_id = until - count
        found += _window(matches.filter(pk__gte=from_id), until, WINDOW_SIZE - len(found))
        until = from_id
        if len(found) == WINDOW_SIZE or until <= 0:
            return found
        if len(found) * READ_THEN < WINDOW_SIZE * READ_FIRST:
            break
    # By an expression, which no index has the order of: else it would read one after the other again.
    rest = matches.filter(pk__lt=until).order_by((models.F("pk") + 0).desc())
    return found + list(rest.values_list("pk", flat=True)[: WINDOW_SIZE - len(found)])


def _window(messages: MessageQuerySet, until: int, most: int = WINDOW_SIZE) -> list[int]:
    """The ids of the newest of `messages` before `until`. One query."""
    return list(messages.filter(pk__lt=until).order_by("-pk").values_list("pk", flat=True)[:most])


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
