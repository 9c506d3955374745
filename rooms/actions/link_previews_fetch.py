"""Looking behind the links of a message, which the worker does: it takes its time."""

import io
import logging

from django.core.files.base import ContentFile
from django.db import transaction
from httpx import Client
from PIL import Image

from rooms.actions.link_previews import announce_change, previewable_links
from rooms.files import fetch
from rooms.files.images import BadImage, reencode
from rooms.models import Message, Preview
from rooms.models.room import take_revisions

logger = logging.getLogger(__name__)


def preview_links(message_id: int) -> None:
    """Look behind the links of a message, and show what is there: in the worker, for it takes its time."""
    message = Message.objects.visible().filter(pk=message_id).first()
    if message is None:
        return
    there = set(Preview.objects.filter(message=message).values_list("url", flat=True))
    wanted = [url for url in previewable_links(message.html) if url not in there]
    found = [preview for url in wanted if (preview := fetch_preview(url)) is not None]
    if found:
        _show_or_forget(message_id, found)


def fetch_preview(url: str) -> Preview | None:
    """What is at `url`, not stored yet; nothing where nothing can be shown."""
    with fetch.guarded_client() as web:
        try:
            page = fetch.describe(web, url)
        except fetch.Unreachable as reason:
            logger.info("No preview of %s: %s", url[:200], reason)
            return None
        preview = Preview(url=url, title=page.title, description=page.description, site=page.site)
        if page.picture:
            _add_picture(web, preview, page.picture)
    return preview


def _add_picture(web: Client, preview: Preview, url: str) -> None:
    """Keep a small copy of the page's picture; without one, the preview is words alone."""
    try:
        copy = reencode(io.BytesIO(fetch.fetch_picture(web, url))).thumbnail
    except (fetch.Unreachable, BadImage) as reason:
        logger.info("No picture from %s: %s", url[:200], reason)
        return
    with Image.open(io.BytesIO(copy)) as picture:
        preview.width, preview.height = picture.size
    preview.image.save("previews/picture.webp", ContentFile(copy), save=False)


def _show_or_forget(message_id: int, found: list[Preview]) -> None:
    """Put previews under a message, and delete the pictures of those that have no place there any longer."""
    shown: list[Preview] = []
    try:
        shown = _show(message_id, found)
    finally:
        for preview in found:
            if preview not in shown:
                preview.image.delete(save=False)


@transaction.atomic
def _show(message_id: int, found: list[Preview]) -> list[Preview]:
    """Put those previews under a message whose links it still has and nobody put there before; give them."""
    rooms = Message.objects.filter(pk=message_id).values_list("room", flat=True)
    taken = take_revisions(dict.fromkeys(rooms, 1))
    # Behind the room's lock: the message may have been edited or deleted while we looked, or be gone with
    # its room, and another worker may have looked as well.
    message = Message.objects.visible().filter(pk=message_id).first()
    if message is None or message.room_id not in taken:
        return []
    there = set(message.previews.values_list("url", flat=True))
    wanted = set(previewable_links(message.html)) - there
    shown = [preview for preview in found if preview.url in wanted]
    for preview in shown:
        preview.message = message
    Preview.objects.bulk_create(shown)
    message.revision, _ = taken[message.room_id]
    message.save(update_fields=["revision"])
    announce_change(message.pk)
    return shown
