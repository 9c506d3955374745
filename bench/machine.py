"""What the measurements ran on, without its name."""

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from tests.environment import ROOT

PACKAGES = ("Django", "channels", "channels-redis", "uvicorn", "uvloop", "websockets", "httptools")
PEERS = ("ws", "bun", "socket.io", "@socket.io/redis-adapter", "redis")


def cores() -> list[int]:
    """The cores that this process may use."""
    return sorted(os.sched_getaffinity(0))


def server_core() -> int:
    """The core of whatever is measured."""
    return cores()[0]


def generator_core() -> int:
    """The core of the load generator: another one, where there is another."""
    return cores()[-1]


def load() -> float:
    """How many others wanted to run during the last minute."""
    return os.getloadavg()[0]


def processor() -> str:
    """What the processor calls itself."""
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def memory() -> str:
    """How much memory there is."""
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"


def first_line(*command: str) -> str:
    """What a program says of its version, or nothing where it is not here."""
    if shutil.which(command[0]) is None:
        return ""
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"v?(\d+\.[\d.]+)", said)
    return found[1] if found else ""


def peer(name: str) -> str:
    """The version of a Node package in bench/package.json, which pins it."""
    found = re.search(rf'"{re.escape(name)}": "([^"]+)"', (ROOT / "bench" / "package.json").read_text())
    return found[1] if found else ""


def description() -> list[str]:
    """Lines that say what the numbers are of."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    peers = ", ".join(f"{name} {peer(name)}" for name in PEERS)
    redis = first_line("redis-server", "--version") or first_line("valkey-server", "--version")
    kernel = platform.release().split("-")[0]
    return [
        f"{len(cores())} cores ({processor()}), {memory()} of memory, Linux {kernel}",
        f"Python {platform.python_version()}, {packages}",
        f"Node {first_line('node', '--version')}, {peers}",
        f"SQLite {sqlite()}, Redis {redis}",
    ]


def sqlite() -> str:
    """The version of SQLite that Python comes with."""
    import sqlite3

    return sqlite3.sqlite_version
