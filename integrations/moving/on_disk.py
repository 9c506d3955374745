"""What an archive says in an order of its own, put in order on disk: a million messages need no memory."""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from itertools import batched
from pathlib import Path
from typing import Any

from django.conf import settings

ROWS_AT_ONCE = 1000


class SortedOnDisk:
    """Values by a number, and others by a name that they belong to; gone when it is closed."""

    def __init__(self) -> None:
        settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
        # Where there is room for files.
        self._folder = tempfile.TemporaryDirectory(dir=settings.MEDIA_ROOT, prefix="import-")
        self._database = sqlite3.connect(Path(self._folder.name) / "sorted.sqlite3", check_same_thread=False)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE value (at REAL, value TEXT); CREATE TABLE beside (name TEXT, value TEXT);"
        )
        self.count = 0

    def put(self, values: Iterable[tuple[float, Any]]) -> None:
        """Keep values by their numbers."""
        for some in batched(values, ROWS_AT_ONCE):
            rows = [(at, json.dumps(value)) for at, value in some]
            self._database.executemany("INSERT INTO value VALUES (?, ?)", rows)
            self.count += len(rows)

    def put_beside(self, values: Iterable[tuple[str, Any]]) -> None:
        """Keep values by what they belong to."""
        for some in batched(values, ROWS_AT_ONCE):
            rows = [(name, json.dumps(value)) for name, value in some]
            self._database.executemany("INSERT INTO beside VALUES (?, ?)", rows)

    def sort(self) -> None:
        """All is kept: from now on it is read."""
        self._database.executescript(
            "CREATE INDEX places ON value (at); CREATE INDEX names ON beside (name);"
        )

    def values(self) -> Iterator[Any]:
        """All of them, the lowest number first; of two with the same the one that was kept first."""
        for (value,) in self._database.execute("SELECT value FROM value ORDER BY at, rowid"):
            yield json.loads(value)

    def beside(self, name: str) -> list[Any]:
        """What belongs to that."""
        found = self._database.execute("SELECT value FROM beside WHERE name = ? ORDER BY rowid", [name])
        return [json.loads(value) for (value,) in found]

    def close(self) -> None:
        """Forget all of it."""
        self._database.close()
        self._folder.cleanup()
