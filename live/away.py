"""Who is here, and looks at none of their pages: away, after a while.

A page says when it is looked at and when not. What it says stays in this process, and is written down only
once nobody has looked for AWAY_AFTER, and when somebody looks again.
"""

from collections.abc import Collection
from time import monotonic
from typing import TYPE_CHECKING

from database.threads import in_database
from live import actions

if TYPE_CHECKING:
    from live.hub import Socket
    from live.server_process import ServerProcess

# Seconds without a look.
AWAY_AFTER = 600.0


def unseen_pages(process: "ServerProcess") -> dict["Socket", float | None]:
    """The pages of this process that nobody looks at: since when, and None where that is written down."""
    return process.app_state.setdefault("unseen_pages", {})


def looked_away(process: "ServerProcess", socket: "Socket") -> None:
    """Nobody looks at the page any longer."""
    unseen_pages(process).setdefault(socket, monotonic())


def looked_at(process: "ServerProcess", socket: "Socket") -> None:
    """Somebody looks at the page."""
    if unseen_pages(process).pop(socket, monotonic()) is None:
        process.spawn(_write(process, [socket.connection_id], is_away=False))


def tick(process: "ServerProcess") -> None:
    """Write down whose pages nobody has looked at for so long, and forget those that are gone."""
    pages, before = unseen_pages(process), monotonic() - AWAY_AFTER
    for socket in [socket for socket in pages if socket.closed]:
        del pages[socket]
    gone = [socket for socket, since in pages.items() if since is not None and since <= before]
    if gone:
        pages.update(dict.fromkeys(gone))
        process.spawn(_write(process, [socket.connection_id for socket in gone], is_away=True))


async def _write(process: "ServerProcess", rows: Collection[int], *, is_away: bool) -> None:
    await in_database(actions.mark_away)(rows, is_away=is_away)
    process.look()
