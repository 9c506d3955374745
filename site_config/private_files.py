"""What is stored here is nobody else's on this machine to read, however it came to be.

New files are made so; those of an older version, or from a copy, are changed when a process starts.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

# For group and others: nothing.
OTHERS = 0o077


def keep_private() -> None:
    """Make what this process will write private, and what is stored already."""
    os.umask(OTHERS)
    for path in stored():
        try:
            if path.stat().st_mode & OTHERS:
                path.chmod(0o700 if path.is_dir() else 0o600)
        except FileNotFoundError:
            """Not there yet, or no longer."""
        except PermissionError:
            logger.warning("%s belongs to another user, and others may read it", path)


def stored() -> Iterator[Path]:
    """The databases on this disk, with what SQLite keeps beside them, and the folder of uploads."""
    names = [settings.DATA_DIR / "tasks.sqlite3", settings.DATA_DIR / "environment"]
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "database.sqlite":
        names.append(Path(database["NAME"]))
    for name in names:
        yield from (name.with_name(name.name + end) for end in ("", "-wal", "-shm", "-journal"))
    yield settings.MEDIA_ROOT
