"""What is stored is its owner's alone, however it came to be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import ROOT, environment

# As any request does: a row in the database, a task in the queue, a file that somebody sent.
USE = """
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from huey.contrib.djhuey import HUEY
connection.cursor().execute("SELECT 1")
HUEY.storage.enqueue(b"x")
default_storage.save("ab/abc", ContentFile(b"x"))
"""
STORED = ("parley.sqlite3", "tasks.sqlite3", "uploads", "uploads/ab", "uploads/ab/abc")


def run(folder: Path, *words: str) -> None:
    """manage.py, for somebody whose new files everybody may read."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT, env=environment(folder), capture_output=True, text=True, umask=0o022, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def modes(folder: Path) -> dict[str, int]:
    """What others may do with what is in a folder of data."""
    return {str(path.relative_to(folder)): path.stat().st_mode & 0o077 for path in folder.rglob("*")}


def test_it_is_made_so(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    run(folder, "migrate", "--noinput", "--verbosity=0")
    run(folder, "shell", "--verbosity=0", "--command", USE)

    found = modes(folder)
    assert set(STORED) <= found.keys()
    assert not any(found.values())
    assert folder.stat().st_mode & 0o077 == 0


def test_what_was_there_before_is_made_so(tmp_path: Path) -> None:
    os.umask(0o022)
    names = [f"{name}{end}" for name in ("parley.sqlite3", "tasks.sqlite3") for end in ("", "-wal", "-shm")]
    for name in names:
        (tmp_path / name).touch(0o644)
    (tmp_path / "uploads").mkdir(0o755)
    run(tmp_path, "check")

    found = modes(tmp_path)
    assert not any(found.get(name) for name in (*names, "uploads"))


@pytest.fixture(autouse=True)
def as_before():
    """The mask of this process."""
    before = os.umask(0o077)
    os.umask(before)
    yield
    os.umask(before)


def test_what_everybody_is_sent_anyway_can_be_read_by_another_user(tmp_path: Path) -> None:
    """An image is made by root, and runs as somebody else."""
    run(tmp_path, "collectstatic", "--noinput", "--verbosity=0")

    files = [path for path in (tmp_path / "static").rglob("*") if path.suffix == ".css"]
    assert files
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in files)
    assert (tmp_path / "static" / "css").stat().st_mode & 0o055 == 0o055
    assert "chmod -R a+rX /parley/collected" in (ROOT / "Dockerfile").read_text()
