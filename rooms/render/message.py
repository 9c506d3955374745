"""Messages as they stand on a page: each rendered once, and kept for as long as it is as it was.

Their times and words are marks, which the way out fills in for each reader (hypermedia/locales.py).
"""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.safestring import SafeString

from hypermedia.cache import Key, kept, rendered
from hypermedia.locales import for_all_readers
from hypermedia.templates import macro
from rooms.markup.own_words import with_own_words
from rooms.models.values import MessageRow
from rooms.render.days import times_of
from rooms.render.pieces import Pieces, pieces_of


def _key(message: MessageRow) -> Key:
    """All that a row is made of: the revisions stand for what changes in the room, and for all names.

    They were read before the pieces, or with them: what is kept may be newer than its key, and never older.
    A database that was restored counts anew, and its messages have times of their own.
    """
    return (
        message.pk, message.revision, message.reply_to_revision, message.people_revision, message.posted_at,
        message.slug,
    )  # fmt: skip


def draw_row(message: MessageRow, pieces: Pieces) -> SafeString:
    """The row of a message, anew."""
    html = with_own_words(message.html)
    message = message if html is message.html else message._replace(html=html)
    return macro("rooms/message.html", "row")(message, permalink(message), pieces, times_of(message))


def permalink(message: MessageRow) -> str:
    """The address of a message."""
    return f"{_messages_of(message.slug)}{message.pk}/"


@kept("address")
def _messages_of(slug: str) -> str:
    """The address of a room's messages: made for each of them it would cost half of the row."""
    return reverse("message", args=(slug, 0)).removesuffix("0/")


def _rows(messages: Sequence[MessageRow]) -> list[SafeString]:
    """The rows of `messages`. What they are made of besides is asked for once, for all that are new."""
    kept_rows = [rendered.get("row", *_key(message)) for message in messages]
    with for_all_readers():
        pieces = pieces_of([message for message, row in zip(messages, kept_rows, strict=True) if row is None])
        return [
            rendered.put(draw_row(message, pieces[message.pk]), "row", *_key(message)) if row is None else row
            for message, row in zip(messages, kept_rows, strict=True)
        ]


def render_messages(messages: Sequence[MessageRow]) -> SafeString:
    """Their rows, as one string. Seven queries at most, and none for those that are kept."""
    return SafeString("".join(_rows(messages)))


def render_message(message: MessageRow) -> SafeString:
    """The row of one message."""
    return render_messages([message])


def render_focused_time(message: MessageRow) -> SafeString:
    """The time of a message, that link in its row, which takes the focus when it comes to a page."""
    return macro("rooms/message.html", "when")(times_of(message).time, permalink(message), has_focus=True)


def render_each(messages: Sequence[MessageRow]) -> list[tuple[MessageRow, SafeString]]:
    """Each of `messages` with its row, for a list that is no conversation."""
    return list(zip(messages, _rows(messages), strict=True))
