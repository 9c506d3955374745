"""What Campfire stores: its SQLite file, by itself or in a zip with the files that were sent."""

import datetime
import sqlite3
import tempfile
import zipfile
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from django.conf import settings
from django.utils.translation import gettext as _

from integrations.moving.fields import text_at
from integrations.moving.files import COPIED_AT_ONCE, UNREADABLE
from integrations.moving.packed import ZipArchive
from integrations.moving.records import (
    BadArchive,
    FileRecord,
    MemberRecord,
    MessageRecord,
    PersonRecord,
    ReactionRecord,
    Record,
    RoomRecord,
    Shortfall,
)
from integrations.moving.report import Why

NEEDED = {"users", "rooms", "messages", "memberships", "action_text_rich_texts"}
FILES = {"active_storage_attachments", "active_storage_blobs"}
BOT = 2
DEPTH = 30
# Around what is in an element, in Markdown.
AROUND = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~", "code": "`"}
BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "ul", "ol", "figure", "action-text-markdown"}


class CampfireArchive:
    """The database of a Campfire."""

    program = "campfire"

    def __init__(self, path: Path) -> None:
        self._zip = ZipArchive(path) if zipfile.is_zipfile(path) else None
        settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(dir=settings.MEDIA_ROOT, prefix="import-")
        self._database: sqlite3.Connection | None = None
        self.read = 0
        self._people: set[str] = set()
        try:
            self._database = self._opened_database(self._path(path))
            (self.total,) = self._row("SELECT COUNT(*) FROM messages")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of it."""
        if self._database:
            self._database.close()
        if self._zip:
            self._zip.close()
        self._folder.cleanup()

    def _asked(self, query: str, *values: Any) -> sqlite3.Cursor:
        if self._database is None:
            raise BadArchive(_("That is no database of Campfire."))
        return self._database.execute(query, values)

    @property
    def key(self) -> str:
        """When its first person came, and who that is: it has no id of its own."""
        row = self._row("SELECT id, created_at, email_address FROM users ORDER BY id LIMIT 1")
        return "/".join(map(str, row)) if row else "nameless"

    def opened(self, path: str) -> AbstractContextManager[IO[bytes]] | None:
        """A file by its key, as Campfire stores it: files/ab/cd/abcd…"""
        if self._zip is None:
            return None
        inside = f"{path[:2]}/{path[2:4]}/{path}"
        found = (one for one in self._zip.entries if one.endswith(inside))
        return self._zip.opened(next(found, ""))

    def _path(self, path: Path) -> Path:
        """Where the database is."""
        if self._zip is None:
            return path
        names = [one for one in self._zip.entries if one.endswith((".sqlite3", ".db"))]
        opened = self._zip.opened(min(names, key=len)) if names else None
        if opened is None:
            raise BadArchive(_("There is no %(name)s in that archive.") % {"name": "*.sqlite3"})
        place = Path(self._folder.name) / "campfire.sqlite3"
        try:
            with opened as source, place.open("wb") as copy:
                while part := source.read(COPIED_AT_ONCE):
                    copy.write(part)
        except UNREADABLE as error:
            raise BadArchive(_("That archive cannot be read to its end.")) from error
        return place

    def _opened_database(self, path: Path) -> sqlite3.Connection:
        """A stranger's database: read, and nothing in it is run."""
        database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        try:
            database.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
            database.setconfig(sqlite3.SQLITE_DBCONFIG_TRUSTED_SCHEMA, False)
            # Text may be of any bytes.
            database.text_factory = lambda value: value.decode(errors="replace")
            found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            self._tables = {name for (name,) in found}
            if self._tables >= NEEDED:
                return database
        except sqlite3.Error:
            pass
        database.close()
        raise BadArchive(_("That is no database of Campfire."))

    def _row(self, query: str) -> Any:
        try:
            return self._asked(query).fetchone()
        except sqlite3.Error as error:
            raise BadArchive(_("That is no database of Campfire.")) from error

    def _rows(self, query: str) -> Iterator[dict[str, Any]]:
        try:
            found = self._asked(query)
            names = [column[0] for column in found.description]
            for row in found:
                yield dict(zip(names, row, strict=True))
        except sqlite3.Error as error:
            raise BadArchive(_("That database cannot be read to its end.")) from error

    def records(self) -> Generator[Record]:
        """People, rooms, and what was said."""
        yield from self._zip.lacks if self._zip else ()
        for one in self._rows("SELECT * FROM users ORDER BY id"):
            yield self._person(one)
        yield from self._rooms()
        yield from self._said()

    def _person(self, one: dict[str, Any]) -> PersonRecord:
        theirs, name = text_at(one, "id"), text_at(one, "name")
        self._people.add(theirs)
        return PersonRecord(
            id=theirs, username=name.replace(" ", ".") or theirs, display_name=name or theirs,
            email=text_at(one, "email_address"), is_active=one.get("active", 1) not in (0, False),
            is_bot=one.get("role") == BOT, about=text_at(one, "bio"),
        )  # fmt: skip

    def _rooms(self) -> Iterator[Record]:
        members: dict[str, list[MemberRecord]] = {}
        for one in self._rows("SELECT room_id, user_id FROM memberships ORDER BY id"):
            members.setdefault(text_at(one, "room_id"), []).append(MemberRecord(text_at(one, "user_id")))
        for one in self._rows("SELECT * FROM rooms ORDER BY id"):
            theirs, kind = text_at(one, "id"), text_at(one, "type")
            yield RoomRecord(
                id=theirs, name=text_at(one, "name"), members=tuple(members.get(theirs, ())),
                kind={"Rooms::Open": "open", "Rooms::Direct": "direct"}.get(kind, "closed"),
            )  # fmt: skip

    def _said(self) -> Iterator[Record]:
        query = (
            "SELECT messages.id, room_id, creator_id, messages.created_at, body FROM messages"
            " LEFT JOIN action_text_rich_texts ON record_type = 'Message' AND record_id = messages.id"
            " AND action_text_rich_texts.name = 'body' ORDER BY messages.created_at, messages.id"
        )
        for one in self._rows(query):
            self.read += 1
            theirs, author = text_at(one, "id"), text_at(one, "creator_id")
            posted_at = _moment(text_at(one, "created_at"))
            if posted_at is None:
                yield Shortfall(f"message {theirs}", Why.MALFORMED)
                continue
            if author not in self._people:
                self._people.add(author)
                yield Shortfall(author, Why.UNLISTED)
                yield PersonRecord(id=author, username=f"campfire-{author}")
            yield MessageRecord(
                id=theirs, room=text_at(one, "room_id"), author=author, posted_at=posted_at,
                text=markdown_of_html(text_at(one, "body")),
                reactions=tuple(self._boosts(one["id"])), files=tuple(self._files(one["id"])),
            )  # fmt: skip

    def _boosts(self, message: Any) -> Iterator[ReactionRecord]:
        if "boosts" in self._tables:
            query = "SELECT booster_id, content FROM boosts WHERE message_id = ? ORDER BY id"
            for booster, content in self._asked(query, message):
                yield ReactionRecord(str(content), (str(booster),))

    def _files(self, message: Any) -> Iterator[FileRecord]:
        if self._tables >= FILES:
            query = (
                "SELECT key, filename FROM active_storage_attachments AS attached"
                " JOIN active_storage_blobs AS blob ON blob.id = blob_id"
                " WHERE record_type = 'Message' AND attached.name = 'attachment' AND record_id = ?"
            )
            for key, name in self._asked(query, message):
                yield FileRecord(str(name), path=str(key))


def _moment(text: str) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def markdown_of_html(html: str) -> str:
    """What Trix writes, as Markdown."""
    if "<" not in html and "&" not in html:
        return html
    text = _markdown(BeautifulSoup(html, "html.parser"), 0)
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(
        line for line, before in zip(lines, ["x", *lines], strict=False) if line or before
    ).strip()


def _markdown(element: Tag, depth: int) -> str:
    parts = []
    for child in element.children:
        if isinstance(child, Tag):
            parts.append(_element(child, depth) if depth < DEPTH else child.get_text())
        elif type(child) is NavigableString:
            parts.append(str(child))
    return "".join(parts)


def _element(child: Tag, depth: int) -> str:
    name = child.name
    if name == "br":
        return "\n"
    if name == "pre":
        return f"\n```\n{child.get_text().strip('\n')}\n```\n"
    inside = _markdown(child, depth + 1)
    if name in AROUND and inside.strip():
        return f"{AROUND[name]}{inside.strip()}{AROUND[name]}"
    if name == "a" and (address := str(child.get("href") or "")).startswith(("http", "mailto:")):
        return address if inside.strip() in ("", address) else f"[{inside.strip()}]({address})"
    if name == "blockquote":
        return "\n" + "\n".join(f"> {line}" for line in inside.strip().split("\n")) + "\n\n"
    if name == "li":
        return f"- {inside.strip()}\n"
    return f"\n{inside}\n" if name in BLOCKS else inside
