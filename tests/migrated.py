"""A database to which all migrations were applied, kept beside the system's other temporary files.

To apply them takes longer than most files of tests: they are applied once for each state of the migrations.
"""

import fcntl
import hashlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from tests.environment import ROOT, environment

# What the database is called in a folder of data.
NAME = "parley.sqlite3"


def copy_to(path: Path) -> None:
    """Put a database of SQLite at `path` to which nothing but the migrations was done."""
    kept = Path(tempfile.gettempdir()) / f"parley-migrated-{digest()}.sqlite3"
    with kept.with_suffix(".lock").open("w") as lock:
        # Of several workers one applies them, and the others wait.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            migrate(kept)
    shutil.copyfile(kept, path)


def digest() -> str:
    """What the migrations, the packages whose migrations these are, and the settings come to."""
    ours = sorted(ROOT.glob("*/migrations/*.py"))
    whole = hashlib.sha256()
    for file in (*ours, ROOT / "requirements.txt", ROOT / "site_config" / "settings.py"):
        whole.update(file.name.encode() + file.read_bytes())
    return whole.hexdigest()[:16]


def migrate(path: Path) -> None:
    """Apply all migrations to a new database, and move it to `path` as one file."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / NAME
        command = [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity=0"]
        subprocess.run(command, cwd=ROOT, env=environment(Path(folder)), check=True)
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        half_copied = path.with_suffix(".new")
        shutil.copyfile(database, half_copied)
        half_copied.rename(path)
