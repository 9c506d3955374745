"""What is behind the links of a message is shown under it."""

import html
import io
import logging
import re
from collections.abc import Collection, Iterable
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from httpx import Client
from PIL import Image

from rooms import broadcasts, links
from rooms.access import NotFound, may_delete
from rooms.actions.rejected import Rejected
from rooms.images import BadImage, remade
from rooms.models import Membership, Message, Preview
from rooms.models.message import Shown

logger = logging.getLogger(__name__)

# Links of one message that are looked behind: more would push away what others said.
PREVIEWS = 3


# A link in what rooms/markup.py makes.
LINK = re.compile(r'<a [^>]*?href="([^"]+)"')


def look_later(messages: Iterable[Shown]) -> None:
    """Let the worker look behind the links of `messages`, which were posted or edited."""
    from rooms.tasks import preview_links

    if settings.LINK_PREVIEWS:
        for message in messages:
            if previewable(message.html):
                preview_links.enqueue(message.pk)


def preview_links(message_id: int) -> None:
    """Look behind the links of a message, and show what is there: in the worker, for it takes its time."""
    message = Message.objects.standing().filter(pk=message_id).first()
    if message is None:
        return
    there = set(Preview.objects.filter(message=message).values_list("url", flat=True))
    wanted = [url for url in previewable(message.html) if url not in there]
    found = [preview for url in wanted if (preview := look_behind(url)) is not None]
    if found:
        _show(message_id, found)


def previewable(words: str) -> list[str]:
    """The first links in a message, as HTML, that lead elsewhere in the web."""
    found = dict.fromkeys(html.unescape(url) for url in LINK.findall(words))
    return [url for url in found if _is_elsewhere(url)][:PREVIEWS]


def _is_elsewhere(url: str) -> bool:
    try:
        place = urlsplit(url)
        return place.scheme in ("http", "https") and place.hostname not in (None, *settings.ALLOWED_HOSTS)
    except ValueError:
        return False


def look_behind(url: str) -> Preview | None:
    """What is at `url`, not stored yet; nothing where nothing can be shown."""
    with links.client() as web:
        try:
            page = links.describe(web, url)
        except links.Unreachable as reason:
            logger.info("No preview of %s: %s", url[:200], reason)
            return None
        preview = Preview(url=url, title=page.title, description=page.description, site=page.site)
        if page.picture:
            _add_picture(web, preview, page.picture)
    return preview


def _add_picture(web: Client, preview: Preview, url: str) -> None:
    """Keep a small copy of the page's picture; without one, the preview is words alone."""
    try:
        copy = remade(io.BytesIO(links.picture(web, url))).thumbnail
    except (links.Unreachable, BadImage) as reason:
        logger.info("No picture from %s: %s", url[:200], reason)
        return
    with Image.open(io.BytesIO(copy)) as picture:
        preview.width, preview.height = picture.size
    preview.image.save("previews/picture.webp", ContentFile(copy), save=False)


@transaction.atomic
def _show(message_id: int, found: list[Preview]) -> None:
    """Put previews under a message that still has their links."""
    message = Message.objects.select_related("room").get(pk=message_id)
    message.revision = message.room.next_revision()
    # Behind the room's lock: it may have been edited or deleted while we looked.
    message.refresh_from_db(fields=["html", "deleted_at"])
    still = previewable(message.html) if message.deleted_at is None else []
    _forget_pictures([preview for preview in found if preview.url not in still])
    for preview in found:
        preview.message = message
    Preview.objects.bulk_create([preview for preview in found if preview.url in still], ignore_conflicts=True)
    message.save(update_fields=["revision"])
    tell(message.pk)


def tell(message_id: int) -> None:
    """Tell the others, after the commit, that a message has changed. One query."""
    (shown,) = Message.objects.filter(pk=message_id).shown()
    transaction.on_commit(partial(broadcasts.message_changed, shown))


def _forget_pictures(previews: list[Preview]) -> None:
    for preview in previews:
        if preview.image:
            preview.image.delete(save=False)


def drop_previews(message: Message, still: Collection[str] = ()) -> None:
    """Delete what is behind links that a message has no longer, inside the transaction that changes it.

    `still` are the links that it has. Two queries at most.
    """
    gone = list(Preview.objects.filter(message=message).exclude(url__in=still))
    if gone:
        Preview.objects.filter(pk__in=[preview.pk for preview in gone]).delete()
        transaction.on_commit(partial(_forget_pictures, gone))


@transaction.atomic
def remove_preview(membership: Membership, preview: Preview) -> None:
    """Take a preview away: its message's author may, and a moderator."""
    message = preview.message
    if not may_delete(membership, message):
        raise Rejected("Only its author, or a moderator, can remove that preview.")
    revision = message.room.next_revision()
    if not Preview.objects.filter(pk=preview.pk).delete()[0]:
        raise NotFound
    Message.objects.filter(pk=message.pk).update(revision=revision)
    transaction.on_commit(partial(_forget_pictures, [preview]))
    tell(message.pk)
