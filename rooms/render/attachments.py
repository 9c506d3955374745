"""Files, under a message."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from hypermedia.templates import macro
from rooms.models import Attachment
from rooms.models.values import MessageRow


def render_for(messages: Sequence[MessageRow]) -> dict[int, SafeString]:
    """The files of each of `messages` that has any, by its id. One query, or none."""
    with_files = [message.pk for message in messages if message.files]
    if not with_files:
        return {}
    found: dict[int, list[Attachment]] = {}
    for file in Attachment.objects.filter(message__in=with_files).order_by("pk"):
        found.setdefault(file.message_id or 0, []).append(file)
    render = macro("rooms/attachments.html", "files")
    return {pk: render(**by_display(files)) for pk, files in found.items()}


def by_display(files: Sequence[Attachment]) -> dict[str, list[Attachment]]:
    """Pictures, what is played, and the others: each is shown in its own way."""
    played = (Attachment.Kind.AUDIO, Attachment.Kind.VIDEO)
    return {
        "pictures": [file for file in files if file.kind == Attachment.Kind.IMAGE],
        "players": [file for file in files if file.kind in played],
        "others": [file for file in files if file.kind == Attachment.Kind.FILE],
    }
