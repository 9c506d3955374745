"""Reactions, under a message."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from rooms.models.message import Shown


def of(messages: Sequence[Shown]) -> dict[int, SafeString]:
    """The reactions of each of `messages` that has any, by its id. One query."""
    return {}
