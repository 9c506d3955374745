"""An empty Parley filled with people, rooms and messages, in a folder that goes with the run."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.environment import ROOT, environment

# One CSRF secret for all: the generator sends it as a cookie and in the form.
CSRF = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class House:
    """A folder of data that servers start from."""

    folder: Path

    @property
    def cookies(self) -> Path:
        """A line for each person: the header that says who they are."""
        return self.folder / "cookies"

    @property
    def fragment(self) -> Path:
        """The frame in which a message reaches a page, with {body} and {number} in their places."""
        return self.folder / "fragment.html"

    @property
    def environment(self) -> dict[str, str]:
        """What every server of this house is started with; the tutorial finds its template here."""
        return environment(self.folder) | {"BENCH_FRAGMENT": str(self.fragment), "LOG_LEVEL": "WARNING"}

    def run(self, *words: str) -> None:
        """Run Python with some arguments, on the data of this house."""
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        if done.returncode:
            sys.exit(f"python {' '.join(words)} failed:\n{done.stdout}{done.stderr}")

    def vacate(self) -> None:
        """Forget who was connected to servers that were killed: they would count until their lease ends."""
        with closing(sqlite3.connect(self.folder / "parley.sqlite3")) as database, database:
            database.execute("DELETE FROM live_connection")
            database.execute("DELETE FROM live_process")


def build(folder: Path, static: Path | None = None, **sizes: int) -> House:
    """A new house of those sizes (bench/furnish.py); `static` are collected files to share."""
    folder.mkdir()
    house = House(folder)
    if static is None:
        house.run("manage.py", "collectstatic", "--noinput", "--verbosity=0")
    else:
        (folder / "static").symlink_to(static)
    house.run("manage.py", "migrate", "--noinput", "--verbosity=0")
    options = [word for name, size in sizes.items() for word in (f"--{name}", str(size))]
    house.run("-m", "bench.furnish", str(folder), *options)
    template = house.fragment.read_text().replace("{body}", "{{ body|urlize|linebreaksbr }}")
    # The same fragment for Django's templates, in a folder that may hold nothing else of that name.
    (folder / "tutorial").mkdir()
    (folder / "tutorial" / "fragment.html").write_text(template.replace("{number}", "{{ number }}"))
    return house
