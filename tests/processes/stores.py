"""A PostgreSQL and a Redis that a test may stop and start again, on the same data and address."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from redis import Redis

from tests import services


class Store:
    """A server of the tests' own that can be away for a while."""

    def __init__(
        self, command: list[str], folder: Path, url: str, knock: Callable[[], Any], stop_with: signal.Signals
    ) -> None:
        self.url = url
        self._command = command
        self._folder = folder
        self._knock = knock
        self._stop_with = stop_with
        self._running: AbstractContextManager[subprocess.Popen] | None = None

    def start(self) -> None:
        """Start it, and return once it answers."""
        self._running = services.running(self._command, self._folder, self._stop_with)
        services.wait_for(self._knock, self._running.__enter__(), self._folder)

    def stop(self) -> None:
        """Stop it; nothing happens where it is stopped already."""
        if self._running is not None:
            running, self._running = self._running, None
            running.__exit__(None, None, None)

    def restart(self) -> None:
        """Stop it and start it again."""
        self.stop()
        self.start()


@contextmanager
def redis() -> Iterator[Store]:
    """A Redis that can be stopped."""
    with services.private_folder("redis") as folder:
        address = str(folder / "redis.sock")
        command = [str(services.redis_binary(folder)), "--port", "0", "--unixsocket", address]
        command += ["--dir", str(folder), "--save", "", "--appendonly", "no"]
        url = f"unix://{address}"
        yield from kept_running(
            Store(command, folder, url, Redis(unix_socket_path=address).ping, signal.SIGTERM)
        )


@contextmanager
def postgresql() -> Iterator[Store]:
    """A PostgreSQL that can be stopped."""
    with services.private_folder("pg") as folder:
        binaries = services.postgresql_binaries(folder)
        services.initialise(binaries / "initdb", folder / "data")
        command = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder), "-h", ""]
        url = f"postgres://postgres@/{folder}"

        def knock() -> None:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()

        # The fast way to stop: it does not wait for those who are connected.
        yield from kept_running(Store(command, folder, url, knock, signal.SIGINT))


def create_database(postgresql: Store, name: str, template: str = "template1") -> str:
    """Make a database, as a copy of another; its URL."""
    host = postgresql.url.partition("@/")[2]
    with psycopg.connect(host=host, user="postgres", autocommit=True) as connection:
        connection.execute(
            SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template))
        )
    return f"{postgresql.url}/{name}"


def kept_running(store: Store) -> Iterator[Store]:
    """The store, running, until the context ends."""
    store.start()
    try:
        yield store
    finally:
        store.stop()
