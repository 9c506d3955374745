"""Looking behind the links of a message, which the worker does: it takes its time."""

import logging
import uuid
from concurrent.futures import ThreadPoolExecutor

from django.core.files.base import ContentFile

from accounts import stored_files
from accounts.plain_text import clean_line, shortened
from rooms.access import NotFound
from rooms.actions.link_previews import PREVIEWS_PER_MESSAGE, previewable_links
from rooms.actions.message_change import change_message
from rooms.files.images import Thumbnail
from rooms.files.look import Findings, NothingFound, look_behind
from rooms.models import Message, Preview
from rooms.models.preview import host_of

logger = logging.getLogger(__name__)

# As long as they are kept.
TITLE_LENGTH = Preview._meta.get_field("title").max_length or 0
DESCRIPTION_LENGTH = Preview._meta.get_field("description").max_length or 0
SITE_LENGTH = Preview._meta.get_field("site").max_length or 0


def preview_links(message_id: int) -> None:
    """Look behind the links of a message, and show what is there: in the worker, for it takes its time.

    All of them at once: one that never answers keeps no other waiting.
    """
    message = Message.objects.visible().filter(pk=message_id).first()
    if message is None:
        return
    there = set(Preview.objects.filter(message=message).values_list("url", flat=True))
    wanted = [url for url in previewable_links(message.html) if url not in there]
    with ThreadPoolExecutor(PREVIEWS_PER_MESSAGE) as threads:
        looked = list(zip(wanted, threads.map(_findings, wanted), strict=True))
    found = [preview for url, findings in looked if findings and (preview := _preview(url, findings))]
    if found:
        _show_or_forget(message_id, found)


def _findings(url: str) -> Findings | None:
    try:
        return look_behind(url)
    except NothingFound as reason:
        logger.info("No preview of %s: %s", url[:200], reason)
        return None


def _preview(url: str, findings: Findings) -> Preview | None:
    """What is at `url`, not stored yet; None where nothing that it is called can be seen."""
    title = shortened(clean_line(findings.title), TITLE_LENGTH)
    if not title:
        return None
    preview = Preview(
        url=url, title=title,
        description=shortened(clean_line(findings.description), DESCRIPTION_LENGTH),
        site=_site(host_of(findings.place), clean_line(findings.site)),
    )  # fmt: skip
    if findings.picture:
        _keep_picture(preview, findings.picture)
    return preview


def _keep_picture(preview: Preview, picture: Thumbnail) -> None:
    """Store it; where it cannot be stored, the preview is one without a picture."""
    try:
        preview.image.save(f"previews/{uuid.uuid4().hex}.webp", ContentFile(picture.content), save=False)
    except OSError as error:
        logger.warning("The picture of a preview could not be stored: %s", error)
        preview.image.name = ""
    else:
        preview.width, preview.height = picture.width, picture.height


def _site(host: str, name: str) -> str:
    """The host, and what it calls itself: anybody can call themselves anything."""
    says_more = name and name.lower() not in (host, host.removeprefix("www."))
    return shortened(f"{host}{Preview.BETWEEN}{name}" if says_more else host, SITE_LENGTH)


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
                stored_files.remove(*preview.stored_names)


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
