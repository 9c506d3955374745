"""An open page of a room: its socket, what is on its way from it, when it connects again, as in a browser.

What a browser does with what arrives does `tests.page`, and only where it is asked what the page shows: a
test of many pages has no processor for each.
"""

import asyncio
import json
import re
import time
from contextlib import suppress
from random import Random
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.faults.browsers import HOST, Browser
from tests.faults.ledger import Ledger, Outcome, Said
from tests.page import Page

# What templates/base.html says of closed sockets: after which codes the page connects again.
RETURNS = {1001, 1005, 1006, 1009, 1011, 1012, 1013, 1014, 4408}
FIRST_DELAY, LAST_DELAY = 0.5, 6.0
# The animation of a pulse that stays: after that a line is dead. And how soon who has sent something notices.
PULSE_PATIENCE, SENDER_PATIENCE = 9.0, 6.0
# How often somebody tries to open a page at a machine that is busy.
LOADS = 10
ARRIVED = re.compile(r'hx-target="#sent-([\w-]+)" hx-swap="delete"')
REFUSED = re.compile(r'hx-target="#sent-([\w-]+) small"[^>]*><p class="[^"]*refused">([^<]*)')
ROW = re.compile(r'<li id="message-(\d+)"(.*?)</li>', re.DOTALL)
VALUES = re.compile(
    r'<input[^>]*\bid="(seen|names|rooms-shown|away|reading|token|drafted)"[^>]*\bvalue="([^"]*)"'
)
STATUSES = re.compile(r'name="statuses" value="(\d+)"')
FAREWELL = re.compile(r'hx-target="#farewell" hx-swap="innerHTML">(?=.)')


class OpenPage:
    """A page of `room`, at the address `slug`; who has it open looks at its end."""

    def __init__(self, browser: Browser, room: str, slug: str, ledger: Ledger, chance: Random) -> None:
        self.browser = browser
        self.room = room
        self.slug = slug
        self.ledger = ledger
        self.chance = chance
        self.html = ""
        self.frames: list[str] = []
        self.values: dict[str, str] = {}
        # By its token, what is on its way; and what was refused and stands there with the reason.
        self.outbox: dict[str, tuple[Said, dict[str, Any]]] = {}
        self.refused: dict[str, Said] = {}
        self.line: ClientConnection | None = None
        self.connections = 0
        # The code after which the page stays closed.
        self.ended: int | None = None
        self._pulse = self._sent = 0.0
        self._page: Page | None = None
        self._applied = 0

    @property
    def path(self) -> str:
        """The room's address."""
        return f"/rooms/{self.slug}/"

    # -- What its person does --------------------------------------------------------------

    async def load(self) -> None:
        """Open the page."""
        for _ in range(LOADS):
            answer = await self.browser.get(self.path)
            if answer.status == 200:
                break
        assert answer.status == 200, (answer.status, answer.headers)
        self.html = answer.text
        self._note(self.html)
        self.values["statuses"] = (STATUSES.search(self.html) or ["", "0"])[1]

    async def post(self, said: Said, **more: Any) -> None:
        """Press Send: what is written becomes a row that is on its way, until the server says otherwise."""
        token = f"{self.values['token']}{said.number}"
        frame = {"type": "message", "body": said.posted.value, "token": token, **more}
        self.outbox[token] = (said, frame)
        await self.send({"type": "typing"})
        await self.send(frame)

    async def send(self, frame: dict[str, Any]) -> None:
        """Send a frame, if there is a line; what is on its way is sent again on the next one."""
        if self.line is not None:
            with suppress(WebSocketException, OSError):
                self._sent = self._sent or time.monotonic()
                await self.line.send(json.dumps(frame))

    # -- Its line --------------------------------------------------------------------------

    async def live(self) -> None:
        """Be connected, again and again, until the server has closed the socket for good."""
        attempt = 0
        while self.ended is None:
            self.line = None
            code, was_there = await self._one_line()
            self.line = None
            if code not in RETURNS:
                self.ended = code
                return
            attempt = 1 if was_there else attempt + 1
            delay = min(FIRST_DELAY * 2 ** (attempt - 1), LAST_DELAY)
            await asyncio.sleep(delay * self.chance.uniform(0.7, 1.3))

    async def _one_line(self) -> tuple[int, bool]:
        """One connection, to its end: the code with which it ended, and whether it was there."""
        address = f"ws://{HOST}/ws/rooms/{self.slug}/?zone=UTC&language=en&resumes=1"
        try:
            options = self.browser.socket_options | {"ping_interval": None, "close_timeout": 1}
            async with asyncio.timeout(LAST_DELAY * 2):
                line = await connect(address, **options)
        except (OSError, TimeoutError, InvalidHandshake, EOFError):
            return 1006, False
        self.line = line
        self.connections += 1
        self._pulse, self._sent = time.monotonic(), 0.0
        try:
            await self._say_what_it_has()
            await self._listen(line)
        except (WebSocketException, OSError, TimeoutError):
            line.transport.abort()
        code = line.close_code
        return (1006 if code is None else code), True

    async def _say_what_it_has(self) -> None:
        values = self.values
        resume = {"type": "resume", "names": values["names"], "statuses": values["statuses"]}
        resume |= {"room": self.slug, "rooms": values["rooms-shown"], "seen": values["seen"]}
        await self.send(resume | {"away": values.get("away", ""), "reading": values.get("reading", "")})
        await self.send({"type": "reading"})
        for _, frame in list(self.outbox.values()):
            await self.send(frame)

    async def _listen(self, line: ClientConnection) -> None:
        while True:
            async with asyncio.timeout(self._patience()):
                frame = str(await line.recv())
            self.frames.append(frame)
            self._note(frame)
            self._sent = 0.0
            if "#pulse" in frame:
                self._pulse = time.monotonic()

    def _patience(self) -> float:
        """Seconds until the page takes its line for dead."""
        left = self._pulse + PULSE_PATIENCE
        if self._sent:
            left = min(left, self._sent + SENDER_PATIENCE)
        return max(0.0, left - time.monotonic())

    # -- What arrives ----------------------------------------------------------------------

    def _note(self, html: str) -> None:
        """Keep what the page says of itself, and what became of what it sent."""
        self.values |= dict(VALUES.findall(html))
        for pk, row in ROW.findall(html):
            said = self.ledger.found(row)
            if said is not None:
                said.pk = said.pk or int(pk)
        for token, sentence in REFUSED.findall(html):
            if found := self.outbox.pop(token, None):
                self.refused[token] = found[0]
                found[0].posted.outcome, found[0].posted.sentence = Outcome.REFUSED, sentence
        for token in ARRIVED.findall(html):
            if found := self.outbox.pop(token, None):
                found[0].posted.outcome = Outcome.DONE

    # -- What it shows ---------------------------------------------------------------------

    @property
    def is_told_that_it_ended(self) -> bool:
        """Whether a page that stays closed says why."""
        return any(FAREWELL.search(frame) for frame in self.frames[-5:])

    def shown(self) -> Page:
        """The page as it stands now."""
        if self._page is None:
            self._page = Page(self.html)
        for frame in self.frames[self._applied :]:
            self._page.apply(frame)
        self._applied = len(self.frames)
        return self._page
