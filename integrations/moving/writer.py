"""An archive is moved in: its records, a batch after the other, each with its progress in one transaction.

Whoever is here has nothing to read of it, and is told nothing: rooms come into people's lists when all is
there. Where a worker ends, the next one begins anew, and leaves out what is here.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from typing import IO, Protocol

from django.db import transaction

from integrations.moving import known
from integrations.moving.files import Files
from integrations.moving.icons import Icons
from integrations.moving.messages import Messages
from integrations.moving.people import People
from integrations.moving.records import MessageRecord, PersonRecord, Record, RoomRecord, Shortfall
from integrations.moving.report import Report, Why
from integrations.moving.rooms import Rooms
from rooms.models import Attachment

# Messages that are stored in one transaction: the writers of SQLite wait for a quarter of a second.
BATCH_LIMIT = 400
# Files that one message has.
FILES_LIMIT = 100


class Archive(Protocol):
    """What a reader is: the records of one archive, in their order."""

    program: str

    @property
    def key(self) -> str:
        """What tells the place that the archive is of from others: the same in each of its archives."""

    @property
    def total(self) -> int:
        """How much there is to read."""

    @property
    def read(self) -> int:
        """How much of that was read."""

    def records(self) -> Generator[Record]:
        """People, rooms, messages; and what cannot be one. Raises BadArchive."""

    def opened(self, path: str) -> AbstractContextManager[IO[bytes]] | None:
        """A file of the archive, to read from; None where there is none of that path."""

    def close(self) -> None:
        """Let go of the file, and of what was unpacked of it."""


class Writer:
    """Stores the records of one archive. `beat` is called in each transaction, and ends it by raising."""

    def __init__(self, archive: Archive, report: Report, beat: Callable[[], None]) -> None:
        self.archive, self.report, self._beat = archive, report, beat
        self.source = known.source_of(archive.program, archive.key)
        self.people = People(self.source, report)
        self.rooms = Rooms(self.source, self.people, report)
        icons = Icons(self.source, archive.opened)
        self.messages = Messages(self.source, self.people, self.rooms, icons, report)
        self.files = Files(archive.opened, report)
        self._people: list[PersonRecord] = []
        self._rooms: list[RoomRecord] = []
        self._messages: list[MessageRecord] = []

    def write(self) -> None:
        """Store all of it. Raises BadArchive where it cannot be read; what was stored until then stays."""
        try:
            with closing(self.archive.records()) as records:
                for record in records:
                    self._take(record)
            self._flush()
        finally:
            self.finish()

    def finish(self) -> None:
        """Let people find the rooms that came. To do it once more changes nothing."""
        self.rooms.finish()

    def _take(self, record: Record) -> None:
        match record:
            case MessageRecord():
                self._messages.append(record)
            case RoomRecord():
                self._rooms.append(record)
            case PersonRecord():
                self._people.append(record)
            case Shortfall():
                self.report.lacks(record.why, record.what, in_reading=True)
        if len(self._messages) + len(self._rooms) + len(self._people) >= BATCH_LIMIT:
            self._flush()

    def _flush(self) -> None:
        """Store what has gathered: people and rooms, then what was said."""
        self.people.keep_pictures(self._people, self.archive.opened)
        with transaction.atomic():
            self.people.take([*self._people, *self._unlisted()])
            self.rooms.take(self._rooms)
            self._beat()
        new = self.messages.new_among(one for one in self._messages if self._has_room(one))
        # Files take their time: nobody else waits for that.
        prepared = [
            one for key, record in new for one in self.messages.prepare(key, *self._with_files(record))
        ]
        with transaction.atomic():
            self.messages.store(prepared)
            self._beat()
        self._people, self._rooms, self._messages = [], [], []

    def _has_room(self, record: MessageRecord) -> bool:
        if record.room in self.rooms.by_id:
            return True
        self.report.lacks(Why.NO_ROOM, f"{record.room} {record.id}", in_reading=True)
        return False

    def _unlisted(self) -> Iterable[PersonRecord]:
        """Those who said something, and whom the archive does not list."""
        listed = {one.id for one in self._people}
        for author in dict.fromkeys(one.author for one in self._messages):
            if author not in listed and author not in self.people.by_id:
                self.report.lacks(Why.UNLISTED, author)
                yield PersonRecord(id=author, username=author)

    def _with_files(self, record: MessageRecord) -> tuple[MessageRecord, list[Attachment]]:
        """A record, and its files; the names of those that cannot be had are in its text."""
        kept, missing = [], []
        room, author = self.rooms.by_id[record.room], self.people.by_id[record.author]
        for file in record.files[:FILES_LIMIT] if not record.deleted_at else ():
            if attachment := self.files.keep(file, room.pk, author.pk):
                kept.append(attachment)
            else:
                missing.append(file.name or file.path)
        if missing:
            lines = "\n".join(f"📎 {name}" for name in missing)
            record = replace(record, text=f"{record.text}\n\n{lines}".strip())
        return record, kept


def move_in(archive: Archive, report: Report, beat: Callable[[], None]) -> None:
    """Move an archive in. Raises BadArchive, and whatever `beat` raises."""
    Writer(archive, report, beat).write()
