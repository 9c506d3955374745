"""The numbered changes of rooms, for processes and programs that missed some."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from database.batching import LoopBatcher
from hypermedia.fragments import seen_input
from hypermedia.locales import for_all_readers
from live.sequence import Changes
from rooms import access
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


class Returning(NamedTuple):
    """A page that is back, of the room called `slug`, and last saw the revision `since`."""

    person_id: int
    slug: str
    since: int


def changes_for_pages(pages: Sequence[Returning]) -> list[Changes | access.NotFound]:
    """What each of them has missed, if its person is in the room: read and rendered once for all of a kind.

    Two queries, and one or two for each room and revision, none for those who have missed nothing.
    """
    there = access.memberships(((page.person_id, page.slug) for page in pages), may_be_over=True)
    found: dict[tuple[int, int], Changes] = {}
    answers: list[Changes | access.NotFound] = []
    with for_all_readers():
        for page in pages:
            place = there.get((page.person_id, page.slug))
            if place is None:
                answers.append(access.NotFound())
                continue
            _, room = place
            if (room.pk, page.since) not in found:
                found[room.pk, page.since] = room_page.changes_since(room, page.since, for_programs=False)
            answers.append(found[room.pk, page.since])
    return answers


# After a restart all pages return at once, and to most of them the same has happened.
returning_pages = LoopBatcher[Returning, Changes](changes_for_pages)


def room_id_of(group: str) -> int:
    """The id in the name of a room's group."""
    return int(group.partition("-")[2])
