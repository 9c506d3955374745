"""What is told to every process: through the Channels layer, one channel a process.

An event is a dict of plain values with a `kind`. Apps say in their hooks.py what a kind means; the
process hands each event to that handler, in its event loop.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from channels.layers import get_channel_layer

from database import outbox
from live.circuit import CircuitBreaker, is_outage
from live.metrics import PUBLISH_FAILURES

logger = logging.getLogger(__name__)

# The group of every process in the layer, and of every socket in the hub.
EVERYONE = "everyone"

# The group of the sockets of those who are told of some people alone: the pulse, and what names them.
APART = "apart"

# Seconds that the layer gets for one event: whoever acts waits for it.
PATIENCE = 2.0

circuit = CircuitBreaker(
    logger,
    "Redis does not answer: pages in other processes learn what happens when these look into the database.",
    "Redis answers again: what happens is told to the other processes.",
)


def publish(kind: str, *, group: str = EVERYONE, **values: Any) -> None:
    """Tell the processes that are in `group` of the layer. Called from threads, after commit.

    Never raises: whoever acts has succeeded already, and the others catch up by themselves.
    """
    outbox.put(tell, group, {"kind": kind, **values})


async def tell(group: str, event: dict[str, Any]) -> None:
    """Tell the processes that are in `group`, from the event loop. Never raises, and never takes long."""
    if circuit.is_open:
        PUBLISH_FAILURES.inc()
        return
    try:
        async with asyncio.timeout(PATIENCE):
            await send(group, event)
    except Exception as error:
        PUBLISH_FAILURES.inc()
        if is_outage(error):
            circuit.record_failure(error)
        else:
            logger.exception("An event of kind %s was not published; pages will catch up", event["kind"])
    else:
        circuit.record_success()


async def send(group: str, event: dict[str, Any]) -> None:
    """Put one event on the layer."""
    await get_channel_layer().group_send(group, {"type": "live.event", "group": group, **event})


class Fragment(NamedTuple):
    """What a group is brought: see publish_fragment."""

    group: str
    html: str
    json: Sequence[str]
    revision: int | None
    changes: int
    news: int
    exclude_person: int | None


def fragment_in(event: dict[str, Any]) -> Fragment:
    """What publish_fragment was given, of an event of the kind `fragment`."""
    return Fragment(*(event[name] for name in Fragment._fields))


def publish_fragment(
    group: str,
    html: str,
    *,
    json: Iterable[str] = (),
    revision: int | None = None,
    changes: int = 1,
    news: int = 0,
    exclude_person: int | None = None,
) -> None:
    """Bring `html` to every page, and each of `json` to every program, that is in `group`.

    In a group that has a change log these are `changes` changes, the last of which has the number
    `revision`, with so many `news` among them; the person with the id
    `exclude_person` is left out.
    """
    fragment = Fragment(group, html, list(json), revision, changes, news, exclude_person)
    publish("fragment", **fragment._asdict())


def close_session(session: str, *, renewed: bool) -> None:
    """Close the sockets of the session with that digest, in every process.

    It is over, or goes on under another key, for whoever has that.
    """
    publish("close_session", session=session, renewed=renewed)


def recheck_person(person_id: int) -> None:
    """Look again at one person's sockets: a password or the locale changed, an account was closed."""
    publish("recheck_person", person_id=person_id)


def close_place(place: str, person_id: int | None) -> None:
    """Close one person's sockets in one group, or everybody's, with 4403: they may no longer be there."""
    publish("close_place", place=place, person_id=person_id)
