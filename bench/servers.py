"""What is measured: how each server is started, on one core, and ended."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import machine
from bench.generator import Failed, on_core, wait_for_port
from bench.house import House
from tests.browser.server import HOST, free_port, web_command
from tests.environment import ROOT

UVICORN = "exec uvicorn {} --host {HOST} --port {PORT} --log-level warning --no-access-log"
STOCK_PROTOCOL = "--ws websockets-sansio"
BARE = UVICORN + " --ws websockets-sansio --ws-max-size 65536 --ws-per-message-deflate false"


@dataclass(frozen=True)
class Kind:
    """One kind of server, and how the generator speaks to it."""

    name: str
    # A line for the shell, with HOST and PORT in the environment.
    command: str
    redis: bool = False
    # Whether a socket is in its room only when the first frame has come.
    greets: bool = False
    socket_io: bool = False
    settings: str = ""
    # Of the environment, besides what every server of a house has.
    variables: tuple[tuple[str, str], ...] = ()
    # Messages under way at once: enough to keep it busy, and no more than it delivers in some seconds.
    outstanding: int = 16

    @property
    def path(self) -> str:
        """Where its sockets are opened."""
        return "/socket.io/?EIO=4&transport=websocket" if self.socket_io else "/ws/rooms/everyone/"


def parley(name: str, application: str = "", *, stock: bool = False, redis: bool = False) -> Kind:
    """Parley by the Procfile's own line; another application in it, or uvicorn's own protocol."""
    command = web_command()
    if application:
        command = command.replace("site_config.asgi:application", application)
    if stock:
        command = re.sub(r"--ws \S+", STOCK_PROTOCOL, command)
    return Kind(name, command, redis=redis, greets=True)


def uvicorn(application: str, line: str = UVICORN) -> str:
    """uvicorn's command line for an application of bench/."""
    return line.replace("{}", application).replace("{HOST}", HOST).replace("{PORT}", '"$PORT"')


STORED = parley("Parley")
AT_ONCE = parley("Parley, each message by itself", "bench.at_once:application")
UNSTORED = parley("Parley, storing nothing", "bench.unstored:application")
UNSTORED_STOCK = parley("Parley on stock uvicorn, storing nothing", "bench.unstored:application", stock=True)
UNSTORED_REDIS = parley("Parley with Redis, storing nothing", "bench.unstored:application", redis=True)
STORED_REDIS = parley("Parley with Redis", redis=True)
TUTORIAL = uvicorn("bench.tutorial.asgi:application")
TUTORIAL_REDIS = Kind("the tutorial's consumer, Redis layer", TUTORIAL, redis=True, outstanding=4)
TUTORIAL_MEMORY = Kind("the tutorial's consumer, in-memory layer", TUTORIAL, outstanding=4)
BARE_ASGI = Kind("a bare ASGI application", uvicorn("bench.bare:application", BARE))
# The machine's own, whatever .venv/bin has: bench.machine tells its version.
NODE = f"exec {shutil.which('node') or 'node'} bench/peers/"
NODE_WS = Kind("Node ws", NODE + 'ws.js "$PORT"')
# The program itself: npm's script, which would put it in its place, is not run.
BUN_FILE = 'exec bench/node_modules/@oven/bun-*/bin/bun bench/peers/bun.js "$PORT"'
BUN = Kind("Bun", BUN_FILE)
BUN_STORED = Kind("Bun with bun:sqlite", BUN_FILE + ' "$BENCH_STORE"')
SOCKET_IO = Kind("socket.io, Redis adapter", NODE + 'socket_io.js "$PORT"', redis=True, socket_io=True)
PAGES = Kind("Parley's pages", web_command(), settings="bench.settings", greets=True)
# The same bare view as a page's, in Django as it comes.
STOCK_PAGES = Kind(
    "Django's own bare view", uvicorn("bench.stock:application"), settings="bench.stock_settings"
)


@dataclass
class Running:
    """Some processes of one kind."""

    kind: Kind
    ports: list[int] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def pids(self) -> list[int]:
        """Their process numbers, those of their children included: `node` may be a script that starts it."""
        return [pid for process in self.processes for pid in family(process.pid)]

    def start_one(self, house: House, redis: str, log: Path) -> None:
        """Start one more process, on the servers' core."""
        port = free_port()
        place = house.environment | {"HOST": HOST, "PORT": str(port)}
        place["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        place |= dict(self.kind.variables)
        if self.kind.settings:
            place["DJANGO_SETTINGS_MODULE"] = self.kind.settings
        if self.kind.redis:
            place |= {"REDIS_URL": redis, "REDIS_SOCKET": redis.removeprefix("unix://")}
        with log.open("ab") as output:
            process = subprocess.Popen(
                self.kind.command, shell=True, cwd=ROOT, env=place, stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, start_new_session=True, preexec_fn=on_core(machine.server_core()),
            )  # fmt: skip
        self.processes.append(process)
        self.ports.append(port)

    def end(self) -> None:
        """Kill them: how they end is not measured here."""
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    born = children.read_text().split() if children.exists() else []
    return [pid, *(descendant for child in born for descendant in family(int(child)))]


@contextmanager
def running(kind: Kind, house: House, redis: str = "", count: int = 1) -> Iterator[Running]:
    """`count` processes of one kind for as long as the context lasts."""
    log = house.folder / "server.log"
    log.unlink(missing_ok=True)
    house.vacate()
    server = Running(kind)
    try:
        for _ in range(count):
            server.start_one(house, redis, log)
        for port in server.ports:
            wait_for_port(port)
        yield server
    except Failed as failed:
        said = log.read_text(errors="replace")[-1500:]
        raise Failed(f"{kind.name}: {failed}\n{said}".rstrip()) from None
    finally:
        server.end()
