"""What a process hears of rooms and of people, where that is told only to those that serve them.

With EVENTS_BY_ROOM a process is in a group for each room of the people who have a page in it, and in one for
each shard of these. Without, everything is told to every process, which costs less where they are few.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import QuerySet

from database.compiled_queries import CompiledQuery
from rooms import events
from rooms.models import Membership

if TYPE_CHECKING:
    from live.server_process import ServerProcess


async def follow(process: "ServerProcess", person_id: int) -> None:
    """Hear of somebody and of their rooms, before these are read: nothing is missed then. One query."""
    if not settings.EVENTS_BY_ROOM:
        return
    rooms = await process.ask(_rooms_of, person_id)
    wanted = groups_of([room_id for (room_id,) in rooms], [person_id])
    if new := wanted - process.groups.wanted:
        await process.groups.join(new)


def follow_only(process: "ServerProcess", rooms: Iterable[int], people: Iterable[int]) -> None:
    """Hear of no other rooms and people than these."""
    if not settings.EVENTS_BY_ROOM:
        return
    ours = {group for group in process.groups.wanted if group.startswith(("members-", "people-"))}
    if gone := ours - groups_of(rooms, people):
        process.spawn(process.groups.leave(gone))


def groups_of(rooms: Iterable[int], people: Iterable[int]) -> set[str]:
    """The groups that hear of these rooms and people."""
    return {*map(events.events_of_room, rooms), *map(events.events_of_person, people)}


@CompiledQuery
def _rooms_of(person_id: int) -> QuerySet[Membership, tuple[int]]:
    return Membership.objects.filter(person=person_id).values_list("room_id")
