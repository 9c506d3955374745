"""How fast an archive is moved in, and in how much memory: it is written here, as Slack writes one.

    python -m bench.moving [--messages 100000] [--messages 1000000]
    python -m tests.services -- python -m bench.moving          into the PostgreSQL that is started for it

A fifth of the messages has a reaction, a tenth is in a thread, a twentieth was edited.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from bench import machine
from tests.environment import ROOT, environment

PEOPLE, ROOMS, A_DAY = 200, 50, 2000
# 2020-01-01.
BEGIN = 1577836800
TEXT = "The *deploy* is done, <@U{}>, see <https://example.org/{}|the notes>; I still see `timeouts`."


def stamp(number: int) -> str:
    """When a message was said, by which it is known: those of a file within its day."""
    day, place = divmod(number, A_DAY)
    return f"{BEGIN + day * 86400 + place * 40}.{number % 1000:06}"


def message(number: int) -> dict[str, Any]:
    """One of Slack's messages."""
    said: dict[str, Any] = {
        "type": "message",
        "user": f"U{number % PEOPLE}",
        "text": TEXT.format((number + 1) % PEOPLE, number),
        "ts": stamp(number),
    }
    if number % 5 == 0:
        said["reactions"] = [{"name": "+1", "users": [f"U{(number + k) % PEOPLE}" for k in range(2)]}]
    if number % 20 == 0:
        said["edited"] = {"user": said["user"], "ts": stamp(number + 1)}
    if number % 10 == 9:
        # To the first of its day and room.
        first = number - number % A_DAY
        said["thread_ts"] = stamp(first)
    return said


def days(count: int) -> Iterator[tuple[str, str]]:
    """The files of days: the name, and what stands in each. A day is of one room."""
    for day, first in enumerate(range(0, count, A_DAY)):
        date = time.strftime("%Y-%m-%d", time.gmtime(BEGIN + day * 86400))
        said = [message(number) for number in range(first, min(count, first + A_DAY))]
        yield f"room-{day % ROOMS}/{date}.json", json.dumps(said)


def write_archive(path: Path, count: int) -> None:
    """An archive of so many messages."""
    members = [f"U{number}" for number in range(PEOPLE)]
    users = [
        {"id": pk, "name": f"person{pk.lower()}", "profile": {"email": f"{pk.lower()}@example.org"}}
        for pk in members
    ]
    channels = [
        {"id": f"C{number}", "name": f"room-{number}", "creator": "U0", "members": members}
        for number in range(ROOMS)
    ]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("users.json", json.dumps(users))
        file.writestr("channels.json", json.dumps(channels))
        for name, content in days(count):
            file.writestr(name, content)


def move_in(count: int) -> str:
    """Move so many messages into a new site; a row of the table."""
    with tempfile.TemporaryDirectory(prefix="parley-moving-") as name:
        folder = Path(name)
        place = environment(folder) | database()
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "--noinput", "--verbosity=0"], cwd=ROOT, env=place, check=True)
        write_archive(archive := folder / "archive.zip", count)
        began = time.monotonic()
        process = subprocess.Popen(
            [*manage, "import_slack", str(archive)], cwd=ROOT, env=place, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        taken = time.monotonic() - began
        assert process.returncode == 0, said
        assert f"{count:,}" in said, said
        size = archive.stat().st_size / 1024**2
    spent, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    cells = (count, size, taken, count / taken, 1e6 * spent / count, memory)
    return f"| {' | '.join(f'{cell:,.0f}' for cell in cells)} |"


def database() -> dict[str, str]:
    """A database of PostgreSQL that is new, where there is one; else SQLite in the folder of data."""
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        return {}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS moving")
        connection.execute("CREATE DATABASE moving")
    return {"DATABASE_URL": f"{url.rpartition('/')[0]}/moving"}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, action="append")
    sizes = parser.parse_args().messages or [10_000, 100_000]
    print("\n".join(f"- {line}" for line in machine.description()))
    print(f"- {PEOPLE} people in {ROOMS} rooms; {'PostgreSQL' if database() else 'SQLite'}\n")
    print("| messages | archive, MB | seconds | a second | CPU µs each | memory at most, MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for count in sizes:
        print(move_in(count), flush=True)


if __name__ == "__main__":
    main()
