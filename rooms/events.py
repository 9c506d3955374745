"""What rooms tell every process: the events of the bus, packed and unpacked here and nowhere else.

On its way an event is a dict of plain values (live/bus.py); with Redis between, its tuples arrive as lists.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings

from live import bus
from rooms.models.values import ReadReceipt

# The kinds of events, as they are on the wire.
POSTED = "posted"
CEASED = "ceased"
READ = "read"
MARKED_UNREAD = "marked_unread"
ROOMS_CHANGED = "rooms_changed"
THREADS_CHANGED = "threads_changed"
UPLOADING = "uploading"


# So many groups there are of people: a process is in those of the people who have a page in it.
SHARDS = 1024


def events_of_room(room_id: int) -> str:
    """The group that hears what concerns the members of a room, wherever they look."""
    return f"members-{room_id}" if settings.EVENTS_BY_ROOM else bus.EVERYONE


def events_of_person(person_id: int) -> str:
    """The group that hears what concerns somebody, and some others."""
    return f"people-{person_id % SHARDS}" if settings.EVENTS_BY_ROOM else bus.EVERYONE


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


def publish_posted(rooms: Iterable[NewMessages], answered: Mapping[int, Sequence[int]]) -> None:
    """New messages, for whoever counts what people have not read.

    `answered` are the ids of the first messages of threads that have new answers, by room.
    """
    by_group = defaultdict(list)
    for new in rooms:
        by_group[events_of_room(new.room_id)].append(new)
    for group, those in by_group.items():
        threads = [pk for new in those for pk in answered.get(new.room_id, ())]
        bus.publish(POSTED, group=group, rooms=those, threads=threads)


def threads_changed(event: dict[str, Any]) -> Sequence[int]:
    """The ids of the threads in which something else is new since an event of any of these kinds."""
    return event.get("threads", ())


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
    bus.publish(CEASED, group=events_of_room(message.room_id), **message._asdict())


def ceased(event: dict[str, Any]) -> CeasedMessage:
    """What `publish_ceased` was given."""
    return CeasedMessage(*(event[name] for name in CeasedMessage._fields))


def publish_read(receipts: Iterable[ReadReceipt]) -> None:
    """People have read rooms: it is so on their other pages."""
    by_group = defaultdict(list)
    for room_id, posts, people in receipts:
        by_group[events_of_room(room_id)].append((room_id, posts, list(people)))
    for group, those in by_group.items():
        bus.publish(READ, group=group, rooms=those)


def read(event: dict[str, Any]) -> Iterable[ReadReceipt]:
    """What `publish_read` was given."""
    return (ReadReceipt(*one) for one in event["rooms"])


def publish_marked_unread(mark: UnreadMark) -> None:
    """Somebody wants a room to be unread from some message on; their pages of it leave it so."""
    bus.publish(MARKED_UNREAD, group=events_of_room(mark.room_id), **mark._asdict())


def marked_unread(event: dict[str, Any]) -> UnreadMark:
    """What `publish_marked_unread` was given."""
    return UnreadMark(event["room_id"], event["person_id"], event["read"])


def publish_rooms_changed(people: Collection[int]) -> None:
    """The lists of these people's rooms, or what they have read in all of them, is other than it was."""
    by_group = defaultdict(list)
    for person_id in people:
        by_group[events_of_person(person_id)].append(person_id)
    for group, those in by_group.items():
        bus.publish(ROOMS_CHANGED, group=group, people=those)


def rooms_changed(event: dict[str, Any]) -> set[int]:
    """The ids that `publish_rooms_changed` was given."""
    return set(event["people"])


def publish_thread_changed(room_id: int, thread_id: int) -> None:
    """Something else is new in a thread to those who follow it, or others follow it."""
    bus.publish(THREADS_CHANGED, group=events_of_room(room_id), threads=[thread_id])


def publish_thread_seen(person_id: int, thread_id: int) -> None:
    """Somebody has seen what is in a thread, or follows it, or does so no longer."""
    bus.publish(THREADS_CHANGED, group=events_of_person(person_id), threads=[thread_id])


class UploadPart(NamedTuple):
    """How many bytes have come of what somebody sends, and how many there are; the page calls it `upload`."""

    person_id: int
    upload: str
    received: int
    total: int


async def tell_upload(part: UploadPart) -> None:
    """Tell the pages of who sends it, from the event loop."""
    await bus.tell(events_of_person(part.person_id), {"kind": UPLOADING, "part": list(part)})


def upload_part(event: dict[str, Any]) -> UploadPart:
    """What an event of the kind UPLOADING says."""
    return UploadPart(*event["part"])
