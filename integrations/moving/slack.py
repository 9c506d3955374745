"""What Slack exports: a zip with lists of people and rooms, and a file for each day of each room."""

import datetime
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from integrations.incoming.mrkdwn import markdown_of
from integrations.moving.fields import list_at, object_at, objects_at, seconds_at, text_at, texts_at
from integrations.moving.packed import READ_WHOLE, Malformed, ZipArchive
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
from integrations.moving.texts import moment_of

# The lists of rooms, and what is in each.
LISTS = {"channels.json": "open", "groups.json": "closed", "mpims.json": "direct", "dms.json": "direct"}
DAY = re.compile(r"(.+)/(\d{4}-\d{2}-\d{2})\.json")
TS = re.compile(r"\d{1,12}(?:\.\d{1,9})?")

# What happened, as a quiet line says it here.
NOTICES = {
    "channel_join": "joined", "group_join": "joined", "channel_leave": "left", "group_leave": "left",
    "channel_topic": "topic", "group_topic": "topic", "channel_name": "renamed", "group_name": "renamed",
    "channel_archive": "archived", "group_archive": "archived",
    "channel_unarchive": "revived", "group_unarchive": "revived",
}  # fmt: skip
# Where in a message what it is called, or about, from then on stands.
SAID = {"topic": "topic", "renamed": "name"}
# What somebody said, whatever it is called; other kinds are of what is not here.
SPOKEN = {
    "", "bot_message", "me_message", "thread_broadcast", "file_share", "file_comment", "file_mention",
    "tombstone", "reply_broadcast", "slackbot_response", "reminder_add", "bot_add", "channel_purpose",
    "group_purpose", "pinned_item",
}  # fmt: skip
SLACKBOT = "USLACKBOT"
# Blocks and attachments that stand in the place of a text, and how deep they are read.
PARTS_LIMIT = 100
DEPTH = 6


