"""Whether this process can do its work: the database answers, and the layer brings it what is told.

Where files are in a bucket that is away, all that is said goes on, here as in every other process.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import NamedTuple

from django.db import OperationalError, connection

from accounts import stored_files
from accounts.stored_files import FilesAway
from database import replica
from database.threads import in_database
from live.server_process import ServerProcess
from site_config import checks

# Seconds for each; a probe that takes longer is a failure to whoever asks.
PATIENCE = 2.0
# Seconds for which an answer is given again: who asks often costs no more.
FRESH = 1.0


class Trouble(NamedTuple):
    """What does not work, in a sentence; and whether people should be sent to another process for it."""

    sentence: str
    is_fatal: bool = True


class Readiness:
    """What is known of this process, asked for anew when it is older than FRESH."""

    def __init__(self) -> None:
        self._asking: asyncio.Task[list[Trouble]] | None = None
        self._asked_at = 0.0

    async def troubles(self) -> list[Trouble]:
        """What does not work. Whoever asks together shares."""
        if self._asking is None or (self._asking.done() and monotonic() - self._asked_at > FRESH):
            self._asked_at = monotonic()
            self._asking = asyncio.create_task(look())
        return await asyncio.shield(self._asking)


async def look() -> list[Trouble]:
    """Ask the database, the layer, the bucket of files and the replica, at the same time."""
    well = await asyncio.gather(
        answers(in_database(ask_database)), answers(ServerProcess.current().echo), answers(ask_files),
        answers(ask_replica),
    )  # fmt: skip
    troubles = (
        Trouble("The database does not answer."),
        Trouble("What happens here is not passed on."),
        Trouble("The storage of files cannot be used.", is_fatal=False),
        Trouble("The replica of the database is not read: it is away, or behind.", is_fatal=False),
    )
    return [trouble for trouble, is_well in zip(troubles, well, strict=True) if not is_well]


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


async def ask_files() -> None:
    """One question, where files are elsewhere than on a disk. Raises FilesAway."""
    if stored_files.is_elsewhere() and (trouble := await asyncio.to_thread(checks.files_trouble)):
        raise FilesAway(trouble)


async def ask_replica() -> None:
    """A look at it, where there is one and nobody has looked just now. Raises OperationalError."""
    if replica.has_replica() and (trouble := await asyncio.to_thread(replica.trouble)):
        raise OperationalError(trouble)
