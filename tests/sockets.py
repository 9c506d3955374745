"""Sockets for tests: through the whole ASGI application, with a real session's cookie."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any, Self

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth import get_user_model
from django.test import Client

from live.server_process import ServerProcess
from site_config.asgi import application

# Longer than anything here takes; a test waits for what it expects, not for this.
PATIENCE = 20.0


class Closed(AssertionError):
    """The socket was closed while something else was expected of it."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


class Arrived(str):
    """What arrived, as one text; `frames` are the texts that it came in."""

    frames: Sequence[str]

    def __new__(cls, frames: Sequence[str]) -> Self:
        arrived = super().__new__(cls, "".join(frames))
        arrived.frames = frames
        return arrived


class TestSocket:
    """One socket of somebody, and all that it was sent."""

    __test__ = False

    def __init__(self, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        self.communicator = WebsocketCommunicator(application, path, headers=headers)
        self.texts: list[str] = []
        self.close_code: int | None = None

    async def connect(self) -> bool:
        """Shake hands; whether the server did."""
        connected, _ = await self.communicator.connect(timeout=PATIENCE)
        return connected

    async def send(self, **frame: Any) -> None:
        """Send a frame as htmx does: JSON."""
        await self.communicator.send_to(text_data=json.dumps(frame))

    async def send_raw(self, *, text: str | None = None, data: bytes | None = None) -> None:
        """Send whatever one likes."""
        content = {"text": text} if data is None else {"bytes": data}
        await self.communicator.send_input({"type": "websocket.receive", **content})

    async def next(self) -> str:
        """The next text that arrives. Raises Closed, TimeoutError."""
        event = await self.communicator.output_queue.get()
        if event["type"] == "websocket.close":
            self.close_code = event["code"]
            raise Closed(event["code"])
        self.texts.append(event["text"])
        return event["text"]

    async def until(self, found: str | Callable[[str], bool]) -> Arrived:
        """What arrives, up to the text that holds `found`."""
        frames: list[str] = []
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found("".join(frames)) if callable(found) else found in "".join(frames)):
                    frames.append(await self.next())
        except TimeoutError:
            raise AssertionError(f"{found!r} did not arrive, but {frames!r}") from None
        return Arrived(frames)

    async def next_json(self) -> dict[str, Any]:
        """The next text, as JSON."""
        return json.loads(await self.next())

    async def closed(self) -> int:
        """The code with which the server closes; whatever it says before is kept in `texts`."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    await self.next()
        except Closed as closed:
            return closed.code
        except TimeoutError:
            raise AssertionError(f"not closed, but sent {self.texts!r}") from None

    async def resume(self, seen: int, **more: Any) -> Arrived:
        """Return after a lost connection, having seen `seen`; the answer."""
        await self.send(type="resume", seen=str(seen), **more)
        # Only the answer holds the whole list of who is online. What is this page's alone goes out with it.
        answer = await self.until('hx-target="#online" hx-swap="innerHTML"')
        frames = list(answer.frames)
        while not self.communicator.output_queue.empty():
            frames.append(await self.next())
        return Arrived(frames)

    async def quiet(self, seconds: float = 0.3) -> Arrived:
        """Whatever arrives within `seconds`: for what must not."""
        frames: list[str] = []
        try:
            async with asyncio.timeout(seconds):
                while True:
                    frames.append((await self.communicator.output_queue.get()).get("text", ""))
        except TimeoutError:
            return Arrived(frames)

    async def leave(self, code: int = 1001) -> None:
        """Go away, as a page does."""
        await self.communicator.disconnect(code=code, timeout=PATIENCE)


def session_cookie(client: Client) -> str:
    """The Cookie header of a signed-in test client."""
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def signed_in_client(username: str) -> Client:
    """A browser in which `username` is signed in."""
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


class Sockets:
    """Opens sockets, and ends all of them with the test."""

    def __init__(self) -> None:
        self.opened: list[TestSocket] = []

    async def client(self, username: str) -> Client:
        """A browser in which `username` is signed in, for several sockets of one session."""
        return await sync_to_async(signed_in_client)(username)

    async def __call__(
        self,
        path: str,
        who: str | Client | None = None,
        *,
        origin: str | None = "http://testserver",
        token: str = "",
    ) -> TestSocket:
        """A socket of `who`, with a browser's headers, that is where it wants to be, or was told why not."""
        here = ServerProcess.current().hub.sockets
        before = len(here)
        socket = await self.knock(path, who, origin=origin, token=token)
        assert await socket.connect()
        async with asyncio.timeout(PATIENCE):
            # A program is told nothing when it is where it wants to be.
            while socket.communicator.output_queue.empty() and len(here) == before:
                await asyncio.sleep(0.01)
        return socket

    async def knock(
        self,
        path: str,
        who: str | Client | None = None,
        *,
        origin: str | None = "http://testserver",
        token: str = "",
    ) -> TestSocket:
        """A socket that has yet to connect; a program's shows a token."""
        headers = [(b"host", b"testserver")]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        if who is not None:
            client = await self.client(who) if isinstance(who, str) else who
            headers.append((b"cookie", session_cookie(client).encode()))
        if token:
            headers.append((b"authorization", f"Bearer {token}".encode()))
        socket = TestSocket(path, headers)
        self.opened.append(socket)
        return socket

    async def end(self) -> None:
        """Close whatever is still open."""
        for socket in self.opened:
            if not socket.communicator.future.done():
                await socket.leave()
