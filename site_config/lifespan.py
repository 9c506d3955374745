"""The beginning and the end of a server process, for servers that tell of them: uvicorn does, daphne not."""

import asyncio
import logging
import os
import threading
from typing import Any

from database.threads import in_database
from live.server_process import processes
from site_config import checks

logger = logging.getLogger(__name__)

# Seconds for the last words to the database.
GOODBYE = 2.0
# Seconds after which a process that still has a thread at work, such as one that waits for a lock in
# the database, ends without it. What such a thread has not committed is not stored.
LAST = 2.0


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    """Refuse to start where that would split the site, and let the sockets count no longer at the end."""
    await receive()
    if sentence := await begin():
        await send({"type": "lifespan.startup.failed", "message": sentence})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await end()
    await send({"type": "lifespan.shutdown.complete"})


async def begin() -> str:
    """Say what is amiss; the sentence for which this process must not start, or an empty text."""
    if sentence := checks.several_workers():
        return sentence
    for trouble in await in_database(checks.troubles)():
        logger.error("%s", trouble)
    return ""


async def end() -> None:
    """Say goodbye to the database, for as long as that may take."""
    try:
        async with asyncio.timeout(GOODBYE):
            for process in list(processes.values()):
                await process.stop()
    except Exception:
        logger.exception("The end of this process was not written down; its lease will run out")
    # Python waits for its threads at the end, and a thread may wait for something else for ever.
    last = threading.Timer(LAST, os._exit, (0,))
    last.daemon = True
    last.start()
