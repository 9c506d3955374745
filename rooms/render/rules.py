"""What a room asks of those who write in it, above its composer."""

from django.template.loader import get_template
from django.utils.safestring import SafeString

from rooms.access import ARCHIVED, FOR_MODERATORS
from rooms.models import Room


def rules_html(room: Room) -> SafeString:
    """Whether anybody writes there, or its moderators alone: the style hides the composer accordingly."""
    context = {"is": "", "sentence": ""}
    if room.archived_at is not None:
        context = {"is": " is-archived", "sentence": ARCHIVED}
    elif room.who_posts == Room.Who.MODERATORS:
        context = {"is": " for-moderators", "sentence": FOR_MODERATORS}
    return SafeString(get_template("rooms/rules.html").render(context))
