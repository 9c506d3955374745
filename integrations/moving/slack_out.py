"""An archive as Slack writes one, which others read: lists of people and rooms, and a file for each day."""

import datetime
from collections.abc import Iterator
from itertools import chain, groupby
from typing import Any

import emoji

from accounts.archive import Archive
from accounts.models import Person
from accounts.roles import Role
from integrations.moving import here
from integrations.moving.lines import copy_files
from integrations.moving.mrkdwn_out import escaped, mrkdwn
from integrations.moving.records import MessageRecord, PersonRecord, RoomRecord
from integrations.moving.scope import Scope
from rooms.models import Message, Room

TEAM = "T1"
# The lists of rooms, and the letter that the ids in each begin with.
LISTS = {"channels": "C", "groups": "G", "dms": "D", "mpims": "M"}
# What Slack calls what happened in a room.
SUBTYPES = {
    "joined": "channel_join", "added": "channel_join", "left": "channel_leave", "removed": "channel_leave",
    "renamed": "channel_name", "topic": "channel_topic", "archived": "channel_archive",
    "revived": "channel_unarchive",
}  # fmt: skip


def write(archive: Archive, scope: Scope) -> None:
    """All that is in `scope`, but for earlier texts and votes, of which Slack's layout knows nothing."""
    with archive.json_list("users.json") as put:
        for person in here.people_in(scope):
            put(_user(person))
    names = dict(Person.objects.values_list("pk", "username"))
    rooms = {room.pk: room for room in scope.rooms()}
    records = {kind: [] for kind in LISTS}  # type: dict[str, list[RoomRecord]]
    for record in here.rooms_in(scope):
        records[_list_of(record)].append(record)
    for kind, those in records.items():
        with archive.json_list(f"{kind}.json") as put:
            for record in those:
                put(_channel(record, rooms[int(record.id)], kind, names))
        for record in those:
            _write_days(archive, scope, rooms[int(record.id)], _folder(record, kind, names))
    copy_files(archive, scope)


def _list_of(room: RoomRecord) -> str:
    if room.kind == Room.Kind.DIRECT:
        return "dms" if len(room.members) <= 2 else "mpims"
    return "channels" if room.kind == Room.Kind.OPEN else "groups"


def _folder(room: RoomRecord, kind: str, names: dict[int, str]) -> str:
    """What its folder is called: the name, between two people the id, between more the names of all."""
    match kind:
        case "dms":
            return f"D{room.id}"
        case "mpims":
            people = "--".join(sorted(names.get(int(one.person), one.person) for one in room.members))
            return f"mpdm-{people}-{room.id}"
        case _:
            return room.slug


def _user(person: PersonRecord) -> dict[str, Any]:
    name = person.display_name or person.username
    return {
        "id": f"U{person.id}", "team_id": TEAM, "name": person.username, "deleted": not person.is_active,
        "real_name": name, "tz": person.time_zone or None, "is_bot": person.is_bot,
        "is_owner": person.role == Role.OWNER,
        "is_admin": person.role in (Role.OWNER, Role.ADMINISTRATOR),
        "is_restricted": person.role == Role.GUEST,
        "profile": {
            "real_name": name, "display_name": person.username, "title": person.title,
            "pronouns": person.pronouns, **({"email": person.email} if person.email else {}),
        },
    }  # fmt: skip


def _channel(room: RoomRecord, there: Room, kind: str, names: dict[int, str]) -> dict[str, Any]:
    made = int(there.created_at.timestamp())
    by = f"U{there.created_by_id}" if there.created_by_id else ""
    about = {
        "id": LISTS[kind] + room.id, "created": made,
        "members": [f"U{one.person}" for one in room.members],
    }  # fmt: skip
    if kind == "dms":
        return about
    pinned = Message.objects.pinned().filter(room=there.pk).order_by("pinned_at")
    return about | {
        "name": _folder(room, kind, names), "creator": by, "is_archived": room.archived_at is not None,
        "is_general": room.for_everyone,
        "topic": {"value": room.topic, "creator": by, "last_set": made},
        "purpose": {"value": room.name, "creator": by, "last_set": made},
        "pins": [
            {
                "id": _ts(one.pk, one.posted_at), "type": "C", "owner": f"U{one.author_id}",
                "user": f"U{one.pinned_by_id or one.author_id}",
                "created": int(one.pinned_at.timestamp()) if one.pinned_at else 0,
            }
            for one in pinned
        ],
    }  # fmt: skip


