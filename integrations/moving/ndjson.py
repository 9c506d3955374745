"""Our own archive: a line of JSON for each record (parley.ndjson), by itself or in a zip with files."""

import datetime
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from html import unescape
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from integrations.moving.fields import number_at, objects_at, text_at, texts_at
from integrations.moving.lines_in import LineFile
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
    VersionRecord,
    VoteRecord,
)
from integrations.moving.report import Why

LINES = "parley.ndjson"


class ParleyArchive:
    """An archive that Parley wrote."""

    program = "parley"

    def __init__(self, path: Path) -> None:
        self._lines = LineFile(path, LINES)
        first = next(self._lines.values(), None)
        if text_at(first, "type") != "parley":
            self.close()
            raise BadArchive(_("That is no archive of Parley."))
        self._community = text_at(first, "site") or text_at(first, "community")
        self.read = 0

    def close(self) -> None:
        """Let go of it."""
        self._lines.close()

    @property
    def key(self) -> str:
        """The community's name, and who was its first: a name alone many have."""
        people = (one for one in self._lines.values() if text_at(one, "type") == "person")
        return f"{self._community}/{text_at(next(people, None), 'username')}"

    @property
    def total(self) -> int:
        """Bytes of the lines."""
        return self._lines.size

    def opened(self, path: str) -> AbstractContextManager[IO[bytes]] | None:
        """A file in the zip."""
        return self._lines.opened(path)

    def records(self) -> Generator[Record]:
        """As they stand there: people, rooms, messages."""
        yield from self._lines.lacks
        for value in self._lines.values():
            self.read = self._lines.read
            if value is None:
                yield Shortfall(LINES, Why.MALFORMED)
                continue
            kind = text_at(value, "type")
            if kind == "parley":
                continue
            make = RECORDS.get(kind)
            if make is None:
                yield Shortfall(kind, Why.NOT_TAKEN)
                continue
            record = make(value)
            yield record or Shortfall(f"{kind} {text_at(value, 'id')}", Why.MALFORMED)


def _moment(value: object, name: str) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat(text_at(value, name))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def _person(value: dict[str, Any]) -> PersonRecord | None:
    theirs = text_at(value, "id")
    return PersonRecord(
        id=theirs, username=text_at(value, "username"), display_name=text_at(value, "display_name"),
        email=text_at(value, "email"), role=text_at(value, "role") or "member",
        is_active=value.get("is_active") is not False, is_bot=value.get("is_bot") is True,
        title=text_at(value, "title"), pronouns=text_at(value, "pronouns"), about=text_at(value, "about"),
        time_zone=text_at(value, "time_zone"), picture=text_at(value, "picture"),
    ) if theirs else None  # fmt: skip


def _room(value: dict[str, Any]) -> RoomRecord | None:
    theirs = text_at(value, "id")
    return RoomRecord(
        id=theirs, name=text_at(value, "name"), kind=text_at(value, "kind") or "open",
        slug=text_at(value, "slug"), topic=text_at(value, "topic"),
        members=tuple(
            MemberRecord(
                text_at(one, "person"), text_at(one, "role") or "member",
                text_at(one, "involvement") or "everything", one.get("is_favourite") is True,
                text_at(one, "read"),
            )
            for one in objects_at(value, "members")
        ),
        archived_at=_moment(value, "archived_at"), for_everyone=value.get("for_everyone") is True,
        who_posts=text_at(value, "who_posts") or "members",
        who_calls=text_at(value, "who_calls") or "members", slow_seconds=number_at(value, "slow_seconds"),
        retention_days=number_at(value, "retention_days") or None,
    ) if theirs else None  # fmt: skip


def _message(value: dict[str, Any]) -> MessageRecord | None:
    posted_at, notice = _moment(value, "posted_at"), text_at(value, "notice")
    if posted_at is None or not text_at(value, "id"):
        return None
    text = text_at(value, "text")
    versions = ((text_at(one, "text"), _moment(one, "until")) for one in objects_at(value, "versions"))
    return MessageRecord(
        id=text_at(value, "id"), room=text_at(value, "room"), author=text_at(value, "author"),
        # What a quiet line says is kept as it is shown.
        text=unescape(text) if notice else text,
        posted_at=posted_at, thread=text_at(value, "thread"), reply_to=text_at(value, "reply_to"),
        edited_at=_moment(value, "edited_at"), deleted_at=_moment(value, "deleted_at"),
        is_action=value.get("is_action") is True, notice=notice, named=tuple(texts_at(value, "named")),
        shown_name=text_at(value, "shown_name"), shown_icon=text_at(value, "shown_icon"),
        shown_picture=text_at(value, "shown_picture"),
        pinned_at=_moment(value, "pinned_at"), pinned_by=text_at(value, "pinned_by"),
        reactions=tuple(
            ReactionRecord(text_at(one, "emoji"), tuple(texts_at(one, "people")))
            for one in objects_at(value, "reactions")
        ),
        files=tuple(
            FileRecord(text_at(one, "name"), text_at(one, "path"), "", text_at(one, "description"))
            for one in objects_at(value, "files")
        ),
        votes=tuple(
            VoteRecord(text_at(one, "person"), text_at(one, "choice")) for one in objects_at(value, "votes")
        ),
        versions=tuple(VersionRecord(text, until) for text, until in versions if until),
    )  # fmt: skip


RECORDS: dict[str, Callable[[dict[str, Any]], Record | None]] = {
    "person": _person, "room": _room, "message": _message,
}  # fmt: skip
