"""What a room asks of those who write in it, above its composer."""

from functools import cache

from django.template.loader import get_template
from django.utils.safestring import SafeString

from rooms.access import ARCHIVED, FOR_MODERATORS
from rooms.models import Room


def rules_html(room: Room) -> SafeString:
    """Whether anybody writes there, or its moderators alone: the style hides the composer accordingly."""
    if room.archived_at is not None:
        return _rules(" is-archived", ARCHIVED)
    if room.who_posts == Room.Who.MODERATORS:
        return _rules(" for-moderators", FOR_MODERATORS)
    return _rules("", "")


@cache
def _rules(kind: str, sentence: str) -> SafeString:
    """There are three."""
    return SafeString(get_template("rooms/rules.html").render({"is": kind, "sentence": sentence}))
