"""The end of a process: what was accepted is finished, nobody who hangs is waited for, 1012 for the rest."""

import asyncio
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.browser.conftest import furnished
from tests.browser.server import House, Server
from tests.processes.conftest import Site
from tests.processes.deaf import COUNTED, ROOM, deaf, drown
from tests.processes.sockets import Browser

SignIn = Callable[[Server, str], Browser]
# Seconds that a process may take to end, whatever happens: ten, and as many more for a slow machine.
AT_MOST = 20


@contextmanager
def locked(server: Server) -> Iterator[Callable[[], None]]:
    """Somebody else holds the room's row, or the whole file, until the function is called."""
    url = server.environment.get("DATABASE_URL")
    if url is None:
        with closing(sqlite3.connect(server.folder / "parley.sqlite3", autocommit=True)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield lambda: other.execute("ROLLBACK").close()
        return
    host, _, name = url.partition("@/")[2].rpartition("/")
    with psycopg.connect(host=host, user="postgres", dbname=name) as connection:
        connection.execute("SELECT 1 FROM rooms_room FOR UPDATE")
        yield connection.rollback
        connection.rollback()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A SQLite file with alice, bob and charlie, to copy."""
    return furnished(tmp_path_factory)


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server on each kind of database, with alice, bob and charlie in it."""
    if request.param == "postgresql":
        site: Site = request.getfixturevalue("site")
        yield site.start(**COUNTED)
        return
    request.getfixturevalue("house").copy_to(tmp_path)
    alone = Server(tmp_path, **COUNTED)
    alone.start()
    yield alone
    alone.stop()


async def end(server: Server) -> tuple[int, float]:
    """Send SIGTERM; the exit status, and how long the end took."""
    assert server.process is not None
    process, server.process = server.process, None
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        status = await asyncio.to_thread(process.wait, 2 * AT_MOST)
    finally:
        process.kill()
    return status, time.monotonic() - began


async def test_a_message_that_was_accepted_is_stored_and_its_page_told_1012(
    server: Server, browser: SignIn
) -> None:
    alice = browser(server, "alice")
    pages = [await alice.socket(ROOM) for _ in range(3)]
    for page in pages:
        await page.until("#pulse")
    with locked(server) as let_go:
        for number, page in enumerate(pages):
            await page.send(type="message", body=f"in flight {number}", token=f"t{number}")
        await asyncio.sleep(1.5)
        ending = asyncio.create_task(end(server))
        await asyncio.sleep(1)
        let_go()
        _, took = await ending

    assert [await page.code() for page in pages] == [1012] * 3
    assert took < AT_MOST
    said = server.shell("from rooms.models import Message; print(*Message.objects.values_list('body'))")
    assert [f"in flight {number}" in said for number in range(3)] == [True] * 3
    assert "Traceback" not in server.log()


async def test_a_message_that_waits_for_ever_is_not_waited_for(server: Server, browser: SignIn) -> None:
    page = await browser(server, "alice").socket(ROOM)
    await page.until("#pulse")
    with locked(server):
        await page.send(type="message", body="never", token="t1")
        await asyncio.sleep(0.5)
        _, took = await end(server)

    assert took < AT_MOST
    assert await page.code() == 1012


async def test_one_who_does_not_read_is_not_waited_for(server: Server, browser: SignIn) -> None:
    page = await browser(server, "alice").socket(ROOM)
    await page.until("#pulse")
    await deaf(browser(server, "bob"))
    # It was let go, but what it was owed before still waits for it.
    await drown(1, browser(server, "charlie"), page)

    _, took = await end(server)

    assert took < AT_MOST
    assert await page.code() == 1012
