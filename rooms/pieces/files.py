"""Files, under a message."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from rooms.models.message import Shown


def of(messages: Sequence[Shown]) -> dict[int, SafeString]:
    """The files of each of `messages` that has any, by its id. One query."""
    if not any(message.files for message in messages):
        return {}
    return {}
