"""Many people at one site who write, change, react, pin, read, draft and send files, at their own pace."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from itertools import cycle
from random import Random

from tests.faults.browsers import Answer, Browser
from tests.faults.furniture import members_of
from tests.faults.ledger import Attempt, Ledger, Outcome, Said
from tests.faults.pages import OpenPage
from tests.faults.programs import Program
from tests.faults.sites import Site

EMOJI = "👍🎉😄"
# Who pins in a room: one person, so that what is pinned in the end is what they did last.
PINNER = 0
# Seconds that somebody thinks between two things that they do, about; and between two tries of a form.
PAUSE, AGAIN = 1.5, 1.0
# Who has so many messages on their way waits for them before they write another.
MOST_ON_THEIR_WAY = 3
# A browser without a script tries a form again so often, as people do.
TRIES = 30


class Crowd:
    """Everybody who is at a site, and the ledger of what they do."""

    def __init__(self, site: Site, seed: int, *, pause: float = PAUSE) -> None:
        self.site = site
        self.chance = Random(seed)
        self.pause = pause
        self.ledger = Ledger()
        self.pages: list[OpenPage] = []
        self.programs: list[Program] = []
        self._keys = {name: cycle(keys) for name, keys in site.sessions.items()}
        self._lives: list[asyncio.Task[None]] = []
        self._acts: list[asyncio.Task[None]] = []
        self._is_over = False
        self._browsers = 0

    def browser(self, name: str) -> Browser:
        """A browser in which somebody is signed in: in each of their sessions in turn."""
        self._browsers += 1
        port = self.site.ports[self._browsers % len(self.site.ports)]
        return Browser(name, next(self._keys[name]), port)

    # -- Coming and going ------------------------------------------------------------------

    async def come(self, rooms: dict[str, int], programs: dict[str, int], forms: dict[str, int]) -> None:
        """Open so many pages of each room, and let programs, and people without scripts, speak there."""
        for room, count in rooms.items():
            for name in members_of(room)[:count]:
                self.pages.append(
                    OpenPage(self.browser(name), room, self.address(room), self.ledger, self._chance())
                )
        await asyncio.gather(*(page.load() for page in self.pages))
        for room, count in programs.items():
            for name in members_of(room)[-count:]:
                self.programs.append(Program(self.browser(name), room, self.address(room), self.ledger))
        self._lives = [asyncio.create_task(one.live()) for one in self.everybody]
        await until(lambda: all(one.line is not None for one in self.everybody), 20)
        self._acts = [asyncio.create_task(self._act(page)) for page in self.pages]
        self._acts += [asyncio.create_task(self._speak(program)) for program in self.programs]
        for room, count in forms.items():
            for name in members_of(room)[:count]:
                self._acts.append(asyncio.create_task(self._write_forms(self.browser(name), room)))

    async def open_tabs(self, room: str, each: int) -> list[OpenPage]:
        """More pages of a room, of all its members, in which nobody does anything."""
        members = [name for name in members_of(room) for _ in range(each)]
        tabs = [
            OpenPage(self.browser(name), room, self.address(room), self.ledger, self._chance())
            for name in members
        ]
        for tab in tabs:
            await tab.load()
            self._lives.append(asyncio.create_task(tab.live()))
        return tabs

    async def rest(self) -> None:
        """Let everybody finish what they are doing, and do nothing more; their pages stay open."""
        self._is_over = True
        async with asyncio.timeout(120):
            await asyncio.gather(*self._acts)

    async def leave(self) -> None:
        """Close everything."""
        for life in (*self._acts, *self._lives):
            life.cancel()
        await asyncio.gather(*self._acts, *self._lives, return_exceptions=True)

    @property
    def everybody(self) -> list[OpenPage | Program]:
        """Those who have a socket, and do something there."""
        return [*self.pages, *self.programs]

    def address(self, room: str) -> str:
        """The last part of a room's address."""
        return self.site.addresses[room]

    def _chance(self) -> Random:
        return Random(self.chance.random())

    # -- What they do ----------------------------------------------------------------------

    async def _act(self, page: OpenPage) -> None:
        chance = self._chance()
        acts = (self._post, self._answer, self._upload, self._edit, self._react, self._delete, self._read)
        weights = (50, 12, 6, 12, 14, 3, 3)
        is_pinner = page.browser.name == members_of(page.room)[PINNER]
        while not self._is_over and page.ended is None:
            await asyncio.sleep(self.pause * chance.uniform(0.3, 1.7))
            if len(page.outbox) >= MOST_ON_THEIR_WAY:
                continue
            if is_pinner and chance.random() < 0.2:
                await self._pin(page, chance)
                continue
            (act,) = chance.choices(acts, weights)
            await act(page, chance)

    async def _post(self, page: OpenPage, chance: Random) -> None:
        more = chance.choice(
            ("", "**bold** `code`", "> quoted\n\n:tada:", f"@{chance.choice(members_of(page.room))}")
        )
        await page.post(self.ledger.say(page.room, page.browser.name, "page", more))

    async def _answer(self, page: OpenPage, chance: Random) -> None:
        answered = self._known(page, chance)
        said = self.ledger.say(page.room, page.browser.name, "page", "an answer")
        await page.post(said, **({"reply_to": str(answered.pk)} if answered else {}))

    async def _upload(self, page: OpenPage, chance: Random) -> None:
        data = chance.randbytes(12).hex().encode()
        name = f"file-{data[:8].decode()}.txt"
        answer = await page.browser.post(f"{page.path}files/", {}, file=(name, data))
        attached = answer.text.partition('id="attached-')[2].partition('"')[0]
        if answer.status != 200 or not attached:
            self._note(answer, "upload")
            return
        said = self.ledger.say(page.room, page.browser.name, "page", "with a file")
        said.files[name] = data
        await page.post(said, attachments=attached)

    async def _edit(self, page: OpenPage, chance: Random) -> None:
        if said := self._known(page, chance, own=True):
            attempt = Attempt(f"number {said.number}. other words {len(said.edits)}")
            said.edits.append(attempt)
            await self._do(page, attempt, f"messages/{said.pk}/edit/", body=attempt.value, seen="")

    async def _delete(self, page: OpenPage, chance: Random) -> None:
        if said := self._known(page, chance, own=True):
            said.deletions.append(Attempt(""))
            await self._do(page, said.deletions[-1], f"messages/{said.pk}/")

    async def _react(self, page: OpenPage, chance: Random) -> None:
        said, emoji = self._known(page, chance), chance.choice(EMOJI)
        # What is given twice is taken back.
        if said and (page.browser.name, emoji) not in said.reactions:
            attempt = said.reactions[page.browser.name, emoji] = Attempt(emoji)
            await self._do(page, attempt, f"messages/{said.pk}/reactions/", emoji=emoji)

    async def _pin(self, page: OpenPage, chance: Random) -> None:
        if said := self._known(page, chance):
            attempts = self.ledger.pins.setdefault(said.number, [])
            is_on = bool(attempts) and attempts[-1].value == "on"
            attempts.append(Attempt("off" if is_on else "on"))
            await self._do(page, attempts[-1], f"messages/{said.pk}/pin/", pinned=attempts[-1].value)

    async def _read(self, page: OpenPage, chance: Random) -> None:
        """Begin to write something, and read everything in another room."""
        text = f"begun {chance.randrange(1000)}"
        self.ledger.drafts.setdefault((page.browser.name, page.room), []).append(text)
        await page.send({"type": "draft", "body": text, "drafted": page.values.get("drafted", "")})
        self._note(await page.browser.post(f"/rooms/{self.address('general')}/read/", {}), "read")

    async def _do(self, page: OpenPage, attempt: Attempt, path: str, **fields: str) -> None:
        """Ask for it, and write down what came of it."""
        answer = await page.browser.post(page.path + path, fields)
        self._settle(attempt, answer)
        self._note(answer, path.split("/")[-2])

    def _settle(self, attempt: Attempt, answer: Answer) -> None:
        if answer.is_done:
            attempt.outcome = Outcome.DONE
        elif answer.is_refused:
            attempt.outcome = Outcome.REFUSED

    def _note(self, answer: Answer, what: str) -> None:
        if not answer.is_done:
            self.ledger.failures.append(f"{what}: {answer.status}")

    def _known(self, page: OpenPage, chance: Random, *, own: bool = False) -> Said | None:
        """A message of the page's room that its person sees; of their own, which nobody else changes."""
        late = [one for one in list(self.ledger.said.values())[-200:] if one.room == page.room and one.pk]
        if own:
            late = [one for one in late if one.author == page.browser.name and one.door == "page"]
        # Whoever deletes knows of it, and others find nothing there.
        late = [one for one in late if not one.deletions]
        return chance.choice(late) if late else None

    async def _speak(self, program: Program) -> None:
        chance = self._chance()
        while not self._is_over and program.ended is None:
            await asyncio.sleep(self.pause * chance.uniform(0.3, 1.7))
            if len(program.outbox) < MOST_ON_THEIR_WAY:
                await program.post(self.ledger.say(program.room, program.browser.name, "program"))

    async def _write_forms(self, browser: Browser, room: str) -> None:
        """Write without a script; a form that gets no answer is sent again, as it is."""
        chance = self._chance()
        path = f"/rooms/{self.address(room)}/"
        while not self._is_over:
            await asyncio.sleep(self.pause * chance.uniform(1, 3))
            said = self.ledger.say(room, browser.name, "form")
            fields = {"body": said.posted.value, "token": f"form-{said.number}"}
            for _ in range(TRIES):
                answer = await browser.post(path, fields, htmx=False)
                self._settle(said.posted, answer)
                if said.is_settled or answer.is_signed_out:
                    break
                self._note(answer, "form")
                await asyncio.sleep(AGAIN)


async def until(condition: object, patience: float, *, every: float = 0.1) -> bool:
    """Wait until `condition()` is true; whether it was within `patience` seconds."""
    assert callable(condition)
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            while not condition():
                await asyncio.sleep(every)
            return True
    return False


def lines_of(those: Iterable[OpenPage | Program]) -> int:
    """How many of them are connected."""
    return sum(one.line is not None for one in those)
