"""Files go with messages."""

from collections.abc import Sequence

from rooms.models import Message


def attach(files: Sequence[tuple[Message, tuple[int, ...]]]) -> None:
    """Give each message the files that its author uploaded for it."""
