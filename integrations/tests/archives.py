"""Archives for tests, as the programs write them: made of what a test says."""

import io
import json
import sqlite3
import tarfile
import zipfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from integrations.moving.report import Report
from integrations.moving.writer import Archive, move_in

# 2024-03-01, 09:00.
BEGIN = 1709283600


def moved(archive: Archive) -> Report:
    """What came of an archive that is moved in."""
    report = Report()
    with closing(archive):
        move_in(archive, report, lambda: None)
    return report


def zipped(path: Path, files: Mapping[str, Any]) -> Path:
    """A zip of texts, bytes, and values as JSON."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content if isinstance(content, (str, bytes)) else json.dumps(content))
    return path


def tarred(path: Path, files: Mapping[str, Any]) -> Path:
    """The same as a tar."""
    with tarfile.open(path, "w:gz") as file:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return path


def user(pk: str, name: str, email: str = "", **more: Any) -> dict[str, Any]:
    """Somebody in Slack's list."""
    profile = {"display_name": name.title(), "real_name": name.title(), "email": email}
    return {"id": pk, "team_id": "T1", "name": name, "profile": profile} | more


def said(seconds: float, author: str, text: str, **more: Any) -> dict[str, Any]:
    """A message of Slack's, so many seconds after the beginning."""
    return {"type": "message", "user": author, "text": text, "ts": f"{BEGIN + seconds:.6f}"} | more


USERS = [user("U1", "alice", "alice@example.org"), user("U2", "bob", "bob@example.org"), user("U3", "cid")]
CHANNEL = {"id": "C1", "name": "garden", "creator": "U1", "members": ["U1", "U2", "U3"]}
DAY = "garden/2024-03-01.json"


def slack(path: Path, messages: list[Any] | None = None, **files: Any) -> Path:
    """Slack's archive: what was said in one room, and `files` by their names without the end."""
    content = {"users.json": USERS, "channels.json": [CHANNEL], DAY: messages or []}
    return zipped(path / "slack.zip", content | {f"{name}.json": value for name, value in files.items()})


def sqlite(path: Path, statements: str) -> Path:
    """A database of SQLite."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(statements)
    return path
