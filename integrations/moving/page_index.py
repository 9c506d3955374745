"""Where in the pages of an archive what stands: found by day, by person and by word, without any program.

Kept in a database of its own that is nowhere but on the disk of this machine, and gone when it is closed.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

# So many places of a word are told, the newest; a word that stands everywhere leads nowhere.
PLACES = 20
TABLES = """
CREATE TABLE pages (message INTEGER PRIMARY KEY, room INTEGER, page INTEGER);
CREATE TABLE days (
    room INTEGER, day TEXT, page INTEGER, count INTEGER, PRIMARY KEY (room, day)
) WITHOUT ROWID;
CREATE TABLE said (
    person INTEGER, room INTEGER, day TEXT, page INTEGER, count INTEGER, PRIMARY KEY (person, room, day)
) WITHOUT ROWID;
CREATE TABLE words (
    word TEXT, room INTEGER, page INTEGER, message INTEGER, day TEXT, PRIMARY KEY (word, room, page)
) WITHOUT ROWID;
"""
NOTE_DAY = "INSERT INTO days VALUES (?, ?, ?, 1) ON CONFLICT (room, day) DO UPDATE SET count = count + 1"
NOTE_SAID = (
    "INSERT INTO said VALUES (?, ?, ?, ?, 1) ON CONFLICT (person, room, day) DO UPDATE SET count = count + 1"
)


class Day(NamedTuple):
    """A day of a room: the page on which it begins, and how much was said."""

    room: int
    day: str
    page: int
    messages: int


class Place(NamedTuple):
    """Where a word stands first on a page."""

    room: int
    page: int
    message: int
    day: str


class Word(NamedTuple):
    """A word, where it stands, and on how many pages more."""

    word: str
    places: list[Place]
    more: int


class PageIndex:
    """The index of one archive."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(TABLES)

    def close(self) -> None:
        """Forget all of it."""
        self._database.close()

    def note_pages(self, room: int, messages: Iterable[int], on_a_page: int) -> None:
        """In `room` stand these messages, so many on a page."""
        rows = ((pk, room, place // on_a_page + 1) for place, pk in enumerate(messages))
        self._all("INSERT INTO pages VALUES (?, ?, ?)", rows)

    def pages_of(self, messages: Iterable[int]) -> dict[int, int]:
        """On which page each of these is, of those that are on any."""
        wanted = list(messages)
        marks = ", ".join("?" * len(wanted))
        found = self._database.execute(
            f"SELECT message, page FROM pages WHERE message IN ({marks})",  # noqa: S608
            wanted,
        )
        return dict(found.fetchall())

    def note_said(self, said: Iterable[tuple[int, int, str, int]]) -> None:
        """Who said something in which room, on which day and page."""
        rows = list(said)
        self._all(NOTE_DAY, (row[1:] for row in rows))
        self._all(NOTE_SAID, iter(rows))

    def note_words(self, words: Iterable[tuple[str, int, int, int, str]]) -> None:
        """Words, with the room, page, message and day where each is."""
        self._all("INSERT OR IGNORE INTO words VALUES (?, ?, ?, ?, ?)", iter(words))

    def days_of(self, room: int) -> list[Day]:
        """The days of a room, the newest first."""
        found = self._database.execute("SELECT * FROM days WHERE room = ? ORDER BY day DESC", [room])
        return [Day(*row) for row in found]

    def said_by(self, person: int) -> Iterator[Day]:
        """Where somebody said something, day by day, the newest first."""
        found = self._database.execute(
            "SELECT room, day, page, count FROM said WHERE person = ? ORDER BY day DESC, room", [person]
        )
        return (Day(*row) for row in found)

    def words(self) -> Iterator[Word]:
        """All words, in the order of their letters."""
        found = self._database.execute("SELECT * FROM words ORDER BY word, message DESC")
        for word, rows in groupby(found, key=lambda row: row[0]):
            places: list[Place] = []
            more = 0
            for row in rows:
                if len(places) < PLACES:
                    places.append(Place(*row[1:]))
                else:
                    more += 1
            yield Word(word, places, more)

    def _all(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        self._database.execute("BEGIN")
        self._database.executemany(statement, rows)
        self._database.execute("COMMIT")
