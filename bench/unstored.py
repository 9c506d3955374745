"""Parley as it ships, except that what is said over a room's socket is told and not stored.

What is left out is the transaction of `post_messages` in rooms/actions/messages_post.py. That messages are
posted together, in a database thread, their Markdown, the row, the event on the layer, the hub and the server
are Parley's own: so the difference between this and Parley itself is the cost of storing. The limit on how
fast one page may send is lifted as well: it would end the trials that have few sockets.
"""

import itertools
from collections.abc import Sequence
from typing import Any

from site_config.asgi import application  # isort: skip  (it sets Django up)

from django.utils import timezone

from hypermedia.fragments import seen_input
from live import bus
from live import consumers as live_consumers
from live.server_process import ServerProcess
from rooms import broadcasts
from rooms.actions import messages_post
from rooms.actions.messages_prepare import NewMessage, clean_body
from rooms.markup import render_markup
from rooms.models import Membership, Message
from rooms.models.values import AuthorRef, MessageRow

__all__ = ["application"]

publish_fragment = bus.publish_fragment
numbers = itertools.count(1_000_000)
places: dict[int, AuthorRef] = {}


def post_messages(wanted: Sequence[NewMessage]) -> list[MessageRow]:
    """Tell the rooms what their members want to say."""
    unknown = {one.membership_id for one in wanted} - places.keys()
    if unknown:
        places.update(Membership.objects.authors(unknown))
    said = list(map(said_by, wanted))
    broadcasts.messages_posted(said)
    return said


def said_by(one: NewMessage) -> MessageRow:
    """The message that would have been stored."""
    place, number = places[one.membership_id], next(numbers)
    body = clean_body(one.text)
    message = Message(
        room_id=place.room_id, author_id=place.author_id, body=body, html=render_markup(body, {}).html,
        pk=number, number=number, first_revision=number, revision=number, posted_at=timezone.now(),
        previous_at=timezone.now(),
    )  # fmt: skip
    return message.row_by(place)


def publish_unnumbered(group: str, html: str, *, revision: int | None = None, **rest: Any) -> None:
    """Tell of a change that has no number, for the room in the database stays as it is."""
    publish_fragment(group, html + (seen_input(revision) if revision else ""), **rest)


messages_post.post_messages = post_messages  # type: ignore[assignment]
bus.publish_fragment = publish_unnumbered
live_consumers.FRAME_RATE = 1e6
live_consumers.FRAME_BURST = 1_000_000


async def always(*_: object) -> bool:
    """Nothing waits for what has no number."""
    return True


ServerProcess.has_pushed = always  # type: ignore[assignment]
