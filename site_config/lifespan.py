"""The end of a server process, where the server tells of it (uvicorn does, daphne does not)."""

from typing import Any

from live.process import processes


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    """Let this process' sockets count no longer once the server has closed them."""
    while True:
        event = await receive()
        if event["type"] == "lifespan.shutdown":
            for process in list(processes.values()):
                await process.stop()
        await send({"type": event["type"] + ".complete"})
        if event["type"] == "lifespan.shutdown":
            return
