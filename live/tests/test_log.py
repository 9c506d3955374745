"""The log of a session's connections, on the pages that show it."""

import asyncio
import re
import struct
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from live import broadcasts
from live.models import Connection
from live.shared_frames import SharedFrames
from tests.served import Wire, handshake, served, wire
from tests.sockets import Sockets, TestSocket, session_cookie

pytestmark = pytest.mark.usefixtures("alice")


async def log_of(sockets: Sockets, client: Client) -> TestSocket:
    """A page that shows the log, and that it is open itself."""
    page = await sockets("/ws/connection/", client)
    assert "open</td>" in await page.resume(0)
    return page


async def test_a_socket_is_in_its_sessions_log_when_it_comes_and_when_it_goes(sockets: Sockets) -> None:
    client = await sockets.client("alice")
    log = await log_of(sockets, client)
    page = await sockets("/ws/live/", client)
    await log.until("open</td>")
    await page.leave()
    assert "the page was left" in await log.until("<td>1001</td>")


async def test_another_session_is_not_in_it(sockets: Sockets) -> None:
    log = await log_of(sockets, await sockets.client("alice"))
    await (await sockets("/ws/live/", "alice")).leave()
    # Its own may come late.
    assert len(set(re.findall(r'id="connection-(\d+)"', await log.quiet(0.5)))) <= 1


async def test_where_nobody_looks_nothing_is_read_and_rendered(sockets: Sockets, monkeypatch) -> None:
    read: list[list[str]] = []

    def note(sessions: list[str], since: int) -> dict[str, str]:
        read.append(sessions)
        return {}

    monkeypatch.setattr(broadcasts, "_logged", note)
    client = await sockets.client("alice")
    page = await sockets("/ws/live/", client)
    await page.resume(0)
    await page.leave()
    assert read == []
    log = await log_of(sockets, client)
    # Its own may come late.
    while not read:
        await asyncio.sleep(0.05)
    read.clear()
    await sockets("/ws/live/", client)
    while not read:
        await asyncio.sleep(0.05)
    await log.quiet()
    assert len(read) == 1


# -- How it ended, by what the client did ------------------------------------------------


def close_frame(payload: bytes = b"") -> bytes:
    """The close frame of a client, with a mask that changes nothing."""
    return bytes((0x88, 0x80 | len(payload), 0, 0, 0, 0)) + payload


async def killed(line: Wire) -> None:
    """As its machine closes what a killed process had open."""
    line.writer.close()


async def reset(line: Wire) -> None:
    """As where something was still to be read, or a network breaks."""
    line.writer.transport.abort()


async def left(line: Wire) -> None:
    """As a page that is left."""
    await line.send(close_frame(struct.pack("!H", 1001)))


async def closed_without_a_word(line: Wire) -> None:
    """As close() of a script."""
    await line.send(close_frame())


@pytest.mark.parametrize("protocol", [SharedFrames, "auto"])
@pytest.mark.parametrize(
    ("end", "code", "words"),
    [
        (killed, 1006, "cut off"),
        (reset, 1006, "cut off"),
        (left, 1001, "the page was left"),
        (closed_without_a_word, 1005, "the page was left"),
    ],
)
async def test_a_socket_ended_as_its_client_did(
    sockets: Sockets, protocol: Any, end: Any, code: int, words: str
) -> None:
    cookie = session_cookie(await sockets.client("alice"))
    async with served(ws=protocol) as port, wire(port) as line:
        await line.send(handshake("/ws/live/", Cookie=cookie))
        assert (await line.answer())[0] == 101
        row = await row_of_alice()
        await end(line)
        async with asyncio.timeout(10):
            while row.closed_at is None:
                await asyncio.sleep(0.02)
                row = await row_of_alice()

    assert (row.close_code, row.ended_how) == (code, words)


@sync_to_async
def rows_of_alice() -> list[Connection]:
    """What is written down of her sockets."""
    return list(Connection.objects.all())


async def row_of_alice() -> Connection:
    """What is written down of her one socket, once it is."""
    async with asyncio.timeout(10):
        while not (rows := await rows_of_alice()):
            await asyncio.sleep(0.02)
    return rows[0]
