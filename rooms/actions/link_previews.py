"""What is behind the links of a message is shown under it: the worker looks (link_previews_fetch.py)."""

import html
import re
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from rooms.access import NotFound, may_delete
from rooms.actions.message_change import change_message
from rooms.actions.rejected import Rejected
from rooms.models import Membership, Message, Preview
from rooms.models.values import MessageRow

# Links of one message that are looked behind: more would push away what others said.
PREVIEWS_PER_MESSAGE = 3
# Of a link, characters.
URL_LENGTH = Preview._meta.get_field("url").max_length or 0

# Sent after the commit of a message with links that can be previewed: `message_id`.
links_found = Signal()

# A link in what rooms/markup/ makes.
LINK = re.compile(r'<a [^>]*?href="([^"]+)"')


def enqueue_previews(messages: Iterable[MessageRow]) -> None:
    """Have somebody look behind the links of `messages`, which were posted or edited.

    Not of a bot's, which says what there is to say of each of its links.
    """
    if settings.LINK_PREVIEWS:
        for message in messages:
            if not message.is_bot and previewable_links(message.html):
                links_found.send(sender=Message, message_id=message.pk)


def previewable_links(words: str) -> list[str]:
    """The first links in a message, as HTML, that lead elsewhere in the web, and that can be kept."""
    found = dict.fromkeys(html.unescape(url) for url in LINK.findall(words))
    return [url for url in found if len(url) <= URL_LENGTH and _is_elsewhere(url)][:PREVIEWS_PER_MESSAGE]


def _is_elsewhere(url: str) -> bool:
    try:
        place = urlsplit(url)
        return place.scheme in ("http", "https") and place.hostname not in (None, *settings.ALLOWED_HOSTS)
    except ValueError:
        return False


def drop_previews(message: Message, still: Collection[str] = ()) -> None:
    """Delete what is behind links that a message has no longer, inside the transaction that changes it.

    `still` are the links that it has. Two queries at most.
    """
    Preview.objects.filter(message=message).exclude(url__in=still).delete()


def remove_preview(membership: Membership, message: Message, preview: Preview) -> None:
    """Take a preview of `message` away: its author may, and a moderator. Raises Rejected, NotFound."""
    if not may_delete(membership, message):
        raise Rejected(_("Only its author, or a moderator, can remove that preview."))

    def remove() -> None:
        if not Preview.objects.filter(pk=preview.pk).delete()[0]:
            raise NotFound

    change_message(message, remove)
