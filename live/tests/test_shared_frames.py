"""A frame that is encoded once, on a real uvicorn; and the plain way, wherever that cannot be."""

import asyncio
import gc
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from asgiref.sync import sync_to_async
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from live import shared_frames
from live.hub import BACKLOG_LIMIT, NORMAL, RESTARTING, SharedMessage, Socket
from live.server_process import ServerProcess
from live.shared_frames import SharedFrames, version_trouble
from site_config import lifespan
from site_config.asgi import application
from site_config.checks import check_uvicorn
from site_config.metrics import exposition
from tests.sockets import PATIENCE, Sockets, session_cookie, signed_in_client

pytestmark = pytest.mark.usefixtures("alice")

# Where one way to say how long a frame is ends, and the next begins; and more than one byte a character.
TEXTS = ["é", *("x" * size for size in (125, 126, 65_535, 65_536)), "é" * 50_000]


class Written:
    """Whether what the sockets of a test had to write was written as a finished frame."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[bool] = []
        write = Socket.write_shared

        def noted(socket: Socket, shared: SharedMessage) -> None:
            self.answers.append(socket.write_at_once is not None)
            write(socket, shared)

        monkeypatch.setattr(Socket, "write_shared", noted)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Written:
    return Written(monkeypatch)


@asynccontextmanager
async def page_of_alice(*, deflate: bool = False) -> AsyncIterator[ClientConnection]:
    """A page on a uvicorn in this very loop."""
    server = uvicorn.Server(
        uvicorn.Config(
            application, port=0, ws=SharedFrames, ws_per_message_deflate=deflate, lifespan="off",
            log_level="warning", timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    client = await sync_to_async(signed_in_client)("alice")
    headers = {"Cookie": session_cookie(client)}
    async with connect(
        f"ws://localhost:{port}/ws/live/",
        additional_headers=headers,
        compression="deflate" if deflate else None,
        max_queue=1,
    ) as page:
        assert "#pulse" in str(await page.recv())
        yield page
    server.should_exit = True
    await serving


async def tell(page: ClientConnection, text: str) -> None:
    """Deliver `text` to everybody, and wait until it is on the page."""
    ServerProcess.current().hub.deliver("everyone", text)
    async with asyncio.timeout(PATIENCE):
        while text not in str(await page.recv()):
            pass


async def until_closed(page: ClientConnection) -> None:
    """Read whatever comes. Raises ConnectionClosed."""
    while True:
        await page.recv()


async def test_it_is_written_as_it_is(sockets: Sockets, written: Written) -> None:
    async with page_of_alice() as page:
        for text in TEXTS:
            await tell(page, text)
    assert written.answers
    assert all(written.answers)


def counted_as_shared() -> bool:
    """Whether the one socket that is open is counted as one that takes frames the fast way."""
    numbers = dict(re.findall(r"^(parley_sockets\w*) ([\d.]+)$", exposition().decode(), re.MULTILINE))
    assert numbers["parley_sockets"] == "1.0"
    return numbers["parley_sockets_shared"] == "1.0"


async def test_the_uvicorn_that_is_installed_is_known(sockets: Sockets) -> None:
    assert version_trouble() == ""
    assert check_uvicorn() == []
    async with page_of_alice():
        assert counted_as_shared()


async def test_on_another_uvicorn_it_is_sent(sockets: Sockets, written: Written, monkeypatch) -> None:
    monkeypatch.setattr(shared_frames, "KNOWN_VERSIONS", ("0.1.0",))
    async with page_of_alice() as page:
        assert not counted_as_shared()
        for text in TEXTS:
            await tell(page, text)
    assert written.answers
    assert not any(written.answers)


async def test_another_uvicorn_is_said(transactional_db, monkeypatch, caplog) -> None:
    monkeypatch.setattr(shared_frames, "KNOWN_VERSIONS", ("0.1.0",))
    sentence = f"does not know uvicorn {uvicorn.__version__}"
    (warning,) = check_uvicorn()
    assert sentence in warning.msg

    await lifespan.begin()

    assert sentence in caplog.text


async def test_where_frames_are_compressed_it_is_sent(sockets: Sockets, written: Written) -> None:
    async with page_of_alice(deflate=True) as page:
        assert "permessage-deflate" in page.response.headers["Sec-WebSocket-Extensions"]  # type: ignore[union-attr]
        for text in TEXTS:
            await tell(page, text)
    assert written.answers
    assert not any(written.answers)


async def test_who_does_not_read_is_sent_nothing_more_and_closed(sockets: Sockets, written: Written) -> None:
    async with page_of_alice() as page:
        (socket,) = ServerProcess.current().hub.sockets
        page.transport.pause_reading()
        sent = 0
        async with asyncio.timeout(PATIENCE):
            while not socket.closed:
                ServerProcess.current().hub.deliver("everyone", "x" * 50_000)
                sent += 50_000
                await asyncio.sleep(0)
        assert socket.close_code == 4408
        assert socket.waiting < BACKLOG_LIMIT + 50_000
        # As soon as the peer's buffers are full the finished frame is refused.
        assert written.answers[0]
        assert not written.answers[-1]
        page.transport.resume_reading()
        with pytest.raises(ConnectionClosed):
            await until_closed(page)
        assert page.close_code == 4408


async def test_who_reads_again_gets_all_of_it_in_order_and_the_fast_way(
    sockets: Sockets, written: Written
) -> None:
    hub = ServerProcess.current().hub
    async with page_of_alice() as page:
        page.transport.pause_reading()
        said = 0
        async with asyncio.timeout(PATIENCE):
            while not written.answers or written.answers[-1]:
                hub.deliver("everyone", f"<i id={said}>{'x' * 20_000}</i>")
                said += 1
                await asyncio.sleep(0)
        hub.deliver("everyone", f"<i id={said}></i>")
        await asyncio.sleep(0)
        # It waits behind what was said before.
        assert not written.answers[-1]
        page.transport.resume_reading()
        heard: list[str] = []
        async with asyncio.timeout(PATIENCE):
            while str(said) not in heard:
                heard += re.findall(r"<i id=(\d+)>", str(await page.recv()))
        assert heard == [str(number) for number in range(said + 1)]
        await tell(page, "and more")
        assert written.answers[-1]


async def test_nothing_is_written_after_a_goodbye(sockets: Sockets, written: Written) -> None:
    async with page_of_alice() as page:
        (socket,) = ServerProcess.current().hub.sockets
        protocol = socket.line.write.__self__.get_protocol()  # type: ignore[union-attr]
        goodbye = asyncio.create_task(page.close())
        async with asyncio.timeout(PATIENCE):
            while protocol.conn.close_rcvd is None:
                await asyncio.sleep(0)
        assert socket.write_at_once is None
        await goodbye
        assert page.close_code == NORMAL


def kept_of_handshakes() -> list[str]:
    """The values of all headers that open sockets of this process hold on to."""
    sockets = [one for one in gc.get_objects() if type(one) is SharedFrames and not one.disconnected]
    assert sockets
    asked: list[Any] = [header for one in sockets for header in one.scope["headers"]]
    return [*map(str, asked), *(str(value) for one in sockets for value in one.request.headers.raw_items())]


async def test_an_open_socket_keeps_nothing_of_its_handshake(sockets: Sockets, written: Written) -> None:
    async with page_of_alice() as page:
        await tell(page, "hello")
        assert kept_of_handshakes() == []


async def test_on_another_uvicorn_it_may(sockets: Sockets, monkeypatch) -> None:
    monkeypatch.setattr(shared_frames, "KNOWN_VERSIONS", ("0.0.1",))
    async with page_of_alice() as page:
        await tell(page, "hello")
        assert kept_of_handshakes() != []


@pytest.mark.parametrize(
    ("sockets_open", "longest"), [(1, 0.0), (shared_frames.FEW, 0.0), (500, 0.5), (10_000, 2.0)]
)
def test_many_hear_of_the_end_one_after_the_other(sockets_open: int, longest: float) -> None:
    delays = [shared_frames.farewell_delay(sockets_open) for _ in range(200)]
    assert longest * 0.9 <= max(delays) <= longest
    assert min(delays) <= longest * 0.1


async def test_who_hears_of_the_end_later_hears_the_same(sockets: Sockets, monkeypatch) -> None:
    monkeypatch.setattr(shared_frames, "FEW", 0)
    async with page_of_alice() as page:
        (socket,) = ServerProcess.current().hub.sockets
        # As uvicorn tells each connection that the process ends.
        socket.line.write.__self__.get_protocol().shutdown()  # type: ignore[union-attr]
        with pytest.raises(ConnectionClosed):
            await until_closed(page)
        assert page.close_code == RESTARTING
