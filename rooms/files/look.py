"""A look behind a link: a process looks (rooms/files/looker.py), and is ended when its time is over."""

import base64
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from rooms.files.images import Thumbnail

# Seconds for all of one look, whatever the other side does; and for its process to start and to end besides.
# Two that take as long as they may, and a third that waits for them, are through in ten.
TIME_LIMIT = 6.0
START_LIMIT = 3.0
# Of the environment, what Python may need to start; no secrets.
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")
TOO_LONG = "takes too long"


class NothingFound(Exception):
    """There is nothing to show of a link; the text says why, for the log."""


@dataclass(frozen=True)
class Findings:
    """What is behind a link: as a page describes itself, which may be anything and of any length."""

    # Where the link led in the end.
    place: str
    title: str
    description: str
    site: str
    picture: Thumbnail | None


def look_behind(url: str) -> Findings:
    """What is behind `url`; what was found when the time was over. Raises NothingFound."""
    wanted = {"url": url, "networks": settings.LINK_PREVIEW_NETWORKS, "seconds": TIME_LIMIT}
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "rooms.files.looker"],
            input=json.dumps(wanted).encode() + b"\n",
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
            timeout=TIME_LIMIT + START_LIMIT,
            cwd=settings.BASE_DIR, env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
        )  # fmt: skip
        said = ended.stdout
        why = TOO_LONG if ended.returncode == -signal.SIGALRM else f"the look ended with {ended.returncode}"
    except subprocess.TimeoutExpired as late:
        said, why = late.stdout or b"", TOO_LONG
    # What follows the last end of a line was cut off.
    found: dict[str, Any] = {}
    for line in said.split(b"\n")[:-1]:
        found |= json.loads(line)
    if "title" not in found:
        raise NothingFound(found.get("problem", why))
    return Findings(found["place"], found["title"], found["description"], found["site"], _picture(found))


def _picture(found: dict[str, Any]) -> Thumbnail | None:
    if "picture" not in found:
        return None
    return Thumbnail(base64.b64decode(found["picture"]), found["width"], found["height"])
