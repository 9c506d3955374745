"""What one server process runs while it holds sockets.

A channel of its own in the layer; a lease on the rows of its sockets; a look, each second, at
who is here and at the rooms it serves; a pulse by which pages notice that they are cut off.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from itertools import batched
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import OperationalError
from django.utils.translation import gettext

from database.batching import Batcher, Call, call_each_once
from database.threads import in_database
from hypermedia import fragments
from hypermedia.locales import for_all_readers
from live import actions, admission, bus, presence, sequence, sessions
from live.circuit import CircuitBreaker
from live.hub import ANOTHER_LOCALE, COME_BACK, NO_ACCESS, SIGNED_OUT, Hub, Socket
from live.layer_groups import LayerGroups
from live.limits import TokenBucket
from live.metrics import EVENTS, GAPS_REPAIRED
from live.models import LEASE
from live.pace import Pace
from live.pulse import PULSE, PULSE_INTERVAL

logger = logging.getLogger(__name__)

circuit = CircuitBreaker(
    logger,
    "The database does not answer: nothing can be stored until it does.",
    "The database answers again.",
)

# How often a process looks at who is here and at the rooms it serves, seconds. A change that no
# event told of (a worker's, a command's) is on the page within two.
LOOK_INTERVAL = 1.0
# Arrivals that come close together are looked at once, and what comes of a look is on so many pages
# that the next one takes its time.
LOOK_DELAY = 0.05
LOOK_PAUSE = 0.25

# Ends of sockets that all processes together write into the log, a second for long, and a process at once.
# It is for people, who look for what was wrong: of more only some are kept.
LOG_RATE = 50.0
LOG_BURST = 2000

# Turns of the loop in which an event of this process itself has come, and been pushed.
TURNS = 10

# What apps hang up here, each in its hooks.py.
# Called by every process each LOOK_INTERVAL, in its loop.
tickers: list[Callable[["ServerProcess"], None]] = []
# Called with an event of the bus, by its kind, in the loop.
handlers: dict[str, Callable[["ServerProcess", dict[str, Any]], None]] = {}
# Called with the place where people came or went, who has arrived there and who has left.
arrival_listeners: list[Callable[["ServerProcess", str, set[int], set[int]], Awaitable[None]]] = []

# Called with the number of the last change of a connection that was looked at before; there are new ones.
connection_listeners: list[Callable[["ServerProcess", int], Awaitable[None]]] = []

processes: WeakKeyDictionary[asyncio.AbstractEventLoop, "ServerProcess"] = WeakKeyDictionary()


def last_seen() -> presence.Present:
    """Who is here as the event loop of this process saw it, for its threads; nobody without sockets."""
    for reference in processes.keyrefs():
        loop = reference()
        if loop is not None and loop.is_running() and (process := processes.get(loop)):
            return process.here
    return {}


class ServerProcess:
    """The sockets of one server process. One an event loop; made when its first socket comes."""

    def __init__(self) -> None:
        self.id = uuid4()
        self.hub = Hub()
        self.cursor = sequence.Cursor()
        self.roll = presence.Roll()
        # Who comes and who goes is written down together with those who do so now.
        self.arrivals = Batcher(partial(admission.admit, self.id), admission.BATCH_LIMIT)
        self._departures = Batcher(actions.close_connections)
        self._owed: list[actions.Departure] = []
        self._log = TokenBucket(LOG_RATE, LOG_BURST)
        self._questions: Batcher[Call, Any] = Batcher(call_each_once)
        # How often somebody's rights have ended: it may concern a socket that is just being let in.
        self.revoked = 0
        # What apps remember for as long as this process runs.
        self.app_state: dict[str, Any] = {}
        self.groups = LayerGroups(self._receive)
        self._pace = Pace(self.push)
        self._echo: asyncio.Future[None] | None = None
        self._look_now = asyncio.Event()
        # The groups whose missed changes are being read, and those that got more meanwhile.
        self._catching_up: set[str] = set()
        # Who waits until a group has what has some number, and what is called then.
        self._awaited: dict[str, list[tuple[int, Callable[[], None]]]] = {}
        self._look_again: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._started: asyncio.Task[None] | None = None

    @classmethod
    def current(cls) -> "ServerProcess":
        """The process of the running event loop."""
        loop = asyncio.get_running_loop()
        if loop not in processes:
            processes[loop] = cls()
        return processes[loop]

    # -- Beginning and end ---------------------------------------------------------------

    async def started(self) -> None:
        """Wait until this process has its channel and its lease; the first caller starts it."""
        if self._started is None or (self._started.done() and self._started.exception()):
            self._started = asyncio.create_task(self._start())
        await asyncio.shield(self._started)

    async def _start(self) -> None:
        await in_database(actions.renew_lease)(self.id)
        await in_database(self.roll.look)()
        await self._follow_everyone()
        self._tasks += [
            asyncio.create_task(self._every(LEASE.total_seconds() / 3, self._keep_lease)),
            asyncio.create_task(self._every(PULSE_INTERVAL, self._beat)),
            asyncio.create_task(self._every(sessions.RECHECK_INTERVAL, self.recheck)),
            asyncio.create_task(self._every(LOOK_INTERVAL, self._tick)),
            asyncio.create_task(self._look_at_people()),
        ]

    async def _follow_everyone(self) -> None:
        """Join the group of everyone, for as long as this process runs."""
        change_log = sequence.change_log_of(bus.EVERYONE)
        revisions = await in_database(change_log.revisions)([bus.EVERYONE]) if change_log else {}
        await self.groups.join([bus.EVERYONE])
        for group, revision in revisions.items():
            self.cursor.follow(group, revision)

    async def stop(self) -> None:
        """End in an orderly way: the sockets of this process no longer count."""
        tasks = [*self._tasks, *([self.groups.receiver] if self.groups.receiver else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._started is not None:
            await in_database(actions.end_lease)(self.id)
        processes.pop(asyncio.get_running_loop(), None)

    async def _every(self, seconds: float, do: Callable[[], Awaitable[None]]) -> None:
        """Do something regularly; one failure (a database that restarts) is logged and not the last try."""
        with for_all_readers():
            while True:
                await asyncio.sleep(seconds)
                await self._try(do())

    async def _try(self, work: Awaitable[None]) -> None:
        try:
            await work
        except OperationalError as error:
            circuit.record_failure(error)
        except Exception:
            logger.exception("A regular task failed and will be tried again")

    # -- Sockets -------------------------------------------------------------------------

    async def join(self, socket: Socket, group: str, revision: int | None = None) -> None:
        """Put an authorised socket in `group`; `revision` is the group's, read before, if it has one."""
        if group not in self.hub.groups:
            await self.groups.join([group])
        if revision is not None:
            self.cursor.follow(group, revision)
        self.hub.join(socket, group)

    def remove(self, socket: Socket) -> None:
        """Forget a socket that has ended."""
        for group in self.hub.remove(socket):
            if group != bus.EVERYONE:
                self._pace.forget(group)
                self._awaited.pop(group, None)
                self.cursor.forget(group)
                self.spawn(self.groups.leave([group]))

    @property
    def here(self) -> presence.Present:
        """The people who are here, by place, as they were at the last look."""
        return self.roll.here

    async def arrive(self, arrival: admission.Arrival) -> None:
        """Let a socket in, and write it down. Raises Denied."""
        await self.arrivals.do(arrival)
        self.look()

    def is_logged(self) -> bool:
        """Whether a socket that ends now is written into the log."""
        self._log.rate = LOG_RATE / max(1, self.roll.process_count)
        return self._log.take()

    async def depart(self, departure: actions.Departure) -> None:
        """Write down that a socket ended, or do so when the database is back: nobody else would."""
        try:
            await self._departures.do(departure)
            self.look()
        except OperationalError as error:
            circuit.record_failure(error)
            self._owed.append(departure)

    async def _return_to_layer(self) -> None:
        """See whether the layer's server is back, and join what could not be joined meanwhile."""
        if bus.circuit.is_failing:
            await self.announce("look")
        await self.groups.join_again()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside what runs now; its failure is logged."""
        with for_all_readers():
            task = asyncio.create_task(self._try(work))
        self._tasks.append(task)
        task.add_done_callback(self._tasks.remove)
        # What is cancelled before it began is never awaited.
        task.add_done_callback(lambda _: work.close())

    async def ask[*Words, R](self, function: Callable[[*Words], R], *words: *Words) -> R:
        """What `function` says in a database thread; asked once for all who ask the same meanwhile.

        For what is the same for many pages, which return together after a restart.
        """
        with for_all_readers():
            return await self._questions.do((function, words))

    # -- Events --------------------------------------------------------------------------

    async def _receive(self) -> None:
        with for_all_readers():
            while True:
                try:
                    event = await self.groups.layer.receive(self.groups.channel)
                    EVENTS.inc()
                    handlers[event["kind"]](self, event)
                except Exception:
                    logger.exception("An event was not understood")
                    await asyncio.sleep(LOOK_DELAY)

    async def announce(self, kind: str, **values: Any) -> None:
        """Tell all processes, this one included, from the event loop."""
        await bus.tell(bus.EVERYONE, {"kind": kind, **values})

    def take(self, fragment: bus.Fragment) -> None:
        """Push a fragment at once, or in a moment with others, where its group is busy."""
        if fragment.group == bus.EVERYONE:
            # It may rename somebody who has written what waits.
            self._pace.push_all()
            self.push(fragment)
        else:
            self._pace.push(fragment)

    def deliver(self, group: str, html: str, **whom: Any) -> None:
        """Bring `html` to the pages of `group`, which shows what is so now: after all that waits; see Hub."""
        self._pace.push_all()
        self.hub.deliver(group, html, **whom)

    def push(self, fragment: bus.Fragment) -> None:
        """Deliver a fragment, in the order of its group's revisions if those are numbered."""
        group, html, revision = fragment.group, fragment.html, fragment.revision
        if revision is not None:
            first = revision - fragment.changes + 1
            if group in self._catching_up or not self.cursor.is_next(group, first):
                if self.cursor.is_missing(group, revision):
                    self.spawn(self.catch_up(group))
                return
            self.cursor.advance(group, revision, fragment.news)
            html += sequence.seen(group, revision)
        self.hub.deliver(group, html, exclude_person=fragment.exclude_person)
        for json in fragment.json:
            self.hub.deliver(group, json=json, exclude_person=fragment.exclude_person)
        self._tell_pushed(group)

    def pushed_up_to(self, group: str) -> int:
        """The number up to which all was told to the sockets of `group` here; 0 if nobody follows it."""
        return self.cursor.revision.get(group, 0)

    async def has_pushed(self, group: str, revision: int) -> bool:
        """Whether the pages of `group` here have what has that number; a moment is waited for it.

        Within one process an event is on its way for a few turns of the loop, through Redis for longer.
        """
        for _ in range(TURNS):
            if self._pace.holds(group):
                return False
            if not self.cursor.is_missing(group, revision):
                break
            await asyncio.sleep(0)
        else:
            return False
        # What is pushed goes out with the next turn.
        await asyncio.sleep(0)
        return True

    def when_pushed(self, group: str, revision: int, do: Callable[[], None]) -> None:
        """Call `do` once the pages of `group` here have what has that number; never where nobody is there."""
        self._awaited.setdefault(group, []).append((revision, do))
        self._tell_pushed(group)

    def _tell_pushed(self, group: str) -> None:
        """Call who waits for what the pages of `group` are sent with the next turn of the loop."""
        if group not in self._awaited:
            return
        awaited = self._awaited.pop(group)
        if later := [one for one in awaited if self.cursor.is_missing(group, one[0])]:
            self._awaited[group] = later
        for revision, do in awaited:
            if not self.cursor.is_missing(group, revision):
                asyncio.get_running_loop().call_soon(do)

    async def catch_up(self, group: str) -> None:
        """Push what this process missed of `group`, from the database; one look after the other."""
        change_log = sequence.change_log_of(group)
        if change_log is None or group in self._catching_up:
            self._look_again.add(group)
            return
        self._catching_up.add(group)
        try:
            await self._fetch_missed(change_log, group)
            while group in self._look_again:
                self._look_again.discard(group)
                await self._fetch_missed(change_log, group)
        finally:
            self._catching_up.discard(group)

    async def _fetch_missed(self, change_log: sequence.ChangeLog, group: str) -> None:
        since = self.cursor.revision.get(group)
        if since is None:
            return
        changes = await in_database(change_log.changes)(group, since)
        if self.cursor.is_missing(group, changes.revision):
            GAPS_REPAIRED.inc()
            self.cursor.advance(group, changes.revision, changes.news)
            self.hub.deliver(group, changes.html + change_log.seen(changes.revision))
            for json in changes.json:
                self.hub.deliver(group, json=json)
            self._tell_pushed(group)

    # -- Regular looks -------------------------------------------------------------------

    async def _keep_lease(self) -> None:
        if not await in_database(actions.renew_lease)(self.id):
            await self._reopen()
        owed, self._owed = self._owed, []
        for departure in owed:
            self.spawn(self.depart(departure))
        if await in_database(actions.sweep)():
            self.look()

    async def _reopen(self) -> None:
        """This process stood still for longer than its lease: let those who are connected count again."""
        rows = {socket.connection_id: socket for socket in self.hub.sockets}
        await in_database(actions.reopen_connections)(self.id, rows.keys())
        for pk, socket in rows.items():
            if socket not in self.hub.sockets:
                # It ended meanwhile, and may have been written down before it was opened again.
                self.spawn(self.depart(actions.Departure(pk, socket.session_key, socket.close_code or 1006)))
        self.look()

    async def _beat(self) -> None:
        # On the pages alone: it changes nothing, so nothing goes before it.
        self.hub.deliver(bus.EVERYONE, PULSE)
        self.hub.deliver(bus.APART, PULSE)

    async def echo(self) -> None:
        """Tell something to this process alone, and wait until it is heard. Raises what the layer does."""
        await self.started()
        if self._echo is None or self._echo.done():
            self._echo = asyncio.get_running_loop().create_future()
        await self.groups.layer.send(self.groups.channel, {"type": "live.event", "kind": "echo"})
        # One echo is enough for all who wait; one who gives up does not take it from the others.
        await asyncio.shield(self._echo)

    def heard(self) -> None:
        """The echo has come."""
        if self._echo is not None and not self._echo.done():
            self._echo.set_result(None)

    async def _tick(self) -> None:
        await self._return_to_layer()
        for ticker in tickers:
            ticker(self)
        await self._look_at_feeds()

    async def _look_at_feeds(self) -> None:
        groups = list(self.cursor.revision)
        for prefix, change_log in sequence.change_logs.items():
            served = [group for group in groups if group.partition("-")[0] == prefix]
            if served:
                for group, revision in (await in_database(change_log.revisions)(served)).items():
                    # What waits for its moment is not missed.
                    self._pace.push_all(group)
                    if self.cursor.is_missing(group, revision):
                        await self.catch_up(group)

    def look(self) -> None:
        """Look at who is here now, and not when it is time."""
        self._look_now.set()

    async def _look_at_people(self) -> None:
        with for_all_readers():
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._look_now.wait(), LOOK_INTERVAL)
                    await asyncio.sleep(LOOK_DELAY)
                self._look_now.clear()
                await self._try(self._tell_of_people())
                await asyncio.sleep(LOOK_PAUSE)

    async def _tell_of_people(self) -> None:
        before = self.roll.revision
        changes = await in_database(self.roll.look)()
        circuit.record_success()
        for place, arrived, left in changes:
            for listener in arrival_listeners:
                await self._try(listener(self, place, arrived, left))
        if self.roll.revision != before:
            for show in connection_listeners:
                await self._try(show(self, before))

    async def recheck(self, person_id: int | None = None) -> None:
        """Close the sockets (of one person, or all) whose session is over, or goes on under another key.

        And those of pages in another time zone or language than their person's.
        """
        sockets = [s for s in self.hub.sockets if person_id is None or s.person_id == person_id]
        keys = {socket.session_key for socket in sockets}
        people: dict[str, AbstractBaseUser] = {}
        for some in batched(keys, sessions.RECHECKED_TOGETHER):
            people |= await in_database(sessions.people_of)(set(some))
        over = keys - people.keys()
        renewed = await in_database(sessions.renewed)(over) if over else set()
        for socket in sockets:
            if socket.session_key in over:
                close_over(socket, renewed=socket.session_key in renewed)
            elif not socket.json and socket.locale is not admission.reads_in(
                people[socket.session_key], socket.locale.language
            ):
                close_outdated(socket)


