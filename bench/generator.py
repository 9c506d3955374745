"""The load generator, bench/loadgen.c: compiled, and run on a core of its own."""

import ctypes
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench import machine
from tests.browser.server import free_port
from tests.environment import ROOT

SOURCE = ROOT / "bench" / "loadgen.c"

# The longest that one load may take, seconds.
PATIENCE = 400

Figures = dict[str, Any]

LIBC = ctypes.CDLL(None)
# From linux/prctl.h.
PR_SET_PDEATHSIG = 1


class Failed(Exception):
    """A trial that came to nothing; the text says why."""


def on_core(core: int) -> Callable[[], None]:
    """For Popen's preexec_fn: the new process keeps to that core, and does not outlive this one."""
    return partial(settle_on, core)


def settle_on(core: int) -> None:
    """Keep this process to a core and to the life of its parent; let it open as many files as it may."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.sched_setaffinity(0, {core})
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Generator:
    """The compiled generator."""

    def __init__(self, folder: Path) -> None:
        compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            sys.exit(
                "The load generator is written in C, and there is no compiler here.\n"
                "On Debian or Ubuntu type: apt-get install gcc libc6-dev   and then bin/bench again."
            )
        self.program = folder / "loadgen"
        # The largest part of its time that a load took of it.
        self.busiest = 0.0
        command = [compiler, "-O2", "-o", str(self.program), str(SOURCE)]
        # What a compiler leaves that is stopped goes with the folder.
        made = subprocess.run(
            command, env=os.environ | {"TMPDIR": str(folder)}, capture_output=True, text=True
        )
        if made.returncode:
            sys.exit(f"{compiler} could not compile bench/loadgen.c:\n{made.stderr}")

    def command(self, kind: str, **options: Any) -> list[str]:
        """The words of one load. `True` is an option without a value; None and `False` are no option."""
        words = [str(self.program), kind]
        for name, value in options.items():
            if value is None or value is False:
                continue
            words.append(f"--{name.replace('_', '-')}")
            if value is not True:
                words.append(",".join(map(str, value)) if isinstance(value, list) else str(value))
        return words

    def run(self, kind: str, **options: Any) -> Figures:
        """Run one load; what it found."""
        try:
            done = subprocess.run(
                self.command(kind, **options),
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                preexec_fn=on_core(machine.generator_core()),
            )
        except subprocess.TimeoutExpired:
            raise Failed(f"the generator did not come to an end in {PATIENCE} s") from None
        if done.returncode or done.stderr:
            raise Failed(done.stderr.strip() or f"the generator ended with {done.returncode}")
        figures: Figures = json.loads(done.stdout.splitlines()[-1])
        self.busiest = max(self.busiest, figures["generator_share"])
        return figures

    @contextmanager
    def started(self, kind: str, *, hold: float = 0.2, **options: Any) -> Iterator["subprocess.Popen[str]"]:
        """A load whose sockets are open: for whoever does something to the server meanwhile."""
        command, core = self.command(kind, hold=hold, **options), on_core(machine.generator_core())
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=core) as process:
            try:
                assert process.stdout is not None
                if "held" not in process.stdout.readline():
                    raise Failed("the sockets do not all open")
                yield process
            finally:
                process.kill()

    @contextmanager
    def holding(self, **options: Any) -> Iterator[None]:
        """Sockets that are open, and quiet, for as long as the context lasts."""
        with self.started("sockets", **options):
            yield

    def calibrate(self, sockets: int, size: int, seconds: float) -> Figures:
        """What it takes in from a server that does nothing but send(): its own limit, or beyond it."""
        port = free_port()
        with subprocess.Popen(
            [self.program, "sender", str(port), str(size)], preexec_fn=on_core(machine.server_core())
        ) as sender:
            try:
                wait_for_port(port)
                return self.run(
                    "sockets", ports=port, pids=sender.pid, sockets=sockets, warm=0.3, seconds=seconds
                )
            finally:
                sender.kill()


def wait_for_port(port: int, patience: float = 30) -> None:
    """Return once somebody listens there."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Failed("a server does not start")
