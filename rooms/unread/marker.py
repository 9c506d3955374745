"""Where somebody left off: a line above the first message that is new to them."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, QuerySet, Window
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString

from hypermedia.fragments import hx_partial
from rooms.models import Message, Room
from rooms.models.values import MessageRow
from rooms.render.message import render_messages
from rooms.render.room_page import is_news

# What came so recently, to somebody whose page of the room is open, they have seen there: it is written
# down every few seconds (rooms/unread/tracker.py).
JUST_NOW = datetime.timedelta(seconds=5)


class MarkedRows(NamedTuple):
    """The rows of a page, with the line among them; or what is new and began before that page."""

    rows: SafeString
    earlier: Message | None = None
    news: int = 0


def mark_new_messages(room: Room, page: Sequence[MessageRow], read: int, *, is_here: bool) -> MarkedRows:
    """The newest page of `room`, for somebody who had read up to `read`; `is_here` if they have it open.

    One query, none where what is new begins on that page.
    """
    at = next((place for place, one in enumerate(page) if one.number > read and is_news(one)), None)
    if at is None or (is_here and page[at].posted_at > timezone.now() - JUST_NOW):
        return MarkedRows(render_messages(page))
    if at == 0 and page[0].number > read + 1:
        new = messages_after(room.pk, read).annotate(news=Window(Count("pk")))
        earlier = new.only("pk", "posted_at").first()
        if earlier is not None and earlier.pk < page[0].pk:
            return MarkedRows(render_messages(page), earlier, earlier.news)
    return MarkedRows(
        SafeString(render_messages(page[:at]) + marker_line(page[at].pk) + render_messages(page[at:]))
    )


def marker_line(first: int) -> SafeString:
    """The line above the message with the id `first`: its own id puts it there, where rows are sorted."""
    return SafeString(get_template("rooms/unread.html#line").render({"before": first - 1}))


def move_marker(first: int) -> str:
    """Move the line on an open page to above the message with the id `first`."""
    return hx_partial(".new-line", "delete") + hx_partial("#messages", "upsert sort", marker_line(first))


def marker_after(room_id: int, read: int) -> str:
    """The line on an open page, above what came after the message with the number `read`. One query."""
    first = messages_after(room_id, read).values_list("pk", flat=True).first()
    return move_marker(first) if first is not None else ""


def messages_after(room_id: int, read: int) -> QuerySet[Message]:
    """What came after the message with the number `read`, and was not deleted."""
    return Message.objects.undeleted().filter(room=room_id, number__gt=read).order_by("number")
