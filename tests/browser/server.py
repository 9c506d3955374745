"""A real server for the journeys: a process, a port, a folder of data, and what it wrote to its log."""

import http.client
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import migrated
from tests.browser.preloaded import ForkedServer, Preloaded
from tests.environment import ROOT, environment

# How long a server may take to start, seconds: it imports for a second or two, of a processor of its own.
PATIENCE = 120
# Keys of the sessions that the people of a house have already.
SESSIONS = "sessions.json"
HOST = "127.0.0.1"


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return listener.getsockname()[1]


def web_command() -> str:
    """The line that the Procfile has for `web`: the journeys run what people run."""
    return command_of("web")


def command_of(name: str) -> str:
    """The line that the Procfile has for `name`."""
    found = re.search(rf"^{name}: (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE)
    assert found, f"The Procfile names no {name}."
    return found[1]


def build(folder: Path) -> None:
    """Make `folder` the data of a site that nobody has set up yet."""
    manage(environment(folder), "collectstatic", "--noinput", "--verbosity=0")
    migrated.copy_to(folder / migrated.NAME)


class House:
    """What a new server starts from: a folder with static files, and a database with or without people."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def furnish(self, code: str, preloaded: Preloaded | None = None) -> None:
        """Run some Python in this house's shell, for every server made from it afterwards."""
        words = ["shell", "--verbosity=0", "--command", code]
        if preloaded:
            preloaded.manage(words, environment(self.folder), self.folder)
        else:
            manage(environment(self.folder), *words)

    def copy_to(self, folder: Path) -> Path:
        """Make another house, with the same people and rooms alone; the static files are shared."""
        for old in folder.iterdir():
            if old.is_dir() and not old.is_symlink():
                shutil.rmtree(old)
            else:
                old.unlink()
        # Not by way of this one, which may be another house by then.
        (folder / "static").symlink_to((self.folder / "static").resolve())
        for file in (*self.folder.glob("*.sqlite3*"), *self.folder.glob("*.json")):
            shutil.copy(file, folder)
        return folder


class Server:
    """One Parley, which can be stopped, killed and started again on the same port and data."""

    def __init__(self, folder: Path, kind: str = "uvicorn", **settings: str) -> None:
        self.folder = folder
        self.kind = kind
        self.port = free_port()
        self.environment = environment(folder) | {"HOST": HOST, "PORT": str(self.port)} | settings
        # uvicorn and daphne are called by name, as people call them.
        self.environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.process: subprocess.Popen[bytes] | ForkedServer | None = None
        # Forks it, where that is given: otherwise it is a process of its own from the beginning.
        self.preloaded: Preloaded | None = None
        self.sessions: dict[str, list[str]] | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def session(self, name: str) -> str | None:
        """The key of a session of somebody's that was given to nobody yet, if there is one."""
        if self.sessions is None:
            file = self.folder / SESSIONS
            self.sessions = json.loads(file.read_text()) if file.exists() else {}
        keys = self.sessions.get(name)
        return keys.pop() if keys else None

    def start(self, kind: str | None = None) -> None:
        """Start it, on uvicorn or daphne, and return once it answers."""
        self.kind = kind or self.kind
        commands = {
            "uvicorn": web_command(),
            "daphne": f"exec daphne -b {HOST} -p {self.port} site_config.asgi:application",
        }
        if self.preloaded and self.kind == "uvicorn":
            self.process = self.preloaded.start(self.words(), self.environment, self.log_file)
            self.wait_until_it_answers()
            return
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                commands[self.kind],
                shell=True,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.wait_until_it_answers()

    def words(self) -> list[str]:
        """The words of the command that the Procfile has, with its variables filled in as a shell would."""
        filled = re.sub(
            r"\$\{(\w+):-([^}]*)\}", lambda found: self.environment.get(found[1]) or found[2], web_command()
        )
        return shlex.split(filled.removeprefix("exec "))

    def wait_until_it_answers(self) -> None:
        """Return once it answers a request, whatever the answer is."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process is not None, "start it first"
            assert self.process.poll() is None, f"the server has ended:\n{self.log()}"
            connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
            try:
                connection.request("GET", "/accounts/login/")
                connection.getresponse()
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            else:
                return
            finally:
                connection.close()
        raise AssertionError(f"the server does not answer:\n{self.log()}")

    def stop(self) -> int:
        """Tell it to end, as a restart of the service does; its exit status."""
        return self.end(signal.SIGTERM)

    def kill(self) -> int:
        """End it without a word, as a crash of the machine does."""
        return self.end(signal.SIGKILL)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it stand still for a while, as a machine that is too busy does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def end(self, how: signal.Signals) -> int:
        """Send that signal and wait for the end."""
        if self.process is None:
            return 0
        process, self.process = self.process, None
        process.send_signal(how)
        try:
            return process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the server does not end on {how.name}:\n{self.log()}") from None

    def restart(self) -> None:
        """Stop it and start it again, on the same port and data."""
        self.stop()
        self.start()

    def manage(self, *words: str) -> str:
        """Run a command of manage.py on its data; what it printed."""
        if self.preloaded:
            return self.preloaded.manage(list(words), self.environment, self.folder)
        return manage(self.environment, *words)

    def shell(self, code: str) -> str:
        """Run some Python next to it, on its data; what that printed."""
        return self.manage("shell", "--verbosity=0", "--command", code)

    @property
    def log_file(self) -> Path:
        """Where it writes what it has to say."""
        return self.folder / "server.log"

    def log(self) -> str:
        """What it has had to say so far."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""


def manage(place: dict[str, str], *words: str) -> str:
    """Run manage.py in an environment; what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=place,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, f"manage.py {' '.join(words)} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


@contextmanager
def worker_beside(server: Server) -> Iterator[subprocess.Popen[bytes] | ForkedServer]:
    """The worker that the Procfile has beside a server; a test may kill it, and whatever it has started."""
    log = server.folder / "worker.log"
    worker = start_worker(server, log)
    yield worker
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(15)
    print(log.read_text())


def start_worker(server: Server, log: Path) -> subprocess.Popen[bytes] | ForkedServer:
    """Fork it as the server is forked, or start a process of its own."""
    line = command_of("worker")
    if server.preloaded:
        words = shlex.split(line.removeprefix("exec python "))
        return server.preloaded.start(words, server.environment, log, is_group=True)
    with log.open("wb") as output:
        return subprocess.Popen(
            line, shell=True, cwd=ROOT, env=server.environment, stdin=subprocess.DEVNULL,
            stdout=output, stderr=output, process_group=0,
        )  # fmt: skip
