"""What everybody in a room sees of what happens there: rendered once, handed to `live`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from accounts.fragments import people
from accounts.models import Person
from live import bus
from live.database import in_database
from live.fragments import partial
from live.presence import on_change
from rooms import fragments
from rooms.models import Message, Room
from rooms.models.message import Shown
from rooms.models.room import group_of

if TYPE_CHECKING:
    from live.process import LiveProcess


def messages_posted(messages: Iterable[Shown], threads: Iterable[Shown] = ()) -> None:
    """New messages, in the order of their revisions, and `threads` that count them: a room in one event."""
    of_rooms: dict[int, list[Shown]] = {}
    for message in messages:
        of_rooms.setdefault(message.room_id, []).append(message)
    for room_id, news in of_rooms.items():
        bus.publish_fragment(
            group_of(room_id),
            "".join(map(fragments.posted, news))
            + "".join(fragments.changed(first) for first in threads if first.room_id == room_id),
            json=map(fragments.as_json, news),
            revision=news[-1].revision,
            changes=len(news),
            news=len(news),
        )


def message_deleted(message: Message, after: Message | None) -> None:
    """A message is gone; the one `after` it may have to say its day or its author now."""
    html = fragments.deleted(message.pk) + (fragments.changed(after.shown) if after is not None else "")
    json = fragments.deletion_json(message.pk, message.revision)
    bus.publish_fragment(message.room.group, html, json=[json], revision=message.revision)


def typing(room: Room, person: Person) -> None:
    """Somebody is writing; the others see it for some seconds."""
    html = fragments.typing(person)
    bus.publish_fragment(room.group, html, besides=person.pk)


@on_change
async def people_came_and_went(process: "LiveProcess", place: str, arrived: set[int], left: set[int]) -> None:
    """Keep the list of who is in a room, on this process' pages of it."""
    if place not in process.hub.groups:
        return
    html = "".join(partial(f"#here-{pk}", "delete") for pk in left)
    if arrived:
        html += partial(
            "#here", "upsert key:data-seq sort", (await in_database(people)("here", arrived)).html
        )
    process.hub.deliver(place, html + fragments.here_count(process, place))
