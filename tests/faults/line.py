"""A line between two ends, on which a test may pull: cut, silent, half open, slow."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

HOST = "127.0.0.1"
# As much as is passed on at once.
PIECE = 65536

type Far = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Line:
    """A port of the loopback address; what connects to it speaks with what `far` opens."""

    def __init__(self, far: Far) -> None:
        self._far = far
        self._there: set[asyncio.StreamWriter] = set()
        self._ways = {"there": asyncio.Event(), "back": asyncio.Event()}
        self._delay = 0.0
        self._refuses = False
        self.port = 0
        for way in self._ways.values():
            way.set()

    # -- Faults ----------------------------------------------------------------------------

    def cut(self, every: int = 1) -> None:
        """End each `every`th connection at once, without a word."""
        for writer in list(self._there)[::every]:
            writer.transport.abort()

    def silence(self, *ways: str) -> None:
        """Let nothing pass any more, "there" or "back" or both ways; nobody is told."""
        for way in ways or self._ways:
            self._ways[way].clear()

    def slow(self, delay: float) -> None:
        """Let each piece take so many seconds, both ways."""
        self._delay = delay

    def refuse(self) -> None:
        """End what is there, and take nobody any more."""
        self._refuses = True
        self.cut()

    def mend(self) -> None:
        """Let everything pass as ever."""
        self._delay, self._refuses = 0.0, False
        for way in self._ways.values():
            way.set()

    # -- What passes -----------------------------------------------------------------------

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody has connected."""
        if self._refuses:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await self._far()
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._there |= ends
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass_on(reader, far_writer, "there"))
                group.create_task(self._pass_on(far_reader, writer, "back"))
        finally:
            self._there -= ends
            for end in ends:
                end.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(PIECE):
                await self._ways[way].wait()
                if self._delay:
                    await asyncio.sleep(self._delay)
                writer.write(piece)
                await writer.drain()
        # Whatever was said last has time to arrive.
        with suppress(OSError):
            writer.write_eof() if writer.can_write_eof() else writer.close()


@asynccontextmanager
async def line_to(far: Far) -> AsyncIterator[Line]:
    """A line for as long as the context lasts."""
    line = Line(far)
    server = await asyncio.start_server(line.take, HOST, 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        line.refuse()
        server.close()


def port_of(port: int) -> Far:
    """What is reached at a port of the loopback address."""
    return lambda: asyncio.open_connection(HOST, port)


def socket_at(path: str) -> Far:
    """What is reached at a socket in a folder."""
    return lambda: asyncio.open_unix_connection(path)
