"""Whether this process can do its work: the database answers, and the layer brings it what is told."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from django.db import connection

from database.threads import in_database
from live.server_process import ServerProcess

# Seconds for each; a probe that takes longer is a failure to whoever asks.
PATIENCE = 2.0
# Seconds for which an answer is given again: who asks often costs no more.
FRESH = 1.0


class Readiness:
    """What is known of this process, asked for anew when it is older than FRESH."""

    def __init__(self) -> None:
        self._asking: asyncio.Task[list[str]] | None = None
        self._asked_at = 0.0

    async def troubles(self) -> list[str]:
        """A sentence for each thing that does not work; none means ready. Whoever asks together shares."""
        if self._asking is None or (self._asking.done() and monotonic() - self._asked_at > FRESH):
            self._asked_at = monotonic()
            self._asking = asyncio.create_task(look())
        return await asyncio.shield(self._asking)


async def look() -> list[str]:
    """Ask the database and the layer, at the same time."""
    database, layer = await asyncio.gather(
        answers(in_database(ask_database)), answers(ServerProcess.current().echo)
    )
    sentences = {
        "The database does not answer.": database,
        "What happens here is not passed on.": layer,
    }
    return [sentence for sentence, well in sentences.items() if not well]


async def answers(ask: Callable[[], Awaitable[None]]) -> bool:
    """Whether that works, in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            await ask()
    except Exception:
        # Whatever it was: the logs of those who use it have the reason.
        return False
    return True


def ask_database() -> None:
    """One query, on a connection that sockets use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
