"""bin/run as people use it: what it says, that it answers, and that nothing of it stays."""

import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import migrated
from tests.browser.server import HOST, free_port
from tests.environment import ROOT, environment

PATIENCE = 60


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    """An environment with data of its own: a database of this version, and what bin/setup writes there."""
    migrated.copy_to(tmp_path / migrated.NAME)
    clean = environment(tmp_path) | {"PORT": str(free_port())}
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "HTTPS", "HOST"):
        clean.pop(name, None)
    return clean


@pytest.fixture
def run(place: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start bin/run, from a folder that is not the repository's."""
    started: list[subprocess.Popen[str]] = []

    def start(**settings: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [ROOT / "bin" / "run"],
            env=place | settings,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # A terminal's Ctrl-C is tried below; this one is to hear only what the test sends it.
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What it printed until a line has these words."""
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"it ended without saying {words!r}:\n{said}")


def descendants(pid: int) -> set[int]:
    """The ids of all processes that this one has started, and that those have."""
    table = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    parents = {int(child): int(parent) for child, parent in map(str.split, table.splitlines())}
    found: set[int] = set()
    # One generation more with each turn.
    while new := {child for child, parent in parents.items() if parent in {pid, *found}} - found:
        found |= new
    return found


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_says_where_it_is_and_ends_all_it_started(run, place, how, status):
    # Once from nothing, as whoever has just got it.
    if how == signal.SIGINT:
        Path(place["DATA_DIR"], migrated.NAME).unlink()
    process = run()
    address = f"http://{HOST}:{place['PORT']}/"
    read_until(process, f"Parley is at {address}")
    assert urllib.request.urlopen(address).status == 200

    below = descendants(process.pid)
    assert len(below) >= 2, "the web server and the worker"
    process.send_signal(how)
    rest, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == status, rest
    assert not [pid for pid in below if alive(pid)], rest
    assert "Traceback" not in rest


def test_when_one_of_them_dies_all_end_and_it_says_so(run):
    process = run()
    said = read_until(process, "Parley is at")
    web = next(line for line in said.splitlines() if "web.1 started" in line)
    os.kill(int(web.rpartition("pid=")[2].rstrip(")")), signal.SIGKILL)

    rest, _ = process.communicate(timeout=PATIENCE)

    assert "web.1 stopped" in rest
    assert "worker.1 stopped" in rest
    assert process.returncode not in {0, None}


def test_a_port_that_is_taken_is_a_sentence_before_anything_starts(run, place):
    with socket.socket() as listener:
        listener.bind((HOST, int(place["PORT"])))
        listener.listen()
        process = run()
        said, _ = process.communicate(timeout=PATIENCE)

    assert f"Port {place['PORT']} is taken" in said
    assert "started" not in said
    assert process.returncode == 1


@pytest.mark.parametrize("port", ["0", "65536", "eight", "-1"])
def test_a_port_that_is_none_is_a_sentence(run, port):
    said, _ = run(PORT=port).communicate(timeout=PATIENCE)

    assert "is not a port" in said
    assert "Traceback" not in said


def test_a_data_dir_that_cannot_be_is_a_sentence(run):
    said, _ = run(DATA_DIR="/dev/null/parley").communicate(timeout=PATIENCE)

    assert "DATA_DIR, /dev/null/parley, cannot be made." in said


def test_the_name_of_the_machine_is_no_address_to_listen_on(run):
    said = read_until(run(HOST="laptop.example.org"), "Parley is at")

    assert "HOST=laptop.example.org is a name" in said
    assert f"http://{HOST}:" in said


def test_an_address_that_it_listens_on_is_one_that_it_answers_to(run, place):
    read_until(run(HOST="127.0.0.2"), "Parley is at http://127.0.0.2:")

    assert urllib.request.urlopen(f"http://127.0.0.2:{place['PORT']}/").status == 200


def test_the_secret_key_is_written_once_and_for_its_owner_alone(run, place, tmp_path):
    first = run()
    read_until(first, "Parley is at")
    written = tmp_path / "environment"
    key = written.read_text()
    assert written.stat().st_mode & 0o777 == 0o600
    first.terminate()
    first.communicate(timeout=PATIENCE)

    said = read_until(run(PORT=str(free_port())), "Parley is at")

    assert written.read_text() == key
    assert "environment" not in said
    assert "Collecting" not in said
