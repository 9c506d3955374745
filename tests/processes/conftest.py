"""Two real server processes of one site, on a PostgreSQL and a Redis that can be stopped."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.browser.conftest import FURNITURE
from tests.browser.server import Server, manage
from tests.environment import environment
from tests.processes import stores
from tests.processes.sockets import Browser, Socket
from tests.shared_folder import shared_folder

numbers = itertools.count()
CLUSTER = "postgresql"


@dataclass
class Site:
    """One site, as many processes as a test starts, and what they share."""

    redis: stores.Store
    postgresql: stores.Store
    start: Callable[..., Server]
    database_url: str


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What all workers start from: the folder that `furnish` fills."""
    return shared_folder(tmp_path_factory, "furnished", furnish)


def furnish(folder: Path) -> None:
    """The static files of a site, and the cluster of its database `furnished`: alice, bob and charlie."""
    with stores.postgresql() as store:
        stores.create_database(store, "furnished")
        place = environment(folder) | {"DATABASE_URL": f"{store.url}/furnished"}
        manage(place, "collectstatic", "--noinput", "--verbosity=0")
        manage(place, "migrate", "--noinput", "--verbosity=0")
        manage(place, "shell", "--verbosity=0", "--command", FURNITURE)
        store.stop()
        store.copy_to(folder / CLUSTER)


@pytest.fixture(scope="session")
def postgresql(furnished: Path) -> Iterator[stores.Store]:
    """A PostgreSQL of this worker's own, with a database called `furnished` to copy."""
    with stores.postgresql(furnished / CLUSTER) as store:
        yield store


@pytest.fixture
def site(
    postgresql: stores.Store, furnished: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site of one's own; `site.start()` starts a process of it."""
    database = f"site_{next(numbers)}"
    database_url = stores.create_database(postgresql, database, "furnished")
    servers: list[Server] = []
    with stores.redis() as redis:

        def start(kind: str = "uvicorn", **settings: str) -> Server:
            folder = tmp_path_factory.mktemp("process")
            (folder / "static").symlink_to(furnished / "static")
            shared = {"DATABASE_URL": database_url, "REDIS_URL": redis.url}
            server = Server(folder, kind, **(shared | settings))
            servers.append(server)
            server.start()
            return server

        yield Site(redis, postgresql, start, database_url)
        for server in servers:
            server.stop()
            print(f"\nThe log of {server.url}:\n{server.log()}")


@pytest.fixture
async def browser() -> AsyncIterator[Callable[[Server, str], Browser]]:
    """Sign somebody in at a server; their sockets end with the test."""
    opened: list[Socket] = []

    def sign_in(server: Server, username: str) -> Browser:
        return Browser(server, username, opened)

    yield sign_in
    for socket in opened:
        socket.connection.transport.abort()
        with suppress(ConnectionClosed, TimeoutError):
            await asyncio.wait_for(socket.connection.wait_closed(), 1)
