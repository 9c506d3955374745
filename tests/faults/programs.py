"""A program in a room, in JSON: it sends again what nobody has confirmed, as docs/programs.md says."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.faults.browsers import HOST, Browser
from tests.faults.ledger import Ledger, Outcome, Said

# Seconds until it takes a line for dead on which it waits for something, and between two tries.
PATIENCE, PAUSE = 8.0, 0.5
# After these docs/programs.md tells it to stop.
FINAL = {4401, 4403}


class Program:
    """It posts, and keeps what it hears of the room by the ids of the messages."""

    def __init__(self, browser: Browser, room: str, slug: str, ledger: Ledger) -> None:
        self.browser = browser
        self.room = room
        self.slug = slug
        self.ledger = ledger
        self.heard: dict[int, str] = {}
        self.revision = 0
        self.outbox: dict[str, Said] = {}
        self.line: ClientConnection | None = None
        self.ended: int | None = None

    async def post(self, said: Said) -> None:
        """Say it, until it is heard."""
        self.outbox[f"program-{said.number}"] = said
        await self._send(said)

    async def _send(self, said: Said) -> None:
        if self.line is not None:
            with suppress(WebSocketException, OSError):
                frame = {"message": said.posted.value, "token": f"program-{said.number}"}
                await self.line.send(json.dumps(frame))

    async def live(self) -> None:
        """Be connected, again and again."""
        while self.ended is None:
            code = await self._one_line()
            self.line = None
            if code in FINAL:
                self.ended = code
                return
            await asyncio.sleep(PAUSE)

    async def _one_line(self) -> int | None:
        address = f"ws://{HOST}/ws/chat/{self.slug}/?resume={self.revision}"
        try:
            options = self.browser.socket_options | {"ping_interval": None, "close_timeout": 1}
            async with asyncio.timeout(PATIENCE):
                self.line = line = await connect(address, **options)
        except (OSError, TimeoutError, InvalidHandshake, EOFError):
            return None
        try:
            for said in list(self.outbox.values()):
                await self._send(said)
            while True:
                async with asyncio.timeout(PATIENCE if self.outbox else None):
                    self._hear(json.loads(await line.recv()))
        except (WebSocketException, OSError, TimeoutError):
            line.transport.abort()
        return line.close_code

    def _hear(self, event: dict[str, Any]) -> None:
        self.revision = max(self.revision, event.get("revision", 0))
        match event["type"]:
            case "message" | "edit":
                self.heard[event["id"]] = event["message"]
                said = self.ledger.found(event["message"])
                if said is not None:
                    said.pk = event["id"]
                    self._settle(f"program-{said.number}", Outcome.DONE)
            case "deletion":
                self.heard.pop(event["id"], None)
            case "error":
                self._settle(event.get("token", ""), Outcome.REFUSED, event["error"])

    def _settle(self, token: str, outcome: Outcome, sentence: str = "") -> None:
        if said := self.outbox.pop(token, None):
            said.posted.outcome, said.posted.sentence = outcome, sentence
