"""A PostgreSQL and a Redis that a test may stop and start again, on the same data and address."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from redis import Redis

from tests import services

# Where in its folder a PostgreSQL has what it stores.
DATA = "data"


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
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it, and return once it answers."""
        self._running = services.running(self._command, self._folder, self._stop_with)
        self._process = self._running.__enter__()
        services.wait_for(self._knock, self._process, self._folder)

    def stop(self) -> None:
        """Stop it; nothing happens where it is stopped already."""
        if self._running is not None:
            running, self._running = self._running, None
            running.__exit__(None, None, None)

    def copy_to(self, folder: Path) -> None:
        """Copy what it stores, of a PostgreSQL that was stopped."""
        shutil.copytree(self._folder / DATA, folder)

    def restart(self) -> None:
        """Stop it and start it again."""
        self.stop()
        self.start()

    def kill(self) -> None:
        """End it and all its processes without a word."""
        self._signal(signal.SIGKILL)
        self.stop()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it, and all its processes, stand still."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, how: signal.Signals) -> None:
        """To it and to its children: PostgreSQL has one for each connection, in sessions of their own."""
        assert self._process is not None, "start it first"
        pid = self._process.pid
        # The parent first: it makes no more of them.
        for one in (pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())):
            with suppress(ProcessLookupError):
                os.kill(one, how)


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
def postgresql(like: Path | None = None) -> Iterator[Store]:
    """A PostgreSQL that can be stopped: an empty one, or one that starts from a copy of another's data."""
    with services.private_folder("pg") as folder:
        binaries = services.postgresql_binaries(folder)
        if like is None:
            services.initialise(binaries / "initdb", folder / DATA)
        else:
            shutil.copytree(like, folder / DATA)
            services.give_to_account(folder / DATA)
        command = [str(binaries / "postgres"), "-D", str(folder / DATA), "-k", str(folder), "-h", ""]
        url = f"postgres://postgres@/{folder}"

        def knock() -> None:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()

        # The fast way to stop: it does not wait for those who are connected.
        yield from kept_running(Store(command, folder, url, knock, signal.SIGINT))


@contextmanager
def pgbouncer(binary: str, postgresql: Store, connections: int) -> Iterator[Store]:
    """A PgBouncer before it, which hands so many connections to a database on with each transaction."""
    with services.private_folder("pgbouncer") as folder:
        configuration = folder / "pgbouncer.ini"
        configuration.write_text(
            "[databases]\n"
            f"* = host={postgresql.url.partition('@/')[2]} user=postgres\n"
            "[pgbouncer]\n"
            f"unix_socket_dir = {folder}\nlisten_addr =\nlisten_port = 5432\n"
            "auth_type = any\npool_mode = transaction\n"
            f"default_pool_size = {connections}\nmax_client_conn = 200\n"
        )
        configuration.chmod(0o644)

        def knock() -> None:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()

        url = f"postgres://postgres@/{folder}"
        yield from kept_running(Store([binary, str(configuration)], folder, url, knock, signal.SIGTERM))


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
