"""A look behind a link: a process looks (looker.py, picture_looker.py), and is ended when time is over."""

import base64
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.pictures import SquarePicture
from rooms.files.apart import said_by
from rooms.files.images import Thumbnail

# Seconds for all of one look, whatever the other side does; and for its process to start and to end besides.
# Two that take as long as they may, and a third that waits for them, are through in ten.
TIME_LIMIT = 6.0
START_LIMIT = 3.0


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
    wanted = {"url": url, "networks": settings.LINK_PREVIEW_NETWORKS}
    found = said_by("rooms.files.looker", wanted, TIME_LIMIT, START_LIMIT)
    if "title" not in found:
        raise NothingFound(found.get("problem", found["ended"]))
    return Findings(found["place"], found["title"], found["description"], found["site"], _picture(found))


def look_at_picture(url: str) -> SquarePicture:
    """The picture at `url`, as a square. Raises NothingFound."""
    wanted = {"url": url, "networks": settings.LINK_PREVIEW_NETWORKS}
    found = said_by("rooms.files.picture_looker", wanted, TIME_LIMIT, START_LIMIT)
    if "large" not in found:
        raise NothingFound(found.get("problem", found["ended"]))
    return SquarePicture(base64.b64decode(found["small"]), base64.b64decode(found["large"]))


def _picture(found: dict[str, Any]) -> Thumbnail | None:
    if "picture" not in found:
        return None
    return Thumbnail(base64.b64decode(found["picture"]), found["width"], found["height"])