# -- Messages -----------------------------------------------------------------------------


def _write_days(archive: Archive, scope: Scope, room: Room, folder: str) -> None:
    """A file for each day on which something was said, as the clock in Greenwich has it."""
    for day, said in groupby(_said(archive, scope, room), key=lambda pair: pair[0]):
        with archive.json_list(f"{folder}/{day:%Y-%m-%d}.json") as put:
            for _, message in said:
                put(message)


def _said(archive: Archive, scope: Scope, room: Room) -> Iterator[tuple[datetime.date, dict[str, Any]]]:
    for messages in here.messages_in(scope, room, "posted_at", "pk"):
        records = zip(messages, here.records_of(scope, messages), strict=True)
        roots = _roots(messages)
        answers = _answers(messages)
        for message, record in records:
            yield (
                message.posted_at.astimezone(datetime.UTC).date(),
                _message(message, record, roots, answers.get(message.pk, [])),
            )
        archive.progress(len(messages))


def _roots(messages: list[Message]) -> dict[int, tuple[str, int]]:
    """Of the first messages of their threads: the time that is their id, and who wrote them. One query."""
    threads = {message.thread_id for message in messages if message.thread_id}
    found = Message.objects.filter(pk__in=threads).values_list("pk", "posted_at", "author_id")
    return {pk: (_ts(pk, posted_at), author) for pk, posted_at, author in found}


def _answers(messages: list[Message]) -> dict[int, list[dict[str, str]]]:
    """Who answered in the threads that begin with these, and when. One query."""
    begun = [message.pk for message in messages if message.replies]
    found = Message.objects.undeleted().filter(thread__in=begun).exclude(pk__in=begun).order_by("pk")
    answers: dict[int, list[dict[str, str]]] = {}
    for pk, thread, author, posted_at in found.values_list("pk", "thread_id", "author_id", "posted_at"):
        answers.setdefault(thread or 0, []).append({"user": f"U{author}", "ts": _ts(pk, posted_at)})
    return answers


def _message(
    message: Message, record: MessageRecord, roots: dict[int, tuple[str, int]], answers: list[dict[str, str]]
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "type": "message", "user": f"U{record.author}", "text": _text(message, record),
        "ts": _ts(message.pk, message.posted_at), "team": TEAM,
    }  # fmt: skip
    if subtype := _subtype(message, record):
        said["subtype"] = subtype
    if record.shown_name:
        said["username"] = record.shown_name
    if message.thread_id in roots and message.thread_id != message.pk:
        said["thread_ts"], author = roots[message.thread_id]
        said["parent_user_id"] = f"U{author}"
    if answers:
        said |= {"thread_ts": said["ts"], "reply_count": len(answers), "replies": answers}
    if record.edited_at:
        said["edited"] = {"user": said["user"], "ts": f"{record.edited_at.timestamp():.6f}"}
    if record.reactions:
        said["reactions"] = [
            {
                "name": emoji_name(one.emoji),
                "users": [f"U{pk}" for pk in one.people],
                "count": len(one.people),
            }
            for one in record.reactions
        ]
    if record.files:
        said["files"] = [
            {"id": f"F{path.split('/')[1]}", "name": one.name, "title": one.description or one.name,
             "url_private_download": path}
            for one in record.files for path in [one.path]
        ]  # fmt: skip
    return said


def _subtype(message: Message, record: MessageRecord) -> str:
    if message.deleted_at:
        return "tombstone"
    if record.notice:
        return SUBTYPES.get(record.notice, "channel_purpose")
    if record.is_action:
        return "me_message"
    return "bot_message" if record.shown_name else ""


def _text(message: Message, record: MessageRecord) -> str:
    if message.deleted_at:
        return "This message was deleted."
    if record.notice:
        about = [f"<@U{pk}>" for pk in record.named] or [mrkdwn(message.html)]
        return " ".join(chain([f"<@U{record.author}> {record.notice}"], filter(None, about)))
    return mrkdwn(message.html) or escaped(record.text)


def _ts(pk: int, posted_at: datetime.datetime) -> str:
    """What a message is known by in Slack: its second, and six digits in which no two of a room agree."""
    return f"{int(posted_at.timestamp())}.{pk % 1_000_000:06d}"


def emoji_name(sign: str) -> str:
    """What Slack calls an emoji, without its colons; the sign itself where it has no name."""
    return emoji.demojize(sign, language="alias").strip(":")
