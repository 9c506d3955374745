"""What Mattermost exports in bulk: lines of JSON, with posts in any order, and files under data/."""

import datetime
import hashlib
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from integrations.moving.fields import (
    list_at,
    milliseconds_at,
    number_at,
    object_at,
    objects_at,
    text_at,
    texts_at,
)
from integrations.moving.lines_in import LineFile
from integrations.moving.on_disk import SortedOnDisk
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

LINES = "import.jsonl"
NOTICES = {
    "system_join_channel": "joined", "system_leave_channel": "left", "system_header_change": "topic",
    "system_displayname_change": "renamed",
}  # fmt: skip
SAID = {"topic": "new_header", "renamed": "new_displayname"}
KINDS = {"O": "open", "P": "closed"}
ATTACHMENTS = 50


class MattermostArchive:
    """A bulk export of Mattermost. People and rooms have no ids in it: their names are theirs."""

    program = "mattermost"

    def __init__(self, path: Path) -> None:
        self._lines = LineFile(path, LINES)
        first = next(self._lines.values(), None)
        if text_at(first, "type") != "version":
            self.close()
            raise BadArchive(_("That is no export of Mattermost: it does not begin with a version."))
        self.read = 0
        self._teams: list[str] = []
        self._members: dict[str, dict[str, str]] = {}
        self._people: set[str] = set()

    def close(self) -> None:
        """Let go of it."""
        self._lines.close()

    @property
    def key(self) -> str:
        """The names of its teams."""
        names = []
        for value in self._lines.values():
            kind = text_at(value, "type")
            if kind == "team":
                names.append(text_at(value, "team", "name"))
            elif kind in ("user", "post"):
                break
        return "/".join(sorted(names)) or "nameless"

    @property
    def total(self) -> int:
        """Bytes of the lines, twice: they are read, and what was said is put in order."""
        return 2 * self._lines.size

    def opened(self, path: str) -> AbstractContextManager[IO[bytes]] | None:
        """A file in the zip."""
        return self._lines.opened(f"data/{path}") or self._lines.opened(path)

    def records(self) -> Generator[Record]:
        """People, rooms, and what was said in the order of its time."""
        yield from self._lines.lacks
        said = SortedOnDisk()
        try:
            rooms: list[dict[str, Any]] = []
            direct: list[dict[str, Any]] = []
            for value in self._lines.values():
                self.read = self._lines.read
                kind = text_at(value, "type")
                match kind:
                    case "user" | "bot":
                        yield from self._person(object_at(value, kind), is_bot=kind == "bot")
                    case "channel":
                        rooms.append(object_at(value, "channel"))
                    case "direct_channel":
                        direct.append(object_at(value, "direct_channel"))
                    case "post" | "direct_post":
                        said.put(_flat(object_at(value, kind)))
                    case "version" | "team" | "role" | "scheme" | "info":
                        pass
                    case "":
                        yield Shortfall(LINES, Why.MALFORMED)
                    case _:
                        yield Shortfall(kind, Why.NOT_TAKEN)
            yield from self._rooms(rooms, direct)
            said.sort()
            yield from self._said(said)
        finally:
            said.close()

    # -- People and rooms ----------------------------------------------------------------

    def _person(self, value: dict[str, Any], *, is_bot: bool) -> Iterator[Record]:
        username = text_at(value, "username")
        if not username:
            yield Shortfall("user", Why.MALFORMED)
            return
        self._people.add(username)
        for team in objects_at(value, "teams"):
            for channel in objects_at(team, "channels"):
                room = f"{text_at(team, 'name')}/{text_at(channel, 'name')}"
                self._members.setdefault(room, {})[username] = text_at(channel, "roles")
        whole = f"{text_at(value, 'first_name')} {text_at(value, 'last_name')}".strip()
        yield PersonRecord(
            id=username,
            username=username,
            display_name=text_at(value, "nickname") or whole or text_at(value, "display_name") or username,
            email=text_at(value, "email"),
            role="guest" if "system_guest" in text_at(value, "roles") else "member",
            is_active=not number_at(value, "delete_at"),
            is_bot=is_bot,
            title=text_at(value, "position"),
        )

    def _rooms(self, rooms: list[dict[str, Any]], direct: list[dict[str, Any]]) -> Iterator[Record]:
        for value in rooms:
            theirs = f"{text_at(value, 'team')}/{text_at(value, 'name')}"
            members = self._members.get(theirs, {})
            deleted = number_at(value, "deleted_at") or number_at(value, "delete_at")
            yield RoomRecord(
                id=theirs,
                name=text_at(value, "display_name") or text_at(value, "name"),
                kind=KINDS.get(text_at(value, "type"), "closed"),
                topic=text_at(value, "header") or text_at(value, "purpose"),
                members=tuple(
                    MemberRecord(one, role="moderator" if "channel_admin" in roles else "member")
                    for one, roles in members.items()
                ),
                archived_at=milliseconds_at({"at": deleted}, "at") if deleted else None,
            )
        for value in direct:
            people = list(texts_at(value, "members"))
            people += [text_at(one, "username") for one in objects_at(value, "participants")]
            yield from self._direct(people)

    def _direct(self, people: list[str]) -> Iterator[Record]:
        members = sorted({one for one in people if one})
        for one in members:
            if one not in self._people:
                yield from self._unlisted(one)
        yield RoomRecord(
            id=_between(members), kind="direct", members=tuple(MemberRecord(one) for one in members)
        )

    def _unlisted(self, username: str) -> Iterator[Record]:
        self._people.add(username)
        yield Shortfall(username, Why.UNLISTED)
        yield PersonRecord(id=username, username=username)

    # -- What was said -------------------------------------------------------------------

    def _said(self, said: SortedOnDisk) -> Iterator[Record]:
        last: set[str] = set()
        moment = None
        done = 0
        between: set[str] = set()
        for value in said.values():
            done += 1
            self.read = self._lines.size + self._lines.size * done // said.count
            if people := list(texts_at(value, "channel_members")):
                room = _between(sorted({one for one in people if one}))
                if room not in between:
                    between.add(room)
                    yield from self._direct(people)
            else:
                room = f"{text_at(value, 'team')}/{text_at(value, 'channel')}"
            posted_at = milliseconds_at(value, "create_at")
            author = text_at(value, "user")
            if posted_at is None or not author:
                yield Shortfall(f"{room} {text_at(value, 'message')[:40]}", Why.MALFORMED)
                continue
            kind = text_at(value, "type")
            if kind and kind not in NOTICES and not kind.startswith(("custom_", "slack_attachment", "me")):
                yield Shortfall(kind, Why.NOT_TAKEN)
                continue
            if author not in self._people:
                yield from self._unlisted(author)
            theirs = _id_of(value)
            if posted_at != moment:
                moment, last = posted_at, set()
            if theirs in last:
                # Somebody who said two things in one millisecond.
                theirs += "/" + hashlib.sha256(text_at(value, "message").encode()).hexdigest()[:8]
            last.add(theirs)
            yield self._message(value, theirs, room, author, posted_at)

    def _message(
        self, value: dict[str, Any], theirs: str, room: str, author: str, posted_at: datetime.datetime
    ) -> MessageRecord:
        kind, props = text_at(value, "type"), object_at(value, "props")
        notice = NOTICES.get(kind, "")
        edited_at = milliseconds_at(value, "edit_at")
        reactions: dict[str, list[str]] = {}
        for one in objects_at(value, "reactions"):
            reactions.setdefault(text_at(one, "emoji_name"), []).append(text_at(one, "user"))
        return MessageRecord(
            id=theirs,
            room=room,
            author=author,
            text=text_at(props, SAID.get(notice, "")) if notice else _text_of(value, props),
            posted_at=posted_at,
            thread=text_at(value, "thread"),
            edited_at=edited_at if edited_at and edited_at > posted_at else None,
            is_action=kind == "me",
            notice=notice,
            shown_name=text_at(props, "override_username"),
            pinned_at=posted_at if value.get("is_pinned") is True else None,
            reactions=tuple(ReactionRecord(name, tuple(people)) for name, people in reactions.items()),
            files=tuple(
                FileRecord(text_at(one, "path").rpartition("/")[2], path=text_at(one, "path"))
                for one in objects_at(value, "attachments")
                if text_at(one, "path")
            ),
        )


