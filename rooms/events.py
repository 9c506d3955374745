"""What rooms tell every process: the events of the bus, packed and unpacked here and nowhere else.

On its way an event is a dict of plain values (live/bus.py); with Redis between, its tuples arrive as lists.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from live import bus
from rooms.models.values import ReadReceipt

# The kinds of events, as they are on the wire.
POSTED = "posted"
CEASED = "ceased"
READ = "read"
MARKED_UNREAD = "marked_unread"
ROOMS_CHANGED = "rooms_changed"
UPLOADING = "uploading"


class NumberedMessage(NamedTuple):
    """A new message: its number in the room, and the id of its author."""

    number: int
    author_id: int


class NumberedMention(NamedTuple):
    """The number of a new message, and the ids of those whom it names, or whose message it answers."""

    number: int
    people: Sequence[int]


class NewMessages(NamedTuple):
    """What is new in one room: all of it, those for everybody in the room, and for those who are here."""

    room_id: int
    message_count: int
    messages: Sequence[NumberedMessage]
    for_room: Sequence[NumberedMessage]
    for_here: Sequence[NumberedMessage]
    mentions: Sequence[NumberedMention]


class UnreadMark(NamedTuple):
    """Somebody wants a room to be unread after the message with the number `read`."""

    room_id: int
    person_id: int
    read: int


def publish_posted(rooms: Iterable[NewMessages]) -> None:
    """New messages, for whoever counts what people have not read."""
    bus.publish(POSTED, rooms=list(rooms))


def posted(event: dict[str, Any]) -> Iterable[NewMessages]:
    """What `publish_posted` was given."""
    for room_id, count, messages, for_room, for_here, mentions in event["rooms"]:
        yield NewMessages(
            room_id,
            count,
            [NumberedMessage(*one) for one in messages],
            [NumberedMessage(*one) for one in for_room],
            [NumberedMessage(*one) for one in for_here],
            [NumberedMention(*one) for one in mentions],
        )


class CeasedMessage(NamedTuple):
    """A message that was deleted, or means others than it did.

    `called` is the number of the last that calls the room, where this one did and no longer does.
    """

    room_id: int
    number: int
    called: int
    is_deleted: bool


def publish_ceased(message: CeasedMessage) -> None:
    """Whoever counts it as unread, or as meaning somebody, counts anew."""
    bus.publish(CEASED, **message._asdict())


def ceased(event: dict[str, Any]) -> CeasedMessage:
    """What `publish_ceased` was given."""
    return CeasedMessage(*(event[name] for name in CeasedMessage._fields))


def publish_read(receipts: Iterable[ReadReceipt]) -> None:
    """People have read rooms: it is so on their other pages."""
    bus.publish(READ, rooms=[(room_id, posts, list(people)) for room_id, posts, people in receipts])


def read(event: dict[str, Any]) -> Iterable[ReadReceipt]:
    """What `publish_read` was given."""
    return (ReadReceipt(*one) for one in event["rooms"])


def publish_marked_unread(mark: UnreadMark) -> None:
    """Somebody wants a room to be unread from some message on; their pages of it leave it so."""
    bus.publish(MARKED_UNREAD, **mark._asdict())


def marked_unread(event: dict[str, Any]) -> UnreadMark:
    """What `publish_marked_unread` was given."""
    return UnreadMark(event["room_id"], event["person_id"], event["read"])


def publish_rooms_changed(people: Collection[int]) -> None:
    """The lists of these people's rooms, or what they have read in all of them, is other than it was."""
    bus.publish(ROOMS_CHANGED, people=list(people))


def rooms_changed(event: dict[str, Any]) -> set[int]:
    """The ids that `publish_rooms_changed` was given."""
    return set(event["people"])


class UploadPart(NamedTuple):
    """How many bytes have come of what somebody sends, and how many there are; the page calls it `upload`."""

    person_id: int
    upload: str
    received: int
    total: int


def upload_part(event: dict[str, Any]) -> UploadPart:
    """What an event of the kind UPLOADING says."""
    return UploadPart(*event["part"])
