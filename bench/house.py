"""An empty Parley filled with people, rooms and messages, in a folder that goes with the run."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.generator import Failed
from tests.environment import ROOT, environment

# One CSRF secret for all: the generator sends it as a cookie and in the form.
CSRF = "0123456789abcdef0123456789abcdef"
# The tables of a house with nobody in it, for others to start from.
EMPTY = "empty.sqlite3"

VACATE = ("DELETE FROM live_connection", "DELETE FROM live_process")
VACATE_ELSEWHERE = "from django.db import connection; [connection.cursor().execute(sql) for sql in {}]"


@dataclass(frozen=True)
class House:
    """A folder of data that servers start from."""

    folder: Path
    # Without a URL, SQLite in the folder.
    database: str = ""

    @property
    def cookies(self) -> Path:
        """A line for each person: the header that says who they are."""
        return self.folder / "cookies"

    @property
    def tokens(self) -> Path:
        """A line for each of some people: the header with a token of theirs."""
        return self.folder / "tokens"

    @property
    def hook(self) -> Path:
        """The key of a hook into the room of everybody."""
        return self.folder / "hook"

    @property
    def fragment(self) -> Path:
        """The frame in which a message reaches a page, with {body} and {number} in their places."""
        return self.folder / "fragment.html"

    @property
    def store(self) -> Path:
        """The SQLite file of a peer that stores."""
        return self.folder / "peer.sqlite3"

    @property
    def environment(self) -> dict[str, str]:
        """What every server of this house is started with; the tutorial finds its template here."""
        elsewhere = {"DATABASE_URL": self.database} if self.database else {}
        # All sockets are of this one machine.
        ours = {
            "BENCH_FRAGMENT": str(self.fragment), "BENCH_STORE": str(self.store), "LOG_LEVEL": "WARNING",
            "CONNECTIONS_PER_ADDRESS": "0",
        }  # fmt: skip
        return environment(self.folder) | ours | elsewhere

    def run(self, *words: str) -> None:
        """Run Python with some arguments, on the data of this house."""
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        if done.returncode:
            raise Failed(f"python {' '.join(words)} failed:\n{done.stdout}{done.stderr}")

    def resume(self, missed: int = 0) -> str | None:
        """What a page of the room says once it is connected, that has missed so many changes there.

        None where it is not known here: that is in a database elsewhere.
        """
        if self.database:
            return None
        with closing(sqlite3.connect(self.folder / "parley.sqlite3")) as database:
            (seen,) = database.execute("SELECT revision FROM rooms_room WHERE slug = 'everyone'").fetchone()
            names, statuses = database.execute(
                "SELECT people_revision, status_revision FROM accounts_community"
            ).fetchone() or (0, 0)
        said = {"seen": seen - missed, "names": names, "statuses": statuses, "room": "everyone"}
        return json.dumps(
            {"type": "resume", "away": "", "reading": "1"} | {key: str(value) for key, value in said.items()}
        )

    def empty_store(self) -> None:
        """Forget what a peer has stored: the next trial begins with the same tokens."""
        for file in self.folder.glob(f"{self.store.name}*"):
            file.unlink()

    def vacate(self) -> None:
        """Forget who was connected to servers that were killed: they would count until their lease ends."""
        if self.database:
            self.run("manage.py", "shell", "--verbosity=0", "--command", VACATE_ELSEWHERE.format(VACATE))
            return
        with closing(sqlite3.connect(self.folder / "parley.sqlite3")) as database, database:
            for sql in VACATE:
                database.execute(sql)


def build(folder: Path, sizes: Mapping[str, int], like: House | None = None, database: str = "") -> House:
    """A new house of those sizes (bench/furnish.py), with the static files and the tables of another."""
    folder.mkdir()
    house = House(folder, database)
    if like is not None:
        (folder / "static").symlink_to(like.folder / "static")
        shutil.copy(like.folder / EMPTY, folder / "parley.sqlite3")
    options = [word for name, size in sizes.items() for word in (f"--{name}", str(size))]
    house.run("-m", "bench.furnish", str(folder), *options)
    template = house.fragment.read_text().replace("{body}", "{{ body|urlize|linebreaksbr }}")
    # The same fragment for Django's templates, in a folder that may hold nothing else of that name.
    (folder / "tutorial").mkdir()
    (folder / "tutorial" / "fragment.html").write_text(template.replace("{number}", "{{ number }}"))
    return house
