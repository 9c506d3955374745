"""The numbered changes of rooms, for processes and programs that missed some."""

from collections.abc import Iterable

from hypermedia.fragments import seen_input
from live.sequence import Changes
from rooms.models import Room
from rooms.render import room_page

# A process pushes everything that it missed, up to so much: its pages have seen what came before.
CHANGES_AT_ONCE = 1000


class RoomChangeLog:
    """The change log behind the groups room-1, room-2, …"""

    def revisions(self, groups: Iterable[str]) -> dict[str, int]:
        """The revision of each of these rooms. One query."""
        ids = [room_id_of(group) for group in groups]
        return {
            f"room-{pk}": revision
            for pk, revision in Room.objects.filter(pk__in=ids).values_list("pk", "revision")
        }

    def changes(self, group: str, since: int) -> Changes:
        """What happened in a room after the revision `since`. Three queries at most."""
        room = Room.objects.filter(pk=room_id_of(group)).first()
        if room is None:
            return Changes(since, "")
        return room_page.changes_since(room, since, CHANGES_AT_ONCE)

    def seen(self, revision: int) -> str:
        """The number that a page of the room sends when it returns."""
        return seen_input(revision)


def room_id_of(group: str) -> int:
    """The id in the name of a room's group."""
    return int(group.partition("-")[2])
