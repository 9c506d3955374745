"""The log of a session's connections, on the pages that show it."""

import re

import pytest
from django.test import Client

from live import broadcasts
from tests.sockets import Sockets, TestSocket

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
    read: list[list[int]] = []

    def note(pks: list[int]) -> dict[str, str]:
        read.append(pks)
        return {}

    monkeypatch.setattr(broadcasts, "_logged", note)
    client = await sockets.client("alice")
    page = await sockets("/ws/live/", client)
    await page.resume(0)
    await page.leave()
    assert read == []
    log = await log_of(sockets, client)
    read.clear()
    await sockets("/ws/live/", client)
    await log.quiet()
    assert len(read) == 1
