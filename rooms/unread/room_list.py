"""The list of somebody's rooms on their open pages: as it is in the database, whoever has changed it.

A change is told by an event. Where none comes (from a shell, or lost on its way), a look each second
finds it: the community counts such changes, and a person keeps the number of the last that was theirs.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from accounts.models import Community, Person
from database.compiled_queries import CompiledQuery
from database.threads import in_database
from hypermedia.locales import Locale, fill
from live.hub import SharedMessage
from live.server_process import close_forbidden
from rooms.models import Membership
from rooms.models.room import room_group
from rooms.render.sidebar import room_list_changed

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from live.server_process import ServerProcess
    from rooms.unread.state import ViewerState


def room_list_for(reader: "ViewerState", current: str) -> str:
    """The list on a page that is about the room with the slug `current`."""
    return room_list_changed(reader.links, reader.shown, current, reader.revision)


def write_room_list(reader: "ViewerState") -> None:
    """Bring the list to all pages of somebody: those about the same room, in one locale, get one frame."""
    frames: dict[tuple[str, Locale], SharedMessage] = {}
    for page, current in reader.pages.items():
        if (current, page.locale) not in frames:
            html = fill(room_list_for(reader, current), page.locale)
            frames[current, page.locale] = SharedMessage(html)
        page.write_shared(frames[current, page.locale])


def latest_revision() -> int:
    """The number of the last change of anybody's list. One query. Runs in a database thread."""
    return next((number for (number,) in _latest()), 0)


@CompiledQuery
def _latest() -> "QuerySet[Community, tuple[int]]":
    return Community.objects.filter(pk=1).values_list("rooms_revision")


def changed_since(number: int) -> dict[int, int]:
    """Whose lists have changed since, and at which number. One query. Runs in a database thread."""
    return dict(Person.objects.filter(rooms_revision__gt=number).values_list("pk", "rooms_revision"))


async def close_left_rooms(process: "ServerProcess", people: Collection[int]) -> None:
    """Close the sockets of `people` in rooms that they are in no longer. One query, or none."""
    theirs = [socket for socket in process.hub.sockets if socket.person_id in people]
    in_rooms = [(socket, group) for socket in theirs for group in socket.groups if group.startswith("room-")]
    if not in_rooms:
        return
    process.revoked += 1
    places = await in_database(_places)({socket.person_id for socket, _ in in_rooms})
    for socket, group in in_rooms:
        if (socket.person_id, group) not in places:
            close_forbidden(socket)


def _places(people: Collection[int]) -> set[tuple[int, str]]:
    found = Membership.objects.filter(person__in=people).values_list("person_id", "room_id")
    return {(person_id, room_group(room_id)) for person_id, room_id in found}
