"""What a room asks of those who write in it, above its composer."""

from functools import cache

from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from hypermedia.locales import for_all_readers
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
def _rules(kind: str, sentence: str | Promise) -> SafeString:
    """There are three, with marks for the words of each language."""
    with for_all_readers():
        return SafeString(get_template("rooms/rules.html").render({"is": kind, "sentence": sentence}))
