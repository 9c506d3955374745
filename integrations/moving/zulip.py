"""What Zulip exports: a tar of tables as JSON, messages in pieces, and files. A topic becomes a thread."""

import json
import re
import tarfile
import tempfile
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.moving.fields import number_at, objects_at, seconds_at, text_at
from integrations.moving.files import UNREADABLE
from integrations.moving.on_disk import SortedOnDisk
from integrations.moving.packed import (
    MOST_ENTRIES,
    MOST_UNPACKED,
    RATIO,
    RATIO_COUNTS_FROM,
    Malformed,
    is_safe,
    values_in,
)
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
)
from integrations.moving.report import Why
from integrations.moving.texts import moment_of

# Types of recipients.
PERSONAL, STREAM, GROUP = 1, 2, 3
GUEST = 600
PEOPLE = ("zerver_userprofile", "zerver_userprofile_mirrordummy", "zerver_userprofile_crossrealm")
MESSAGES = re.compile(r"messages-\d+\.json")
# @**Ana Bo|7**, also @_**Ana Bo**, which tells nobody; #**room>topic**; a file that was sent.
PERSON = re.compile(r"@(_?)\*\*([^*\n|]{1,100})(?:\|(\d+))?\*\*")
PLACE = re.compile(r"#\*\*([^*\n>]{1,100})(?:>([^*\n]{1,100}))?\*\*")
FILE = re.compile(r"!?\[([^\]\n]*)\]\(/?user_uploads/([^)\s]+)\)")
CALLS = {"all": "@room", "everyone": "@room", "channel": "@room", "stream": "@room", "topic": "@here"}
NO_NAME = re.compile(r"[^A-Za-z0-9]+")


