"""What is behind its links, under a message."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from hypermedia.templates import macro
from rooms.models import Preview
from rooms.models.values import MessageRow


def render_for(messages: Sequence[MessageRow]) -> dict[int, SafeString]:
    """The previews under each of `messages` that has any, by its id. One query, or none."""
    # One that has not changed since it was posted has none yet.
    changed = [one.pk for one in messages if one.revision > one.first_revision]
    if not changed:
        return {}
    found: dict[int, list[Preview]] = {}
    for preview in Preview.objects.filter(message__in=changed).order_by("pk"):
        found.setdefault(preview.message_id, []).append(preview)
    render = macro("rooms/link_previews.html", "previews")
    return {pk: render(previews) for pk, previews in found.items()}
