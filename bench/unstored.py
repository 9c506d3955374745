"""Parley as it ships, except that what is said over a room's socket is told and not stored.

What is left out is `rooms.actions.post_message` and its visit to a database thread; the row, the
event on the layer, the hub and the server are Parley's own. So the difference between this and
Parley itself is the cost of storing. The limit on how fast one page may send is lifted as well: it
would end the trials that have few sockets.
"""

import itertools
from typing import Any

from site_config.asgi import application  # isort: skip  (it sets Django up)

from django.utils import timezone

from live import bus
from live import consumers as live_consumers
from live.database import in_database
from live.fragments import seen
from live.frames import field
from rooms import access, fragments
from rooms.consumers import RoomConsumer
from rooms.models import Membership, Message

__all__ = ["application"]

numbers = itertools.count(1_000_000)
memberships: dict[RoomConsumer, Membership] = {}


async def post_from(consumer: RoomConsumer, frame: dict[str, Any]) -> None:
    """Tell the room what the composer sent, in the frame that a stored message would have come in."""
    membership = memberships.get(consumer)
    if membership is None:
        person_id = consumer.open_socket.person_id
        membership = memberships[consumer] = await in_database(access.membership)(person_id, consumer.slug)
    number = next(numbers)
    message = Message(
        pk=number, room=membership.room, author=membership.person, body=field(frame, "body"),
        first_revision=number, revision=number, posted_at=timezone.now(), starts_day=False,
    )  # fmt: skip
    event = {
        "html": fragments.posted(message.shown) + seen(number),
        "json": [fragments.as_json(message.shown)],
    }
    rest = {"kind": "fragment", "revision": None, "changes": 1, "news": 0, "besides": None}
    await bus.send(membership.room.group, event | rest)
    consumer.write(fragments.fresh_composer())


live_consumers.FRAME_RATE = 1e6
live_consumers.FRAME_BURST = 1_000_000
RoomConsumer.post_from = post_from  # type: ignore[method-assign, assignment]
