"""Why something cannot be done."""

from hypermedia.locales import sentence_in
from rooms.access import ARCHIVED
from rooms.models import Room


class Rejected(ValueError):
    """What was asked cannot be done; the text is a sentence for who asked.

    It may have been raised for several who post together, each in a language: then there are marks in it.
    """

    def __str__(self) -> str:
        return sentence_in(super().__str__())


def refuse_archived(room: Room) -> None:
    """Raise Rejected where a room can be read, and nothing more."""
    if room.archived_at is not None:
        raise Rejected(ARCHIVED)