def close_signed_out(socket: Socket) -> None:
    """Say that the session is over, and close with 4401."""
    if not socket.json:
        said, way = gettext("You are signed out."), gettext("Sign in again")
        socket.write_text(fragments.closing_notice(said, "/accounts/login/", way))
    socket.close(SIGNED_OUT, "signed out")


def close_over(socket: Socket, *, renewed: bool) -> None:
    """Close a socket whose session is over; it may come back, with its browser's new cookie, if `renewed`."""
    if renewed:
        socket.close(COME_BACK, "the session was renewed")
    else:
        close_signed_out(socket)


def close_outdated(socket: Socket) -> None:
    """Say that the page is in another locale than its person, and close with 4409."""
    socket.write_text(fragments.closing_notice(str(admission.LOCALE_CHANGED), "", gettext("Load it again")))
    socket.close(ANOTHER_LOCALE, "another locale")


def close_forbidden(socket: Socket) -> None:
    """Say that this place is no longer theirs, and close with 4403."""
    if not socket.json:
        said, way = gettext("You are no longer in this room."), gettext("See your rooms")
        socket.write_text(fragments.closing_notice(said, "/rooms/", way))
    socket.close(NO_ACCESS, "not a member")


def on_fragment(process: ServerProcess, event: dict[str, Any]) -> None:
    """Bring it to the pages of its group."""
    process.take(bus.fragment_in(event))


def on_echo(process: ServerProcess, event: dict[str, Any]) -> None:
    """What this process told itself has come."""
    process.heard()


def on_look(process: ServerProcess, event: dict[str, Any]) -> None:
    """Look at who is here."""
    process.look()


def on_close_session(process: ServerProcess, event: dict[str, Any]) -> None:
    """Close the sockets of a session that is over."""
    process.revoked += 1
    for socket in tuple(process.hub.sockets):
        if sessions.digest(socket.session_key) == event["session"]:
            close_over(socket, renewed=event.get("renewed", False))
    process.look()


def on_recheck_person(process: ServerProcess, event: dict[str, Any]) -> None:
    """See whether the sessions of one person's sockets still are, and their pages in that person's locale."""
    process.revoked += 1
    process.spawn(process.recheck(event["person_id"]))


def on_close_place(process: ServerProcess, event: dict[str, Any]) -> None:
    """Close sockets of those who may no longer be in a place."""
    process.revoked += 1
    for socket in tuple(process.hub.groups.get(event["place"], ())):
        if event["person_id"] in (None, socket.person_id):
            close_forbidden(socket)
