"""For bin/run and bin/dev: one of them at a time on a folder of data, unless Redis makes several one site.

python bin/alone.py      leaves with a sentence where another is at work
"""

import fcntl
import os
import sys
from pathlib import Path
from typing import IO

import environ


def read_settings() -> Path:
    """Read what stands in DATA_DIR, as the settings do: the real environment wins. The folder."""
    folder = Path(os.environ["DATA_DIR"])
    if (folder / "environment").exists():
        environ.Env.read_env(folder / "environment")
    return folder


def hold() -> IO[str]:
    """Hold the folder for as long as what this gives is open. Leaves with a sentence where another does."""
    folder = read_settings()
    mark = os.open(folder / "running", os.O_RDWR | os.O_CREAT, 0o600)
    held = os.fdopen(mark, "r+")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        if os.environ.get("REDIS_URL"):
            return held
        sys.exit(
            f"Parley is running already with the data in {folder}{place_in(held.read())}, and two would not"
            " know of each other. End that, name another folder (DATA_DIR=… bin/run),"
            " or set REDIS_URL for both."
        )
    held.truncate(0)
    held.write(f"{os.environ['HOST']}:{os.environ['PORT']}")
    held.flush()
    return held


def place_in(mark: str) -> str:
    """Where the other listens, as it has written it down."""
    return f", at {mark}" if mark else ""


if __name__ == "__main__":
    hold()
