"""Which of somebody's pages tells them that something is for them: one in each process.

It is the one that is looked at, or was last; and none, where they look at the room that it is in.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from live.away import unseen_pages
from rooms.models.room import room_group
from rooms.unread.state import ViewerState

if TYPE_CHECKING:
    from live.hub import Socket
    from live.server_process import ServerProcess


def unseen_rooms(process: "ServerProcess", reader: ViewerState, rooms: Iterable[int]) -> list[int]:
    """Those of `rooms`, by their ids, that are on no page which they look at, wherever in them they are."""
    unseen = unseen_pages(process)
    seen = [page for page in reader.pages if page not in unseen]
    groups = process.hub.groups
    return [pk for pk in rooms if not any(page in groups.get(room_group(pk), ()) for page in seen)]


def page_that_tells(process: "ServerProcess", reader: ViewerState) -> "Socket | None":
    """The page of theirs on which they are most likely to hear of it; None where all are closed."""
    return max((page for page in reader.pages if not page.closed), key=_last_look(process), default=None)


def _last_look(process: "ServerProcess") -> Callable[["Socket"], float]:
    """By what their pages are compared: when somebody looked there last, now before all."""
    unseen = unseen_pages(process)

    def last(page: "Socket") -> float:
        return (unseen[page] or 0.0) if page in unseen else float("inf")

    return last