class SlackArchive:
    """A Slack export."""

    program = "slack"

    def __init__(self, path: Path) -> None:
        self._zip = ZipArchive(path)
        if "users.json" not in self._zip.entries or not LISTS.keys() & self._zip.entries.keys():
            self.close()
            raise BadArchive(_("That is no export of Slack: users.json and channels.json are not in it."))
        self.read = 0
        self._people: dict[str, str] = {}
        self._rooms: dict[str, str] = {}
        # Pins, by room and message: when, and by whom.
        self._pins: dict[tuple[str, str], tuple[datetime.datetime | None, str]] = {}
        self._malformed: list[Shortfall] = []
        self._users = self._list("users.json")
        self._channels = {name: self._list(name) for name in LISTS}
        self._days = self._days_in_order()

    def close(self) -> None:
        """Let go of it."""
        self._zip.close()

    @property
    def key(self) -> str:
        """The workspace's id; without one, that of its oldest room."""
        teams = (text_at(one, "team_id") for one in self._users)
        ids = sorted(text_at(one, "id") for rooms in self._channels.values() for one in rooms)
        return next(filter(None, teams), None) or next(filter(None, ids), "nameless")

    @property
    def total(self) -> int:
        """Bytes of what was said."""
        return sum(self._zip.size_of(path) for path, _room in self._days)

    def opened(self, path: str) -> AbstractContextManager[IO[bytes]] | None:
        """A file in the zip."""
        return self._zip.opened(path)

    def _list(self, path: str) -> list[dict[str, Any]]:
        try:
            return [one for one in self._zip.values(path) if isinstance(one, dict) and text_at(one, "id")]
        except Malformed:
            self._malformed.append(Shortfall(path, Why.MALFORMED))
            return []

    def _days_in_order(self) -> list[tuple[str, str]]:
        """The files of days, the first one first, each with the id of its room."""
        folders: dict[str, str] = {}
        for rooms in self._channels.values():
            for room in rooms:
                # Those between a few are by their ids, the others by their names.
                folders.setdefault(text_at(room, "id"), text_at(room, "id"))
                if name := text_at(room, "name"):
                    folders[name] = text_at(room, "id")
        found = []
        for path in self._zip.entries:
            if match := DAY.fullmatch(path):
                if theirs := folders.get(match[1]):
                    found.append((match[2], path, theirs))
                else:
                    self._malformed.append(Shortfall(path, Why.NO_ROOM))
        return [(path, room) for _day, path, room in sorted(found)]

    # -- People and rooms ----------------------------------------------------------------

    def records(self) -> Generator[Record]:
        """People, rooms, then what was said: a day after the other."""
        yield from self._zip.lacks
        yield from self._malformed
        for user in self._users:
            yield self._person(user)
        for name, kind in LISTS.items():
            for room in self._channels[name]:
                yield from self._room(room, kind)
        for path, theirs in self._days:
            yield from self._day(path, theirs)
            self.read += self._zip.size_of(path)

    def _person(self, user: dict[str, Any]) -> PersonRecord:
        profile, theirs = object_at(user, "profile"), text_at(user, "id")
        names = (text_at(profile, "display_name"), text_at(profile, "real_name"), text_at(user, "real_name"))
        username = text_at(user, "name") or theirs
        self._people[theirs] = username
        is_guest = user.get("is_restricted") is True or user.get("is_ultra_restricted") is True
        return PersonRecord(
            id=theirs,
            username=username,
            display_name=next(filter(None, names), username),
            email=text_at(profile, "email"),
            role="guest" if is_guest else "member",
            is_active=user.get("deleted") is not True,
            is_bot=user.get("is_bot") is True or theirs == SLACKBOT,
            title=text_at(profile, "title"),
            pronouns=text_at(profile, "pronouns"),
            time_zone=text_at(user, "tz"),
        )

    def _room(self, room: dict[str, Any], kind: str) -> Iterator[Record]:
        theirs, creator = text_at(room, "id"), text_at(room, "creator")
        members = list(dict.fromkeys(texts_at(room, "members")))
        for one in members:
            if one not in self._people:
                yield self._unlisted(one, {})
        self._rooms[theirs] = text_at(room, "name")
        for pin in objects_at(room, "pins"):
            at = seconds_at(pin, "created")
            self._pins[theirs, text_at(pin, "id")] = at, text_at(pin, "user")
        is_archived = room.get("is_archived") is True
        yield RoomRecord(
            id=theirs,
            name="" if kind == "direct" else text_at(room, "name") or theirs,
            kind=kind,
            topic=text_at(room, "topic", "value") or text_at(room, "purpose", "value"),
            members=tuple(
                MemberRecord(one, role="moderator" if one == creator else "member") for one in members
            ),
            archived_at=(seconds_at(room, "updated") or moment_of(0)) if is_archived else None,
            for_everyone=room.get("is_general") is True,
        )

    def _unlisted(self, theirs: str, message: dict[str, Any]) -> PersonRecord:
        """Somebody who is not in the list, or a program that is in none."""
        profile = object_at(message, "user_profile")
        name = text_at(profile, "name") or text_at(message, "username") or theirs
        shown = text_at(profile, "display_name") or text_at(profile, "real_name")
        self._people[theirs] = name
        is_bot = theirs.startswith("B") or bool(text_at(message, "bot_id"))
        return PersonRecord(id=theirs, username=name, display_name=shown or name, is_bot=is_bot)

    # -- What was said -------------------------------------------------------------------

    def _day(self, path: str, room: str) -> Iterator[Record]:
        try:
            values: Iterable[Any] = self._zip.values(path)
            if self._zip.size_of(path) <= READ_WHOLE:
                # An answer may stand before what it answers.
                values = sorted(values, key=_place)
            for value in values:
                yield from self._message(value, room)
        except Malformed:
            yield Shortfall(path, Why.MALFORMED)

    def _message(self, value: Any, room: str) -> Iterator[Record]:
        theirs, kind = text_at(value, "ts"), text_at(value, "subtype")
        posted_at = moment_of(theirs) if TS.fullmatch(theirs) else None
        if posted_at is None:
            yield Shortfall(f"{room} {theirs or text_at(value, 'text')[:40]}", Why.MALFORMED)
            return
        if kind not in SPOKEN and kind not in NOTICES:
            yield Shortfall(kind, Why.NOT_TAKEN)
            return
        author = self._author(value)
        if author not in self._people:
            yield Shortfall(author, Why.UNLISTED)
            yield self._unlisted(author, value)
        for one in self._reacting(value):
            yield self._unlisted(one, {})
        yield self._said(value, room, theirs, kind, author, posted_at)

    def _author(self, value: dict[str, Any]) -> str:
        """Whose it is: a program's by its own id, and what has neither is Slackbot's."""
        comment = text_at(value, "comment", "user")
        return comment or text_at(value, "user") or text_at(value, "bot_id") or SLACKBOT

    def _reacting(self, value: dict[str, Any]) -> list[str]:
        people = (one for given in objects_at(value, "reactions") for one in texts_at(given, "users"))
        return [one for one in dict.fromkeys(people) if one not in self._people]

    def _said(
        self,
        value: dict[str, Any],
        room: str,
        theirs: str,
        kind: str,
        author: str,
        posted_at: datetime.datetime,
    ) -> MessageRecord:
        notice = NOTICES.get(kind, "")
        thread = text_at(value, "thread_ts")
        pinned_at, pinned_by = self._pins.get((room, theirs), (None, ""))
        called = text_at(value, "username")
        return MessageRecord(
            id=theirs,
            room=room,
            author=author,
            text=text_at(value, SAID.get(notice, "")) if notice else self._text(value),
            posted_at=posted_at,
            thread=thread if thread != theirs and not notice else "",
            edited_at=seconds_at(value, "edited", "ts"),
            deleted_at=posted_at if kind == "tombstone" else None,
            is_action=kind == "me_message",
            notice=notice,
            shown_name=called if text_at(value, "bot_id") and called != self._people[author] else "",
            pinned_at=pinned_at or (posted_at if (room, theirs) in self._pins else None),
            pinned_by=pinned_by,
            reactions=tuple(
                ReactionRecord(text_at(given, "name"), tuple(texts_at(given, "users")))
                for given in objects_at(value, "reactions")
            ),
            files=tuple(self._files(value)),
        )

    def _text(self, value: dict[str, Any]) -> str:
        parts = [self._markdown(text_at(value, "text") or text_at(value, "comment", "comment"))]
        if not parts[0].strip():
            parts += [self._markdown(text) for text in _texts_of(list_at(value, "blocks"))]
        for attachment in list(objects_at(value, "attachments"))[:PARTS_LIMIT]:
            # What is behind a link is shown by whoever shows the link.
            if not text_at(attachment, "from_url") or attachment.get("is_msg_unfurl") is True:
                parts.append(self._attachment(attachment))
        return "\n\n".join(filter(None, map(str.strip, parts)))

    def _attachment(self, attachment: dict[str, Any]) -> str:
        title, link = text_at(attachment, "title"), text_at(attachment, "title_link")
        lines = [
            text_at(attachment, "pretext"),
            f"<{link}|{title}>" if link and title else title,
            text_at(attachment, "text"),
            *(
                f"*{text_at(one, 'title')}* {text_at(one, 'value')}"
                for one in objects_at(attachment, "fields")
            ),
            *_texts_of(list_at(attachment, "blocks")),
        ]
        said = "\n".join(filter(None, map(str.strip, lines))) or text_at(attachment, "fallback")
        return "\n".join(f"> {line}" for line in self._markdown(said).strip().split("\n")) if said else ""

    def _markdown(self, text: str) -> str:
        return markdown_of(text, self._people, self._rooms)

    def _files(self, value: dict[str, Any]) -> Iterator[FileRecord]:
        for file in [*objects_at(value, "files"), object_at(value, "file")]:
            name = text_at(file, "name") or text_at(file, "title")
            url = text_at(file, "url_private_download") or text_at(file, "url_private")
            if text_at(file, "mode") not in ("tombstone", "hidden_by_limit") and (name or url):
                inside = f"__uploads/{text_at(file, 'id')}/{name}"
                yield FileRecord(name or "file", path=inside, url=url, description=text_at(file, "alt_txt"))


