"""What waits for one connection, in a twentieth of the memory that asyncio's own queue and event take.

Each deque of those is 760 bytes where it is empty, and a page that is open has five that nearly always are.
"""

import asyncio
from typing import Any


class Inbox:
    """What came for one reader, in its order: as much of asyncio.Queue as uvicorn asks for."""

    __slots__ = ("_events", "_reader")

    def __init__(self) -> None:
        self._events: list[Any] = []
        self._reader: asyncio.Future[None] | None = None

    def empty(self) -> bool:
        """Whether nothing is there."""
        return not self._events

    def put_nowait(self, event: Any) -> None:
        """Add what came, and wake the reader."""
        self._events.append(event)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> Any:
        """The oldest, as soon as there is one. Raises RuntimeError for a second reader."""
        if self._reader is not None:
            raise RuntimeError("Two read from one connection.")
        while not self._events:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._events.pop(0)


class Gate:
    """Whether one may go on: as much of asyncio.Event as uvicorn asks for."""

    __slots__ = ("_is_open", "_waiting")

    def __init__(self) -> None:
        self._is_open = True
        self._waiting: list[asyncio.Future[None]] = []

    def is_set(self) -> bool:
        """Whether it is open."""
        return self._is_open

    def set(self) -> None:
        """Open it, and wake all who wait."""
        self._is_open = True
        for one in self._waiting:
            if not one.done():
                one.set_result(None)

    def clear(self) -> None:
        """Close it."""
        self._is_open = False

    async def wait(self) -> None:
        """Wait until it is opened, where it is closed."""
        if self._is_open:
            return
        opened = asyncio.get_running_loop().create_future()
        self._waiting.append(opened)
        try:
            await opened
        finally:
            self._waiting.remove(opened)
