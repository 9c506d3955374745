"""Sites that faults happen to: one process on SQLite, or two on PostgreSQL and Redis behind a proxy."""

import asyncio
import json
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests import debian
from tests.browser.preloaded import Preloaded
from tests.browser.server import House, Server, free_port
from tests.faults.furniture import ADDRESSES, FURNISHED
from tests.faults.line import Line, line_to, port_of, socket_at
from tests.processes import stores

HOST = "127.0.0.1"
# Letters of the log that are shown where a trial failed.
LOG = 20_000
Rows = list[tuple[Any, ...]]


class Site:
    """One site: its processes, the lines to them, and what is stored."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.servers: list[Server] = []
        # Between people and the site; a line each to the processes is there where a proxy stands between.
        self.lines: list[Line] = []
        # Where people connect: each to the next of these.
        self.ports: list[int] = []
        self.sessions: dict[str, list[str]] = json.loads((folder / "sessions.json").read_text())
        self.addresses: dict[str, str] = json.loads((folder / ADDRESSES).read_text())

    def rows(self, query: str) -> Rows:
        """What the database has, read by another than Parley."""
        raise NotImplementedError

    def log(self) -> str:
        """What all processes had to say."""
        return "\n".join(server.log() for server in self.servers)


class SmallSite(Site):
    """One process, SQLite, and nothing else."""

    @property
    def file(self) -> Path:
        """The database."""
        return self.servers[0].folder / "parley.sqlite3"

    def rows(self, query: str) -> Rows:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=20)) as connection:
            return connection.execute(query).fetchall()


class LargeSite(Site):
    """Two processes behind a proxy, PostgreSQL and Redis."""

    redis: stores.Store
    postgresql: stores.Store
    database: str
    # Of each process to Redis, and to PostgreSQL.
    redis_lines: list[Line]
    database_lines: list[Line]

    async def cut_off_from_the_database(self) -> None:
        """End all connections to the database, as an administrator does, or a machine that fails over."""
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        await asyncio.to_thread(self.rows, f"{query} AND pid <> pg_backend_pid()")

    def connect(self) -> psycopg.Connection:
        """A connection to its database, beside Parley's."""
        server, _, name = self.database.rpartition("/")
        return psycopg.connect(host=server.partition("@/")[2], user="postgres", dbname=name)

    def connections(self) -> list[psycopg.Connection]:
        """All the connections that are left."""
        taken = []
        with suppress(psycopg.OperationalError):
            while True:
                taken.append(self.connect())
        return taken

    def rows(self, query: str) -> Rows:
        with self.connect() as connection:
            return connection.execute(query).fetchall()


def furnish(house: Path, folder: Path) -> None:
    """Make a folder of data that is like the house's."""
    folder.mkdir()
    House(house).copy_to(folder)


@asynccontextmanager
async def small_site(
    house: Path, folder: Path, preloaded: Preloaded | None, **settings: str
) -> AsyncIterator[SmallSite]:
    """A site of its own, with a copy of the house's data."""
    await asyncio.to_thread(furnish, house, folder)
    site = SmallSite(folder)
    server = Server(folder, **settings)
    server.preloaded = preloaded
    site.servers.append(server)
    try:
        await asyncio.to_thread(server.start)
        async with line_to(port_of(server.port)) as line:
            site.lines.append(line)
            site.ports.append(line.port)
            yield site
    finally:
        server.kill()
        print(f"\nThe log:\n{site.log()[-LOG:]}")


@asynccontextmanager
async def large_site(
    postgresql: stores.Store, house: Path, folder: Path, preloaded: Preloaded, *, processes: int = 2
) -> AsyncIterator[LargeSite]:
    """A site of its own, with a copy of the house's database, and a Redis that it has for itself."""
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(furnish, house, folder)
        site = LargeSite(folder)
        site.postgresql, site.redis = postgresql, stack.enter_context(stores.redis())
        site.database = stores.create_database(postgresql, f"faults_{folder.name}", FURNISHED)
        to_redis = socket_at(site.redis.url.removeprefix("unix://"))
        site.redis_lines = [await stack.enter_async_context(line_to(to_redis)) for _ in range(processes)]
        site.database_lines = []
        server, _, name = site.database.rpartition("/")
        to_database = socket_at(f"{server.partition('@/')[2]}/.s.PGSQL.5432")
        site.database_lines = [
            await stack.enter_async_context(line_to(to_database)) for _ in range(processes)
        ]
        for number, line in enumerate(site.redis_lines):
            place = folder / f"process-{number}"
            await asyncio.to_thread(furnish, house, place)
            process = Server(
                place, DATABASE_URL=f"postgres://postgres@{HOST}:{site.database_lines[number].port}/{name}", REDIS_URL=f"redis://{HOST}:{line.port}/0",
                UPLOADS_DIR=str(folder / "uploads"), TRUSTED_PROXIES="1",
            )  # fmt: skip
            process.preloaded = preloaded
            site.servers.append(process)
            stack.callback(process.kill)
            await asyncio.to_thread(process.start)
        doors = [server.port for server in site.servers]
        proxy = stack.enter_context(haproxy(folder, doors))
        for port in [proxy] if proxy else doors:
            line = await stack.enter_async_context(line_to(port_of(port)))
            site.lines.append(line)
            site.ports.append(line.port)
        try:
            yield site
        finally:
            print(f"\nThe log:\n{site.log()[-LOG:]}")


# What is so in the Caddyfile, as far as another proxy can do the same: whoever has the fewest, and five
# seconds in which another process is tried where one does not take a connection.
HAPROXY = """
defaults
    mode http
    timeout connect 1s
    timeout client 1m
    timeout server 1m
    timeout tunnel 1h
    retries 5
    option redispatch 1
    option forwardfor
frontend site
    bind {host}:{port}
    http-request set-header X-Forwarded-Proto http
    default_backend web
backend web
    balance leastconn
    option httpchk
    http-check send meth GET uri /healthz hdr Host testserver
    default-server check inter 1s fall 2 rise 1
{servers}
"""


@contextmanager
def haproxy(folder: Path, ports: list[int]) -> Iterator[int]:
    """The port of a HAProxy before these; 0 where there is none, and Debian's cannot be had."""
    if not (shutil.which("haproxy") or debian.install("haproxy")):
        print("There is no haproxy: people connect to the processes themselves.")
        yield 0
        return
    port, file = free_port(), folder / "haproxy.cfg"
    servers = "\n".join(f"    server web-{number} {HOST}:{one}" for number, one in enumerate(ports))
    file.write_text(HAPROXY.format(host=HOST, port=port, servers=servers))
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen(["haproxy", "-db", "-f", str(file)], stdout=log, stderr=log)
    try:
        wait_for_port(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def wait_for_port(port: int) -> None:
    """Return once somebody listens there."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((HOST, port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("the proxy does not start")
