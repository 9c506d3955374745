"""What an archive is made of, whichever program wrote it: values between its reader and what stores them.

A reader (Slack, Mattermost, Zulip, Campfire, our own) gives them in the order people, rooms, messages;
of messages a first one before what answers it, as far as the archive allows. Ids are the archive's own, and
texts: they are the same whenever the archive is read again. Texts are Markdown, as people type it here, with
mentions as `@username` of a person's record; times have a zone.
"""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Somebody in the archive; matched here by `email`."""

    id: str
    username: str
    display_name: str = ""
    email: str = ""
    role: str = "member"
    is_active: bool = True
    is_bot: bool = False
    title: str = ""
    pronouns: str = ""
    about: str = ""
    time_zone: str = ""
    # Where in the archive the picture is.
    picture: str = ""


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """Somebody in a room."""

    person: str
    role: str = "member"
    involvement: str = "everything"
    is_favourite: bool = False
    # The archive's id of the last message that they have read; empty where all is read.
    read: str = ""


@dataclass(frozen=True, slots=True)
class RoomRecord:
    """A room: `kind` is Room.Kind's; a direct one has no name, and its members are whom it is with."""

    id: str
    name: str = ""
    kind: str = "open"
    slug: str = ""
    topic: str = ""
    members: tuple[MemberRecord, ...] = ()
    archived_at: datetime.datetime | None = None
    for_everyone: bool = False
    who_posts: str = "members"
    who_calls: str = "members"
    slow_seconds: int = 0
    retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class ReactionRecord:
    """An emoji, and who reacted with it, in that order."""

    emoji: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of a message: `path` in the archive, or else `url` from which it may be fetched."""

    name: str
    path: str = ""
    url: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class VoteRecord:
    """What somebody chose in the poll of a message."""

    person: str
    choice: str


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """What a message said before it was edited, until when."""

    text: str
    until: datetime.datetime


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """A message: `thread` is the first of its thread, `reply_to` what it answers."""

    id: str
    room: str
    author: str
    text: str
    posted_at: datetime.datetime
    thread: str = ""
    reply_to: str = ""
    edited_at: datetime.datetime | None = None
    deleted_at: datetime.datetime | None = None
    is_action: bool = False
    # What happened, where nobody said something: Message.Notice, and whom it names.
    notice: str = ""
    named: tuple[str, ...] = ()
    # What its author is called in this message alone.
    shown_name: str = ""
    shown_icon: str = ""
    # Where in the archive the picture is that it has there.
    shown_picture: str = ""
    pinned_at: datetime.datetime | None = None
    pinned_by: str = ""
    reactions: tuple[ReactionRecord, ...] = ()
    files: tuple[FileRecord, ...] = ()
    votes: tuple[VoteRecord, ...] = ()
    versions: tuple[VersionRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Something of an archive that did not come, or not whole: what it is, and why (report.Why)."""

    what: str
    why: str


type Record = PersonRecord | RoomRecord | MessageRecord | Shortfall


class BadArchive(Exception):
    """An archive cannot be read, or no further; the text is a sentence for who brought it."""
