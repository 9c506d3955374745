"""What the bus, the clock and a page that comes tell of what is unread here; tracker.py keeps it."""

from typing import TYPE_CHECKING, Any

from accounts.names import renamed_since
from database.threads import in_database
from live import frames
from rooms import events
from rooms.models.room import room_group
from rooms.models.values import DIRECT
from rooms.unread.state import PendingMention
from rooms.unread.tracker import tracker_of

if TYPE_CHECKING:
    from live.hub import Socket
    from live.server_process import ServerProcess


def tick(process: "ServerProcess") -> None:
    """Do what is done once a second."""
    tracker_of(process).tick()


async def bring_badges(process: "ServerProcess", socket: "Socket", frame: dict[str, Any]) -> str:
    """All the badges, for a page that has come or returned; and its list of rooms, where that is another."""
    current = frames.field(frame, "room") if "room" in frame else ""
    shown = frames.number(frame, "rooms") if "rooms" in frame else None
    return await tracker_of(process).welcome(socket, current, shown)


async def take_new_names(process: "ServerProcess", since: int) -> None:
    """People are called otherwise since the revision `since`: so are conversations with them."""
    await tracker_of(process).take_new_names(await in_database(renamed_since)(since))


def on_posted(process: "ServerProcess", event: dict[str, Any]) -> None:
    """Count new messages, and whom they mean; and look at the threads that they answer in."""
    unread = tracker_of(process)
    unread.threads.changed(events.threads_changed(event))
    for new in events.posted(event):
        room = unread.posted(new.room_id, new.message_count, new.for_room)
        if room is None:
            continue
        for number, author_id in new.messages:
            unread.read(new.room_id, number, [author_id])
            if room.link.kind == DIRECT:
                unread.direct.append(PendingMention(new.room_id, number, None, author_id))
        for number, people in new.mentions:
            unread.means(new.room_id, number, people)
        for number, author_id in new.for_here:
            here = process.here.get(room_group(new.room_id), set())
            unread.means(new.room_id, number, here - {author_id})


def on_ceased(process: "ServerProcess", event: dict[str, Any]) -> None:
    """Messages were deleted, or mean others than they did."""
    tracker_of(process).ceased(events.ceased(event))


def on_threads_changed(process: "ServerProcess", event: dict[str, Any]) -> None:
    """Something else is new in threads to some of those who follow them."""
    tracker_of(process).threads.changed(events.threads_changed(event))


def on_read(process: "ServerProcess", event: dict[str, Any]) -> None:
    """People have read rooms."""
    for receipt in events.read(event):
        tracker_of(process).read(*receipt)


def on_marked_unread(process: "ServerProcess", event: dict[str, Any]) -> None:
    """Somebody's room is unread from some message on."""
    unread, mark = tracker_of(process), events.marked_unread(event)
    unread.keep_unread(mark.room_id, mark.person_id)
    unread.read(mark.room_id, mark.read, [mark.person_id], back=True)
    process.spawn(unread.mark_again(mark))


def on_rooms_changed(process: "ServerProcess", event: dict[str, Any]) -> None:
    """Read anew which rooms people are in, and how far they have read."""
    unread, people = tracker_of(process), events.rooms_changed(event)
    unread.overtaken |= people & unread.loading.keys()
    if here := people & unread.readers.keys():
        process.spawn(unread.load(here))
