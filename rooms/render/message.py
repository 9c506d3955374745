"""Messages as they stand on a page: each rendered once, and kept for as long as it is as it was."""

import datetime
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache

from django.template.defaultfilters import pluralize
from django.template.loader import get_template
from django.urls import reverse
from django.utils import dateformat
from django.utils.safestring import SafeString

from accounts.models import colour_of, initials_of
from hypermedia import precompiled
from rooms.models.values import MessageRow, site_time
from rooms.render.pieces import Pieces, pieces_of

# Rows that are kept rendered: some 15 MB.
ROWS_CACHED = 20_000


class Rows:
    """The rendered rows of one process, the least used ones dropped first."""

    def __init__(self) -> None:
        self.kept: OrderedDict[tuple[object, ...], SafeString] = OrderedDict()

    def of(self, messages: Sequence[MessageRow]) -> list[SafeString]:
        """The rows of `messages`. What they are made of besides is asked for once, for all that are new."""
        found = {_key(message): self._take(_key(message)) for message in messages}
        new = [message for message in messages if found[_key(message)] is None]
        pieces = pieces_of(new)
        for message in new:
            found[_key(message)] = self._keep(message, _render(message, pieces[message.pk]))
        return [row for row in found.values() if row is not None]

    def _take(self, key: tuple[object, ...]) -> SafeString | None:
        row = self.kept.pop(key, None)
        if row is not None:
            self.kept[key] = row
        return row

    def _keep(self, message: MessageRow, row: SafeString) -> SafeString:
        self.kept[_key(message)] = row
        if len(self.kept) > ROWS_CACHED:
            self.kept.popitem(last=False)
        return row


def _key(message: MessageRow) -> tuple[object, ...]:
    """All that a row is made of: the revisions stand for what changes in the room, and for all names.

    They were read before the pieces, or with them: what is kept may be newer than its key, and never older.
    A database that was restored counts anew, and its messages have times of their own.
    """
    return (
        message.pk, message.revision, message.reply_to_revision, message.people_revision, message.posted_at,
    )  # fmt: skip


def _render(message: MessageRow, pieces: Pieces) -> SafeString:
    html = precompiled.render_precompiled("rooms/message.html", template_context(message) | pieces._asdict())
    return SafeString(html.strip())


def template_context(message: MessageRow) -> dict[str, object]:
    """What stands in a row; the template asks at most whether there is a value."""
    at = site_time(message.posted_at)
    day, place = at.date(), (message.slug, message.pk)
    return {
        "message": message,
        "permalink": f"{_messages_of(message.slug)}{message.pk}/",
        "versions": reverse("message_versions", args=place) if message.edited_at else "",
        "thread": reverse("thread", args=place) if message.replies else "",
        "answers": f"{message.replies} answer{pluralize(message.replies)}",
        "text": SafeString(message.html),
        # A nought would not be there.
        "colour": str(colour_of(message.author_id, message.hue)),
        "initials": initials_of(message.name),
        "when": at.isoformat(timespec="seconds"),
        "clock": f"{at:%H:%M}",
        "date": day.isoformat(),
        "day": format_date(day, "j M Y"),
        "starts_day": format_date(day, "l j F Y") if message.starts_day else "",
        "starts_group": message.starts_group,
        "is_action": message.is_action,
        "is_pinned": message.pinned_at is not None,
        "is_gone": message.deleted_at is not None,
    }


@lru_cache(2000)
def _messages_of(slug: str) -> str:
    """The address of a room's messages: made for each of them it would cost a fifth of the row."""
    return reverse("message", args=(slug, 0)).removesuffix("0/")


@lru_cache
def format_date(day: datetime.date, words: str) -> str:
    """A day as the template filter `date` writes it: many rows have the same."""
    return dateformat.format(day, words)


_rows = Rows()


def render_messages(messages: Sequence[MessageRow]) -> SafeString:
    """Their rows, as one string. Four queries at most, and none for those that are kept."""
    return SafeString("".join(_rows.of(messages)))


def render_message(message: MessageRow) -> SafeString:
    """The row of one message."""
    return render_messages([message])


def render_focused_time(message: MessageRow) -> SafeString:
    """The time of a message, that link in its row, which takes the focus when it comes to a page."""
    context = template_context(message) | {"has_focus": True}
    return SafeString(get_template("rooms/message.html#when").render(context))


def render_each(messages: Sequence[MessageRow]) -> list[tuple[MessageRow, SafeString]]:
    """Each of `messages` with its row, for a list that is no conversation."""
    return list(zip(messages, _rows.of(messages), strict=True))