def _place(value: object) -> Decimal:
    """Where in its day a message stands: a ts is no floating point number, for it is who the message is."""
    try:
        return Decimal(text_at(value, "ts") or "0")
    except InvalidOperation:
        return Decimal(0)


def _texts_of(blocks: list[Any], depth: int = 0) -> Iterator[str]:
    """The texts in blocks, whichever they are, in their order."""
    for block in blocks[:PARTS_LIMIT]:
        if not isinstance(block, dict):
            continue
        if said := _said_in(block):
            yield said
        if depth < DEPTH:
            inner = [*list_at(block, "fields"), *list_at(block, "elements")]
            parts = list(_texts_of(inner, depth + 1))
            is_line = text_at(block, "type") in ("rich_text_section", "rich_text_quote", "context")
            yield from ["".join(parts)] if is_line and parts else parts


def _said_in(block: dict[str, Any]) -> str:
    """The words of one block, or of one piece of it, as mrkdwn."""
    match text_at(block, "type"):
        case "user":
            return f"<@{text_at(block, 'user_id')}>"
        case "link":
            return f"<{text_at(block, 'url')}|{text_at(block, 'text')}>"
        case "emoji":
            return f":{text_at(block, 'name')}:"
    return text_at(block, "text") or text_at(block, "text", "text")