class ZulipArchive:
    """An export of a Zulip organisation."""

    program = "zulip"

    def __init__(self, path: Path) -> None:
        settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
        # Where there is room for files; it goes with this object.
        self._folder = tempfile.TemporaryDirectory(dir=settings.MEDIA_ROOT, prefix="import-")
        self.lacks: list[Shortfall] = []
        self.read = 0
        self._usernames: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        self._names_given: set[str] = set()
        try:
            self._open(path)
        except BaseException:
            self.close()
            raise

    def _open(self, path: Path) -> None:
        self._root = self._unpacked(path, Path(self._folder.name))
        self._pieces = sorted(one for one in self._root.iterdir() if MESSAGES.fullmatch(one.name))
        realm = next(iter(self._table("zerver_realm")), {})
        self._key = text_at(realm, "uuid") or text_at(realm, "string_id") or text_at(realm, "id")
        if not self._key:
            raise BadArchive(_("That is no export of Zulip: there is no realm.json in it that can be read."))

    def close(self) -> None:
        """Let go of it."""
        self._folder.cleanup()

    @property
    def key(self) -> str:
        """The organisation's id."""
        return self._key

    @property
    def total(self) -> int:
        """Bytes of what was said."""
        return sum(one.stat().st_size for one in self._pieces)

    def opened(self, path: str) -> AbstractContextManager[IO[bytes]] | None:
        """A file that somebody sent."""
        place = self._root / "uploads" / path
        return place.open("rb") if is_safe(path) and place.is_file() else None

    def _unpacked(self, path: Path, folder: Path) -> Path:
        """The folder that has realm.json in it, once the tar is unpacked within bounds."""
        most = max(RATIO * path.stat().st_size, RATIO_COUNTS_FROM)
        size = count = 0
        try:
            with tarfile.open(path, "r|*") as file:
                for member in file:
                    count, size = count + 1, size + max(member.size, 0)
                    if size > min(most, MOST_UNPACKED) or count > MOST_ENTRIES:
                        raise BadArchive(_("What is in that archive is larger than it can be."))
                    if member.isdir():
                        continue
                    if not member.isreg() or not is_safe(member.name):
                        self.lacks.append(Shortfall(member.name, Why.BAD_PATH))
                        continue
                    with suppress(tarfile.FilterError):
                        file.extract(member, folder, set_attrs=False, filter="data")
        except (tarfile.TarError, *UNREADABLE) as error:
            raise BadArchive(_("That is no tar that can be read.")) from error
        found = [folder, *(one for one in folder.iterdir() if one.is_dir())]
        return next((one for one in found if (one / "realm.json").is_file()), folder)

    def _table(self, name: str, file: str = "realm.json") -> Iterator[dict[str, Any]]:
        """The rows of a table; what cannot be read of it is left out."""
        place = self._root / file
        if not place.is_file():
            return
        with place.open("rb") as opened:
            try:
                for value in values_in(opened, place.stat().st_size, f"{name}.item"):
                    if isinstance(value, dict):
                        yield value
            except Malformed:
                self.lacks.append(Shortfall(f"{file}: {name}", Why.MALFORMED))

    # -- People and rooms ----------------------------------------------------------------

    def records(self) -> Generator[Record]:
        """People, rooms, and what was said."""
        beside = SortedOnDisk()
        try:
            yield from self._people()
            recipients = {
                text_at(one, "id"): (number_at(one, "type"), text_at(one, "type_id"))
                for one in self._table("zerver_recipient")
            }
            yield from self._rooms(recipients)
            beside.put_beside((text_at(one, "message"), one) for one in self._table("zerver_reaction"))
            beside.sort()
            yield from self._said(recipients, beside)
            yield from self.lacks
        finally:
            beside.close()

    def _people(self) -> Iterator[Record]:
        for table in PEOPLE:
            for one in self._table(table):
                theirs = text_at(one, "id")
                if not theirs or theirs in self._usernames:
                    continue
                name = text_at(one, "full_name") or text_at(one, "email") or theirs
                yield PersonRecord(
                    id=theirs,
                    username=self._username(theirs, name),
                    display_name=name,
                    email=text_at(one, "delivery_email") or text_at(one, "email"),
                    role="guest" if number_at(one, "role") == GUEST else "member",
                    is_active=one.get("is_active") is not False,
                    is_bot=one.get("is_bot") is True,
                    time_zone=text_at(one, "timezone"),
                )

    def _username(self, theirs: str, name: str) -> str:
        """Nobody has one there: a name in plain letters, and the id where that is another's already."""
        plain = NO_NAME.sub("-", name).strip("-").lower() or "somebody"
        username = plain if plain not in self._names_given else f"{plain}-{theirs}"
        self._names_given.add(username)
        self._usernames[theirs] = username
        self._by_name.setdefault(name, username)
        return username

    def _rooms(self, recipients: dict[str, tuple[int, str]]) -> Iterator[Record]:
        members: dict[str, list[str]] = {}
        for one in self._table("zerver_subscription"):
            if one.get("active") is not False:
                members.setdefault(text_at(one, "recipient"), []).append(text_at(one, "user_profile"))
        places = {what: theirs for theirs, what in recipients.items()}
        for one in self._table("zerver_stream"):
            recipient = places.get((STREAM, text_at(one, "id")))
            if recipient is not None:
                is_closed = one.get("invite_only") is True
                yield RoomRecord(
                    id=recipient,
                    name=text_at(one, "name"),
                    kind="closed" if is_closed else "open",
                    topic=text_at(one, "description"),
                    members=tuple(map(MemberRecord, members.get(recipient, ()))),
                    archived_at=moment_of(0) if one.get("deactivated") is True else None,
                )
        for recipient, (kind, _theirs) in recipients.items():
            if kind == GROUP:
                people = members.get(recipient, ())
                yield RoomRecord(id=recipient, kind="direct", members=tuple(map(MemberRecord, people)))

    # -- What was said -------------------------------------------------------------------

    def _said(self, recipients: dict[str, tuple[int, str]], beside: SortedOnDisk) -> Iterator[Record]:
        topics: dict[tuple[str, str], str] = {}
        pairs: set[str] = set()
        for piece in self._pieces:
            try:
                with piece.open("rb") as file:
                    for value in values_in(file, piece.stat().st_size, "zerver_message.item"):
                        yield from self._one(value, recipients, topics, pairs, beside)
            except Malformed:
                yield Shortfall(piece.name, Why.MALFORMED)
            self.read += piece.stat().st_size

    def _one(
        self,
        value: Any,
        recipients: dict[str, tuple[int, str]],
        topics: dict[tuple[str, str], str],
        pairs: set[str],
        beside: SortedOnDisk,
    ) -> Iterator[Record]:
        theirs, author, room = text_at(value, "id"), text_at(value, "sender"), text_at(value, "recipient")
        posted_at = seconds_at(value, "date_sent")
        if not theirs or not author or posted_at is None:
            yield Shortfall(f"message {theirs}", Why.MALFORMED)
            return
        kind, whose = recipients.get(room, (0, ""))
        for one in (author, whose if kind == PERSONAL else author):
            if one not in self._usernames:
                yield Shortfall(one, Why.UNLISTED)
                yield PersonRecord(id=one, username=self._username(one, f"zulip-{one}"))
        if kind == PERSONAL:
            pair = sorted({author, whose})
            room = "direct/" + "-".join(pair)
            if room not in pairs:
                pairs.add(room)
                yield RoomRecord(id=room, kind="direct", members=tuple(map(MemberRecord, pair)))
        topic = text_at(value, "subject").strip() if kind == STREAM else ""
        first = topics.setdefault((room, topic.lower()), theirs) if topic else theirs
        said = MessageRecord(
            id=theirs,
            room=room,
            author=author,
            # The first of a topic says what it is.
            text=f"**{topic}**\n\n" if topic and first == theirs else "",
            posted_at=posted_at,
            thread="" if first == theirs else first,
        )
        yield self._whole(said, value, beside)

    def _whole(self, said: MessageRecord, value: dict[str, Any], beside: SortedOnDisk) -> MessageRecord:
        """The record with what it says, and what belongs to it."""
        text, files = self._text(text_at(value, "content"))
        reactions: dict[str, list[str]] = {}
        for one in beside.beside(said.id):
            reactions.setdefault(_emoji(one), []).append(text_at(one, "user_profile"))
        versions = tuple(self._versions(text_at(value, "edit_history")))
        return replace(
            said,
            text=said.text + text,
            edited_at=seconds_at(value, "last_edit_time") if versions else None,
            reactions=tuple(ReactionRecord(emoji, tuple(people)) for emoji, people in reactions.items()),
            files=files,
            versions=versions,
        )

    def _text(self, content: str) -> tuple[str, tuple[FileRecord, ...]]:
        """The text in our Markdown, and the files that it links to."""
        files = [
            FileRecord(name or path.rpartition("/")[2], path=path) for name, path in FILE.findall(content)
        ]
        text = FILE.sub("", content) if files else content
        text = PERSON.sub(self._named, text)
        text = PLACE.sub(lambda found: f"#{found[1]}" + (f" ({found[2]})" if found[2] else ""), text)
        return text.replace("```quote\n", "```text\n"), tuple(files)

    def _named(self, found: re.Match[str]) -> str:
        silent, name, theirs = found.groups()
        if not silent and name in CALLS and theirs is None:
            return CALLS[name]
        username = self._usernames.get(theirs or "") or self._by_name.get(name)
        return name if silent or not username else f"@{username}"

    def _versions(self, history: str) -> Iterator[VersionRecord]:
        """What it said before; the history has the newest first."""
        try:
            found = json.loads(history) if history else []
        except (ValueError, RecursionError):
            return
        changes = list(objects_at({"all": found}, "all"))
        for one in reversed(changes):
            until = seconds_at(one, "timestamp")
            if "prev_content" in one and until:
                yield VersionRecord(self._text(text_at(one, "prev_content"))[0], until)


def _emoji(reaction: dict[str, Any]) -> str:
    """The emoji of a reaction: by its code points, or its name."""
    code = text_at(reaction, "emoji_code")
    with suppress(ValueError, OverflowError):
        if text_at(reaction, "reaction_type") in ("", "unicode_emoji") and code:
            return "".join(chr(int(part, 16)) for part in code.split("-"))
    return text_at(reaction, "emoji_name")
