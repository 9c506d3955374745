"""What a message answers, above it."""

from collections.abc import Sequence

from django.template.loader import get_template
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from rooms.models import Message
from rooms.models.message import Shown

# Characters of the words that a quote repeats.
EXCERPT = 90


def of(messages: Sequence[Shown]) -> dict[int, SafeString]:
    """The quote above each of `messages` that answers another, by its id. One query, or none."""
    answers = {message.pk: message.reply_to_id for message in messages if message.reply_to_id}
    if not answers:
        return {}
    quoted = {one.pk: one for one in Message.objects.filter(pk__in=answers.values()).shown()}
    template = get_template("rooms/message.html#quote")
    html = {pk: SafeString(template.render(context(one))) for pk, one in quoted.items()}
    return {pk: html[parent] for pk, parent in answers.items() if parent in html}


def context(message: Shown) -> dict[str, object]:
    """What a quote of `message` shows: its author and how it begins, or that it is gone."""
    return {"message": message, "excerpt": excerpt(message), "is_gone": message.deleted_at is not None}


def excerpt(message: Shown) -> str:
    """How `message` begins, in one line of plain text."""
    words = " ".join(strip_tags(message.html).split())
    return Truncator(words).chars(EXCERPT)
