"""A socket to try a client with: numbers, for anybody, from anywhere, for a while."""

import asyncio
import random
from http import HTTPStatus
from typing import Any

from channels.exceptions import StopConsumer

from hypermedia import fragments
from live.client_address import ConnectionCount, counted_address
from live.consumers import Consumer
from live.frames import too_big
from live.handshakes import refuse
from live.hub import NORMAL, TOO_FAST
from live.limits import TokenBucket

# Seconds that one may stay, frames a second, and at once.
STAY = 300
RATE = 5.0
BURST = 20

TOO_MANY = "There are too many practice sockets from your address. Close some, then try again."

# Those of each address.
sockets = ConnectionCount("PRACTICE_SOCKETS_PER_ADDRESS")


class PracticeConsumer(Consumer):
    """Says 0 when it opens, and a random whole number from 0 to 100 to every text frame.

    With `?show=page` each number comes as the fragment that /connection/ shows it with.
    """

    __slots__ = ("address", "allowance", "as_fragment", "closed", "ending", "timer")

    async def websocket_connect(self, event: dict[str, Any]) -> None:
        """Open for anybody, as often as one address may; no account and no cookie is looked at."""
        address = counted_address(self.scope)
        if not sockets.take(address):
            await refuse(self.scope, self.base_send, HTTPStatus.TOO_MANY_REQUESTS, TOO_MANY)
            raise StopConsumer
        self.address = address
        self.as_fragment = self.scope.get("query_string") == b"show=page"
        del self.scope
        self.allowance = TokenBucket(RATE, BURST)
        self.closed = False
        await self.base_send({"type": "websocket.accept"})
        self.timer = asyncio.get_running_loop().call_later(STAY, self.end)
        await self.tell(0)

    async def websocket_receive(self, event: dict[str, Any]) -> None:
        """A number for a text frame; a close for what is too big or too fast, nothing for the rest."""
        if self.closed:
            return
        if too_big(event):
            await self.close(1009)
        elif not self.allowance.take():
            await self.close(TOO_FAST)
        elif isinstance(event.get("text"), str):
            # For practice, not for secrets.
            await self.tell(random.randint(0, 100))  # noqa: S311

    async def websocket_disconnect(self, event: dict[str, Any]) -> None:
        """Gone."""
        self.timer.cancel()
        raise StopConsumer

    async def ended(self) -> None:
        """Whatever has ended it: it counts no longer."""
        if hasattr(self, "address"):
            sockets.give_back(self.address)

    def end(self) -> None:
        """The time is up: a normal end, after which nobody needs to return."""
        self.ending = asyncio.ensure_future(self.close(NORMAL))

    async def close(self, code: int) -> None:
        """Close once."""
        if not self.closed:
            self.closed = True
            await self.base_send({"type": "websocket.close", "code": code})

    async def tell(self, number: int) -> None:
        """Send `number`."""
        text = (
            fragments.hx_partial("#practice", "beforeend", f"<li>{number}</li>")
            if self.as_fragment
            else str(number)
        )
        await self.base_send({"type": "websocket.send", "text": text})
