"""A real uvicorn with our protocols, in the loop of a test: what is spoken to it are bytes."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import uvicorn

from live.shared_frames import SharedFrames
from site_config.asgi import application
from site_config.http_protocol import BoundedRequests

# Longer than any answer takes.
PATIENCE = 10.0
HOST = "127.0.0.1"
LOGIN = "/accounts/login/"


@asynccontextmanager
async def served(**options: Any) -> AsyncIterator[int]:
    """The port of a server that runs until the context ends; `options` are uvicorn's."""
    as_procfile: dict[str, Any] = {"http": BoundedRequests, "ws": SharedFrames}
    config = uvicorn.Config(
        application, port=0, ws_max_size=65536, ws_per_message_deflate=False, lifespan="off",
        log_level="warning", log_config=None, server_header=False, timeout_graceful_shutdown=1,
        **as_procfile | options,
    )  # fmt: skip
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


class Wire:
    """A connection, as bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Send bytes; that nobody takes them any more is told by what comes."""
        with suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def answer(self, *, has_body: bool = True) -> tuple[int, dict[str, str], str]:
        """The status, the headers and the body of an answer; status 0 where the connection ends instead."""
        try:
            async with asyncio.timeout(PATIENCE):
                head = await self.reader.readuntil(b"\r\n\r\n")
                lines = head.decode("latin-1").split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
                body = await self._body(headers) if has_body else b""
        except (asyncio.IncompleteReadError, ConnectionError):
            return 0, {}, ""
        return int(lines[0].split()[1]), headers, body.decode(errors="replace")

    async def _body(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return await self.reader.readexactly(int(headers["content-length"]))
        if headers.get("transfer-encoding") != "chunked":
            return b""
        parts = []
        while size := int(await self.reader.readline(), 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readline()
        await self.reader.readline()
        return b"".join(parts)

    async def ended(self) -> bool:
        """Whether the server says nothing more; waits until it has said so."""
        try:
            async with asyncio.timeout(PATIENCE):
                return not await self.reader.read()
        except ConnectionError:
            return True


@asynccontextmanager
async def wire(port: int) -> AsyncIterator[Wire]:
    """A connection to the server."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()


def request(
    path: str = "/accounts/login/", method: str = "GET", body: bytes = b"", /, **headers: str
) -> bytes:
    """The bytes of a request."""
    sent = {"Host": "testserver", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if body and "Content-Length" not in sent and "Transfer-Encoding" not in sent:
        sent["Content-Length"] = str(len(body))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def handshake(path: str = "/ws/practice/", **headers: str) -> bytes:
    """The bytes of a handshake."""
    asked = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }  # fmt: skip
    return request(path, **asked | headers)


def sentence_in(body: str) -> str:
    """What an answer says in words: text, or the first paragraph of a page."""
    found = re.search(r"<p>(.+?)</p>", body, re.DOTALL)
    return found[1] if found else body.strip()
