"""What happens to a site while everybody goes on: each fault is awaited, and is over afterwards."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing

from redis import Redis

from tests.browser.server import Server
from tests.faults.browsers import Browser
from tests.faults.crowd import AGAIN, TRIES, Crowd
from tests.faults.furniture import ADMINISTRATOR
from tests.faults.line import Line
from tests.faults.sites import LargeSite, SmallSite

type Fault = tuple[str, Callable[[], Awaitable[object]]]
# Seconds between two faults, in which people do what they do.
BETWEEN = 1.5


async def happen(faults: list[Fault]) -> None:
    """Let one after the other happen."""
    for name, fault in faults:
        print(f"  {name}", flush=True)
        await fault()
        await asyncio.sleep(BETWEEN)


# -- Processes -------------------------------------------------------------------------------


async def killed(server: Server) -> None:
    """It dies without a word, and is started again."""
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


async def restarted(server: Server) -> None:
    """It is told to end, and is started again."""
    await asyncio.to_thread(server.restart)


async def frozen(server: Server, seconds: float) -> None:
    """It stands still."""
    with server.frozen():
        await asyncio.sleep(seconds)


async def both_killed(one: Server, two: Server) -> None:
    """There is nobody any more, and then both are started again."""
    await asyncio.to_thread(one.kill)
    await asyncio.to_thread(two.kill)
    await asyncio.to_thread(one.start)
    await asyncio.to_thread(two.start)


# -- Lines -----------------------------------------------------------------------------------


async def cut(lines: list[Line], every: int = 1) -> None:
    """Every so many connections are gone; those who had them come back at once."""
    for line in lines:
        line.cut(every)


async def silent(lines: list[Line], seconds: float, *ways: str) -> None:
    """Nothing passes, both ways or one, and nobody is told."""
    for line in lines:
        line.silence(*ways)
    await asyncio.sleep(seconds)
    for line in lines:
        line.mend()


async def answers_lost(lines: list[Line]) -> None:
    """What is asked arrives, and what is answered does not: then the line is gone."""
    for line in lines:
        line.silence("back")
    await asyncio.sleep(1)
    for line in lines:
        line.cut()
        line.mend()


async def slow(lines: list[Line], seconds: float, delay: float) -> None:
    """Everything takes its time, both ways."""
    for line in lines:
        line.slow(delay)
    await asyncio.sleep(seconds)
    for line in lines:
        line.mend()


async def refused(lines: list[Line], seconds: float) -> None:
    """Nobody is let through."""
    for line in lines:
        line.refuse()
    await asyncio.sleep(seconds)
    for line in lines:
        line.mend()


# -- What is stored --------------------------------------------------------------------------


async def locked(site: SmallSite, seconds: float) -> None:
    """Another process has SQLite for itself."""
    with closing(sqlite3.connect(site.file, timeout=20, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(seconds)
        connection.execute("ROLLBACK")


async def redis_killed(site: LargeSite, seconds: float) -> None:
    """It dies, and comes back with nothing."""
    await asyncio.to_thread(site.redis.kill)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(site.redis.start)


async def redis_frozen(site: LargeSite, seconds: float) -> None:
    """It stands still."""
    with site.redis.frozen():
        await asyncio.sleep(seconds)


async def redis_flushed(site: LargeSite) -> None:
    """It forgets everything."""
    await asyncio.to_thread(Redis(unix_socket_path=site.redis.url.removeprefix("unix://")).flushall)


async def postgresql_restarted(site: LargeSite) -> None:
    """It ends in an orderly way, and comes back."""
    await asyncio.to_thread(site.postgresql.restart)


async def postgresql_killed(site: LargeSite) -> None:
    """It dies, and comes back, and repeats what it had begun."""
    await asyncio.to_thread(site.postgresql.kill)
    await asyncio.to_thread(site.postgresql.start)


async def postgresql_frozen(site: LargeSite, seconds: float) -> None:
    """It stands still."""
    with site.postgresql.frozen():
        await asyncio.sleep(seconds)


async def postgresql_full(site: LargeSite, seconds: float) -> None:
    """Others have all the connections that there are."""
    taken = await asyncio.to_thread(site.connections)
    await asyncio.sleep(seconds)
    for connection in taken:
        connection.close()


# -- What people do to each other ------------------------------------------------------------


class Administrator:
    """Who is above the others, and takes something from each of four of them."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.browser: Browser = crowd.browser(ADMINISTRATOR)

    async def remove(self, room: str, name: str) -> None:
        """Somebody is in a room no longer."""
        await self._do(self.browser, f"/rooms/{self.crowd.address(room)}/members/{name}/remove/")

    async def ban(self, name: str) -> None:
        """Somebody may not come in any longer."""
        (found,) = self.crowd.site.rows(f"SELECT id FROM accounts_person WHERE username = '{name}'")
        await self._do(self.browser, f"/administration/people/{found[0]}/", do="ban")

    async def delete(self, room: str) -> None:
        """A room is gone with all that was said there."""
        await self._do(self.browser, f"/rooms/{self.crowd.address(room)}/settings/delete/", name=room)
        self.crowd.ledger.gone.add(room)

    async def remove_all(self, name: str) -> None:
        """All that somebody said is to be removed."""
        (found,) = self.crowd.site.rows(f"SELECT id FROM accounts_person WHERE username = '{name}'")
        await self._do(self.browser, f"/administration/people/{found[0]}/", do="remove_all", period="ever")

    async def sign_out(self, name: str) -> None:
        """Somebody signs out, in one of their browsers."""
        page = next(page for page in self.crowd.pages if page.browser.name == name)
        await self._do(page.browser, "/accounts/logout/")

    @staticmethod
    async def _do(browser: Browser, path: str, **fields: str) -> None:
        """Do it, and try again while that could not be done; done already, it is not there any longer."""
        for number in range(TRIES):
            answer = await browser.post(path, fields, htmx=False)
            if answer.status in (302, 303) or (number and answer.status == 404):
                return
            await asyncio.sleep(AGAIN)
        raise AssertionError((path, answer.status, answer.text[:2000]))
