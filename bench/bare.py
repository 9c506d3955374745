"""A bare ASGI application: one room, the fragment put together by hand, nothing else."""

import itertools
import json
import os
from html import escape
from pathlib import Path
from typing import Any

FRAGMENT = Path(os.environ["BENCH_FRAGMENT"]).read_text()
numbers = itertools.count(1_000_000)
connected: set[Any] = set()


def fragment(body: str) -> str:
    """The fragment that Parley sends, for one message."""
    return FRAGMENT.replace("{body}", escape(body)).replace("{number}", str(next(numbers)))


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Whatever one says goes to all."""
    if scope["type"] == "lifespan":
        while True:
            event = await receive()
            await send({"type": event["type"] + ".complete"})
            if event["type"] == "lifespan.shutdown":
                return
    await receive()
    await send({"type": "websocket.accept"})
    connected.add(send)
    try:
        while (event := await receive())["type"] != "websocket.disconnect":
            message = {"type": "websocket.send", "text": fragment(json.loads(event["text"])["body"])}
            for other in tuple(connected):
                try:
                    await other(message)
                except Exception:
                    connected.discard(other)
    finally:
        connected.discard(send)
