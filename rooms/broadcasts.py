"""What everybody in a room sees of what happens there: rendered once, handed to `live`."""

from typing import TYPE_CHECKING

from accounts.fragments import people
from accounts.models import Person
from live import bus
from live.database import in_database
from live.fragments import partial
from live.presence import on_change
from rooms import fragments
from rooms.models import Message, Room

if TYPE_CHECKING:
    from live.process import LiveProcess


def message_posted(message: Message) -> None:
    """A new message, at the end."""
    bus.publish_fragment(
        message.room.group,
        fragments.posted(message),
        json=fragments.as_json(message),
        revision=message.revision,
        news=1,
    )


def message_deleted(message: Message, after: Message | None) -> None:
    """A message is gone; the one `after` it may have to say its day or its author now."""
    html = fragments.deleted(message) + (fragments.changed(after) if after is not None else "")
    bus.publish_fragment(
        message.room.group, html, json=fragments.deletion_json(message), revision=message.revision
    )


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
