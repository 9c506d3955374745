"""What a message answers, above it."""

from collections.abc import Sequence
from html import unescape

from django.template.loader import get_template
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.plain_text import shortened
from hypermedia.fragments import hx_partial
from hypermedia.templates import macro
from rooms.models import Message, Room
from rooms.models.values import MessageRow

# Characters of the words that a quote repeats.
EXCERPT = 90


def render_for(messages: Sequence[MessageRow]) -> dict[int, SafeString]:
    """The quote above each of `messages` that answers another, by its id. One query, or none."""
    answers = {message.pk: message.reply_to_id for message in messages if message.reply_to_id}
    if not answers:
        return {}
    quoted = {one.pk: render_quote(one) for one in Message.objects.filter(pk__in=answers.values()).rows()}
    return {pk: quoted[parent] for pk, parent in answers.items() if parent in quoted}


def render_quote(message: MessageRow) -> SafeString:
    """A link to `message` that says who wrote it and how it begins, or that it is gone."""
    return macro("rooms/message.html", "quote")(message, quote_excerpt(message))


def quotes_changed(message: MessageRow) -> str:
    """The quotes of a message that was edited or deleted, wherever they are on the page."""
    return hx_partial(f"[data-quote='{message.pk}']:not(.of-first)", "outerHTML", render_quote(message))


def render_reply_target(message: MessageRow) -> SafeString:
    """For the composer: the quote of what is about to be answered, and a way out."""
    context = {"message": message, "quote": render_quote(message)}
    return SafeString(get_template("rooms/reply.html#answering").render(context))


def render_reply_target_in(room: Room, pk: int | None) -> SafeString:
    """The same, of the message `pk` in `room`; an empty text where there is no such message."""
    found = room.messages.visible().filter(pk=pk).rows() if pk else []
    return render_reply_target(found[0]) if found else SafeString("")


def quote_excerpt(message: MessageRow) -> str:
    """How `message` begins, in one line of plain text."""
    words = " ".join(unescape(strip_tags(message.html)).split())
    if not words and message.files:
        number = message.files
        return _("A file") if number == 1 else ngettext("%(n)d file", "%(n)d files", number) % {"n": number}
    return shortened(words, EXCERPT)
