"""What is told to every process: through the Channels layer, one channel a process.

An event is a dict of plain values with a `kind`. Apps say what a kind means with `on`; the
process hands each event to that handler, in its event loop.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from live.counters import PUBLISH_FAILURES
from live.outages import AWAY, Outage

if TYPE_CHECKING:
    from live.process import LiveProcess

logger = logging.getLogger(__name__)

# The group of every process in the layer, and of every socket in the hub.
EVERYONE = "everyone"

# Seconds that the layer gets for one event: whoever acts waits for it.
PATIENCE = 2.0

outage = Outage(
    logger,
    "Redis does not answer: pages in other processes learn what happens when these look into the database.",
    "Redis answers again: what happens is told to the other processes.",
)

Handler = Callable[["LiveProcess", dict[str, Any]], None]
handlers: dict[str, Handler] = {}


def on(kind: str) -> Callable[[Handler], Handler]:
    """Decorator: what a process does with an event of `kind`."""

    def register(handler: Handler) -> Handler:
        handlers[kind] = handler
        return handler

    return register


def publish(kind: str, *, group: str = EVERYONE, **values: Any) -> None:
    """Tell the processes that are in `group` of the layer. Called from threads, after commit.

    Never raises: whoever acts has succeeded already, and the others catch up by themselves.
    """
    async_to_sync(tell)(group, {"kind": kind, **values})


async def tell(group: str, event: dict[str, Any]) -> None:
    """Tell the processes that are in `group`, from the event loop. Never raises, and never takes long."""
    if outage.is_resting:
        PUBLISH_FAILURES.inc()
        return
    try:
        async with asyncio.timeout(PATIENCE):
            await send(group, event)
    except AWAY as error:
        PUBLISH_FAILURES.inc()
        outage.failed(error)
    except Exception:
        PUBLISH_FAILURES.inc()
        logger.exception("An event of kind %s was not published; pages will catch up", event["kind"])
    else:
        outage.worked()


async def send(group: str, event: dict[str, Any]) -> None:
    """Put one event on the layer."""
    await get_channel_layer().group_send(group, {"type": "live.event", "group": group, **event})


def publish_fragment(
    group: str,
    html: str,
    *,
    json: str = "",
    revision: int | None = None,
    news: int = 0,
    besides: int | None = None,
) -> None:
    """Bring `html` to every page, and `json` to every program, that is in `group`.

    `revision` numbers the changes of a group that has a feed, `news` says how many new things
    there are in this one; `besides` is a person who is left out.
    """
    publish("fragment", group=group, html=html, json=json, revision=revision, news=news, besides=besides)


def close_session(session: str) -> None:
    """Close the sockets of the session with that digest, in every process: it is over."""
    publish("close_session", session=session)


def recheck_person(person_id: int) -> None:
    """Look again at the sessions of one person's sockets: a password changed, an account was closed."""
    publish("recheck_person", person_id=person_id)


def close_place(place: str, person_id: int) -> None:
    """Close one person's sockets in one group with 4403: they may no longer be there."""
    publish("close_place", place=place, person_id=person_id)
