"""Why something cannot be done."""

from rooms.access import ARCHIVED
from rooms.models import Room


class Rejected(ValueError):
    """What was asked cannot be done; the text is a sentence for who asked."""


def refuse_archived(room: Room) -> None:
    """Raise Rejected where a room can be read, and nothing more."""
    if room.archived_at is not None:
        raise Rejected(ARCHIVED)
