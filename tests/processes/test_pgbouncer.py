"""Two processes behind a PgBouncer that hands connections on with each transaction: docs/deploying.md."""

import asyncio
import shutil
from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests import debian
from tests.browser.server import Server
from tests.processes import stores
from tests.processes.conftest import Site
from tests.processes.sockets import Browser, Socket

SignIn = Callable[[Server, str], Browser]
ROOM = "/ws/rooms/general/"
# Fewer than one of the two processes would keep by itself.
CONNECTIONS = 3
MESSAGES = 20


@pytest.fixture
def pgbouncer(postgresql: stores.Store) -> Iterator[stores.Store]:
    if not shutil.which("pgbouncer") and not debian.install("pgbouncer"):
        pytest.skip("There is no PgBouncer on this machine.")
    with stores.pgbouncer(shutil.which("pgbouncer") or "", postgresql, CONNECTIONS) as store:
        yield store


async def say(page: Socket, who: str) -> None:
    for number in range(MESSAGES):
        await page.send(type="message", body=f"{who} {number}", token=f"{who}-{number}")


async def test_it_is_one_site_with_few_connections(
    pgbouncer: stores.Store, site: Site, browser: SignIn
) -> None:
    database = site.database_url.rpartition("/")[2]
    there = {"DATABASE_URL": f"{pgbouncer.url}/{database}", "DATABASE_POOL": "8"}
    one, two = site.start(**there), site.start(**there)
    alice, bob = browser(one, "alice"), browser(two, "bob")
    pages = [await alice.socket(ROOM), await bob.socket(ROOM)]
    for page in pages:
        await page.until("#pulse")

    await asyncio.gather(say(pages[0], "alice"), say(pages[1], "bob"))
    for page in pages:
        said = await page.until(
            lambda text: all(f">{who} {MESSAGES - 1}<" in text for who in ("alice", "bob"))
        )
        assert said

    folder = site.postgresql.url.partition("@/")[2]
    with psycopg.connect(host=folder, user="postgres", dbname=database) as connection:
        count = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", [database]
        ).fetchone()
    assert count is not None
    assert 0 < count[0] <= CONNECTIONS
    for server in (one, two):
        assert "Traceback" not in server.log()
