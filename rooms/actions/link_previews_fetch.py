"""Looking behind the links of a message, which the worker does: it takes its time."""

import io
import logging

from django.core.files.base import ContentFile
from httpx import Client
from PIL import Image

from rooms.access import NotFound
from rooms.actions.link_previews import previewable_links
from rooms.actions.message_change import change_message
from rooms.files import fetch
from rooms.files.images import BadImage, reencode
from rooms.models import Message, Preview

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
    """What is at `url`, not stored yet; None where nothing can be shown."""
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
        message = Message.objects.get(pk=message_id)
        change_message(message, lambda: shown.extend(_add(message_id, found)))
    except (Message.DoesNotExist, NotFound):
        # The message was deleted while we looked, or is gone with its room.
        shown.clear()
    except BaseException:
        shown.clear()
        raise
    finally:
        for preview in found:
            if preview not in shown:
                preview.image.delete(save=False)


def _add(message_id: int, found: list[Preview]) -> list[Preview]:
    """Store those previews whose links a message still has and nobody has looked behind; give them."""
    message = Message.objects.undeleted().filter(pk=message_id).first()
    if message is None:
        raise NotFound
    there = set(message.previews.values_list("url", flat=True))
    wanted = set(previewable_links(message.html)) - there
    new = [preview for preview in found if preview.url in wanted]
    for preview in new:
        preview.message = message
    Preview.objects.bulk_create(new)
    return new