def _between(people: list[str]) -> str:
    """A conversation of these people, who are in order."""
    return "direct/" + hashlib.sha256("/".join(people).encode()).hexdigest()


def _id_of(value: dict[str, Any]) -> str:
    """Posts have no ids: who said it when is all that is always the same."""
    return f"{number_at(value, 'create_at')}/{text_at(value, 'user')}"


def _flat(post: dict[str, Any]) -> Iterator[tuple[float, dict[str, Any]]]:
    """A post and what answers it, by their times."""
    yield float(min(number_at(post, "create_at"), 2**53)), {k: v for k, v in post.items() if k != "replies"}
    where = {name: post.get(name) for name in ("team", "channel", "channel_members") if name in post}
    for reply in objects_at(post, "replies"):
        at = max(number_at(reply, "create_at"), number_at(post, "create_at"))
        yield float(min(at, 2**53)), reply | where | {"thread": _id_of(post)}


def _text_of(value: dict[str, Any], props: dict[str, Any]) -> str:
    """What it says, with what a program put beside it."""
    text = text_at(value, "message")
    if text_at(value, "type") == "me":
        text = text.removeprefix("*").removesuffix("*")
    parts = [text]
    for one in [one for one in list_at(props, "attachments")[:ATTACHMENTS] if isinstance(one, dict)]:
        title, link = text_at(one, "title"), text_at(one, "title_link")
        lines = (
            text_at(one, "pretext"),
            f"[{title}]({link})" if title and link else title,
            text_at(one, "text"),
            *(
                f"**{text_at(field, 'title')}** {text_at(field, 'value')}"
                for field in objects_at(one, "fields")
            ),
        )
        said = "\n".join(filter(None, map(str.strip, lines))) or text_at(one, "fallback")
        parts.append("\n".join(f"> {line}" for line in said.split("\n")) if said else "")
    return "\n\n".join(filter(None, map(str.strip, parts)))
