"""Groups of local sockets, and the fan-out to them.

An event is rendered once, filled in and wrapped once for each zone and language that somebody reads in
(hypermedia/locales.py), and written to every socket of a group through the server's own `send`.
One that does not read gets a bounded backlog; whoever overflows it is closed with 4408, returns, and
catches up. Everything here runs in the event loop's thread.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import compress
from typing import Any, NamedTuple

from hypermedia.joining import join
from hypermedia.locales import Locale, fill, has_marks, site_locale
from live.metrics import BACKLOG_CLOSES, DELIVERED_BYTES, DELIVERIES
from live.rights import ALL_RIGHTS

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]

# Characters that may wait for a socket that does not read: some hundred rows.
BACKLOG_LIMIT = 256 * 1024

# The name of a Line, among the extensions of a scope.
SHARED_FRAME = "live.shared_frame"

# Close codes: https://www.iana.org/assignments/websocket for 1xxx, our own beyond 4000.
NORMAL = 1000
RESTARTING = 1012
COME_BACK = 1013
SIGNED_OUT = 4401
NO_ACCESS = 4403
TOO_SLOW = 4408
ANOTHER_LOCALE = 4409
TOO_FAST = 4429
# After these a page connects again.
RETURNS = {RESTARTING, COME_BACK, TOO_SLOW}


class Line:
    """A server's own way to write a finished frame to one connection (live/shared_frames.py)."""

    __slots__ = ("socket", "write")

    def __init__(self) -> None:
        # None while nothing may be written, or not at once.
        self.write: Callable[[bytes], None] | None = None
        self.socket: Socket | None = None

    def becomes(self, write: Callable[[bytes], None] | None) -> None:
        """From now on frames are written by `write`, or not at all."""
        self.write = write
        if self.socket is not None:
            self.socket.settle()


class Socket:
    """One accepted WebSocket: the server's `send`, and what waits for it."""

    __slots__ = (
        "__weakref__",
        "_send",
        "awaits_resume",
        "backlog",
        "busy",
        "close_code",
        "closed",
        "connection_id",
        "groups",
        "hears_everyone",
        "held",
        "json",
        "line",
        "locale",
        "person_id",
        "rights",
        "session_key",
        "waiting",
        "write_at_once",
    )

    def __init__(
        self,
        send: Send,
        *,
        person_id: int,
        session_key: str,
        json: bool = False,
        line: Line | None = None,
    ) -> None:
        self._send = send
        # Where the server can write a frame that was encoded once for everybody.
        self.line = line
        if line is not None:
            line.socket = self
        self.person_id = person_id
        self.session_key = session_key
        # Whether it is told of people wherever they are: the person's account says (live/admission.py).
        self.hears_everyone = True
        # What it may do of what its person may: a token may be for less (live/admission.py).
        self.rights = ALL_RIGHTS
        # In which zone and language its page is (live/admission.py).
        self.locale = site_locale()
        # The number of its row, once it has one.
        self.connection_id = 0
        # Programs get JSON, a frame an event; pages get fragments, joined.
        self.json = json
        # Two or three: a set would be four times as large.
        self.groups: tuple[str, ...] = ()
        self.backlog: list[dict[str, Any]] = []
        self.waiting = 0
        self.busy = False
        self.held = False
        # Whether it is held until its page has said what it shows.
        self.awaits_resume = False
        self.closed = False
        self.close_code: int | None = None
        # How such a frame is written while nothing waits: what many hear goes through it a thousand times.
        self.write_at_once: Callable[[bytes], None] | None = None
        self.settle()

    def settle(self) -> None:
        """Note whether a finished frame may be written: after each change of what that depends on."""
        waits = self.busy or self.held or self.closed
        self.write_at_once = None if waits or self.line is None else self.line.write

    def write(self, event: dict[str, Any]) -> None:
        """Send `event` now, or after what waits already; close with 4408 when too much does."""
        if self.closed:
            return
        if not self.busy and not self.held:
            self._start(event)
            return
        self.waiting += len(event.get("text", ""))
        if self.waiting > BACKLOG_LIMIT:
            self.backlog.clear()
            self.close(TOO_SLOW)
            BACKLOG_CLOSES.inc()
        else:
            self.backlog.append(event)

    def write_shared(self, shared: "SharedMessage") -> None:
        """Send what many others are sent as well: the frame that is there already, if the server can."""
        if self.write_at_once is None:
            self.write(shared.event)
        else:
            self.write_at_once(shared.frame)

    @property
    def takes_shared_frames(self) -> bool:
        """Whether the server can write a frame that was encoded once for everybody."""
        return self.line is not None

    def write_text(self, text: str) -> None:
        """Send one frame: JSON, or what one answer brings, whose parts do not touch each other."""
        self.write_shared(SharedMessage(text if self.json else fill(text, self.locale)))

    def close(self, code: int, reason: str = "") -> None:
        """Close with `code` once what waits has gone out; nothing is written afterwards."""
        if self.closed:
            return
        event = {"type": "websocket.close", "code": code, "reason": reason}
        if self.awaits_resume:
            # Whoever returns has seen nothing of what waits here; others are told why they do not.
            self.awaits_resume = self.held = False
            self.settle()
            if code in RETURNS:
                self.backlog.clear()
            elif not self.busy:
                self._drain()
        if self.busy or self.held:
            self.backlog.append(event)
        else:
            self._start(event)
        self.closed = True
        self.close_code = code
        self.settle()

    def wait_for_resume(self) -> None:
        """Let everything wait until the page has said what it shows, which comes first: then it is held.

        Each push says up to where a page that has it shows everything. One that has missed something, and
        whose line is lost before it could say so, would believe it.
        """
        self.held = self.awaits_resume = True
        self.settle()

    def hold(self) -> None:
        """Let everything wait until `release`: an answer that is being read comes first."""
        self.held, self.awaits_resume = True, False
        self.settle()

    def release(self, shared: str = "", own: str = "") -> None:
        """Send `shared`, which others are sent as well, then `own`, then what has waited since `hold`."""
        self.held = False
        self.settle()
        if own:
            self.backlog.insert(0, {"type": "websocket.send", "text": fill(own, self.locale)})
        first, _ = frames_of(shared).of(self.locale)
        # One after the other, until the socket takes no more at once.
        for number, message in enumerate(first):
            if self.busy:
                self.backlog[:0] = [waiting.event for waiting in first[number:]]
                break
            self.write_shared(message)
        if not self.busy:
            self._drain()

    def _start(self, event: dict[str, Any]) -> None:
        # Started eagerly: a send that does not block is over when this returns, and costs no task.
        task: asyncio.Task[None] = asyncio.Task(
            self._send(event), loop=asyncio.get_running_loop(), eager_start=True
        )
        if task.done():
            self._sent(task)
        else:
            self.busy = True
            self.settle()
            task.add_done_callback(self._unblocked)

    def _sent(self, task: asyncio.Task[None]) -> bool:
        """Whether the send went well; the peer's going away is no error."""
        if task.cancelled() or task.exception() is not None:
            self.closed = True
            self.settle()
            self.backlog.clear()
            return False
        return True

    def _unblocked(self, task: asyncio.Task[None]) -> None:
        self.busy = False
        self.settle()
        if self._sent(task) and not self.held:
            self._drain()

    def _drain(self) -> None:
        waiting, self.backlog, self.waiting = self.backlog, [], 0
        for event in join_messages(waiting, self.json):
            if self.busy:
                self.waiting += len(event.get("text", ""))
                self.backlog.append(event)
            else:
                self._start(event)


def encode_frame(text: str) -> bytes:
    """The frame of a text message from a server: https://www.rfc-editor.org/rfc/rfc6455#section-5.2."""
    payload = text.encode()
    size = len(payload)
    # FIN and the opcode of text; a server does not mask.
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 1 << 16:
        return bytes((0x81, 126)) + size.to_bytes(2) + payload
    return bytes((0x81, 127)) + size.to_bytes(8) + payload


class SharedMessage:
    """A text for many: one event, and, where a server can use it, one frame."""

    __slots__ = ("_frame", "event")

    def __init__(self, text: str) -> None:
        self.event = {"type": "websocket.send", "text": text}
        self._frame: bytes | None = None

    @property
    def frame(self) -> bytes:
        """The text, encoded once."""
        if self._frame is None:
            self._frame = encode_frame(self.event["text"])
        return self._frame


class PageFrames:
    """What one turn of the loop brings to the pages of a group: the same messages for all of a locale."""

    __slots__ = ("_frames", "_of_locale", "varies")

    def __init__(self, html: str) -> None:
        self._frames = join(html)
        self._of_locale: dict[Locale | None, tuple[list[SharedMessage], int]] = {}
        # Whether some mark is in them; else they are one for everybody.
        self.varies = any(map(has_marks, self._frames))

    def of(self, reader: Locale | None) -> tuple[list[SharedMessage], int]:
        """Those for pages in that locale, and their bytes, made when the first asks; None is all locales."""
        found = self._of_locale.get(reader)
        if found is None:
            texts = [fill(frame, reader) for frame in self._frames] if reader else self._frames
            messages = [SharedMessage(text) for text in texts]
            found = self._of_locale[reader] = messages, sum(len(message.frame) for message in messages)
        return found


@lru_cache(16)
def frames_of(html: str) -> PageFrames:
    """What pages that return together are all brought: joined, filled in and encoded once."""
    return PageFrames(html)


def join_messages(events: list[dict[str, Any]], json: bool) -> list[dict[str, Any]]:
    """Fragments that waited, in fewer frames; JSON stays an event a frame, a close stays last."""
    texts = [event for event in events if event["type"] == "websocket.send"]
    rest = [event for event in events if event["type"] != "websocket.send"]
    if not json:
        frames = join("".join(event["text"] for event in texts))
        texts = [{"type": "websocket.send", "text": frame} for frame in frames]
    return texts + rest


class Delivery(NamedTuple):
    """What a group is brought: to all, but for one person, or to some alone."""

    html: str
    json: str
    exclude_person: int | None
    only: frozenset[int] | None

    def is_for(self, person_id: int) -> bool:
        """Whether somebody's sockets get it."""
        return person_id != self.exclude_person and (self.only is None or person_id in self.only)


def deliver_together(deliveries: Iterable[Delivery], sockets: Iterable[Socket]) -> None:
    """Write `deliveries` to `sockets`, in their order: joined to pages, one after the other to programs."""
    deliveries = tuple(deliveries)
    pages = PageFrames("".join(one.html for one in deliveries))
    programs = [SharedMessage(one.json) for one in deliveries if one.json]
    to_pages = to_programs = delivered = 0
    # What there is for the locale of the last socket: mostly it is that of the next one, too.
    varies, reader = pages.varies, None
    messages, size = ([], 0) if varies else pages.of(None)
    for socket in sockets:
        if socket.json:
            to_programs += 1
            for program in programs:
                socket.write_shared(program)
        else:
            if varies and socket.locale is not reader:
                reader = socket.locale
                messages, size = pages.of(reader)
            to_pages += 1
            delivered += size
            for page in messages:
                socket.write_shared(page)
    DELIVERIES.inc(to_pages * len(messages) + to_programs * len(programs))
    DELIVERED_BYTES.inc(delivered + to_programs * sum(len(program.frame) for program in programs))


class Hub:
    """The groups of one process. What arrives for one in a turn of the loop goes out together."""

    def __init__(self) -> None:
        self.groups: dict[str, set[Socket]] = {}
        self.sockets: set[Socket] = set()
        self._pending: dict[str, list[Delivery]] = {}

    def add(self, socket: Socket) -> None:
        """Count `socket` among this process' own."""
        self.sockets.add(socket)

    def join(self, socket: Socket, group: str) -> None:
        """Put `socket` in `group`. Whoever calls has checked that it may be there."""
        if group not in socket.groups:
            socket.groups += (group,)
        self.groups.setdefault(group, set()).add(socket)

    def leave(self, socket: Socket, group: str) -> None:
        """Take `socket` out of `group`."""
        socket.groups = tuple(other for other in socket.groups if other != group)
        members = self.groups.get(group)
        if members is not None:
            members.discard(socket)
            if not members:
                del self.groups[group]

    def remove(self, socket: Socket) -> list[str]:
        """Forget `socket`; the groups that are empty for it."""
        self.sockets.discard(socket)
        was_in = socket.groups
        for group in was_in:
            self.leave(socket, group)
        return [group for group in was_in if group not in self.groups]

    def deliver(
        self,
        group: str,
        html: str = "",
        json: str = "",
        exclude_person: int | None = None,
        only: frozenset[int] | None = None,
    ) -> None:
        """Write `html` to the pages and `json` to the programs in `group`.

        But to those of the person `exclude_person`; where there is `only`, to those of these people alone.
        """
        if group not in self.groups:
            return
        if group not in self._pending:
            if not self._pending:
                asyncio.get_running_loop().call_soon(self._flush)
            self._pending[group] = []
        self._pending[group].append(Delivery(html, json, exclude_person, only))

    def _flush(self) -> None:
        pending, self._pending = self._pending, {}
        for group, deliveries in pending.items():
            sockets = tuple(self.groups.get(group, ()))
            named = people_named_in(deliveries)
            if named:
                deliver_each_its_own(deliveries, sockets, named)
            else:
                deliver_together(deliveries, sockets)


def people_named_in(deliveries: Iterable[Delivery]) -> set[int]:
    """The ids of those who are left out of something, or for whom alone something is."""
    named: set[int] = set()
    for one in deliveries:
        if one.exclude_person is not None:
            named.add(one.exclude_person)
        named |= one.only or frozenset()
    return named


def deliver_each_its_own(
    deliveries: Sequence[Delivery], sockets: Iterable[Socket], named: AbstractSet[int]
) -> None:
    """Write to each of `sockets` what of `deliveries` is for its person: made once for all who get that."""
    for_others = tuple(one.only is None for one in deliveries)
    by_choice: dict[tuple[bool, ...], list[Socket]] = {}
    for socket in sockets:
        is_named = socket.person_id in named
        choice = tuple(one.is_for(socket.person_id) for one in deliveries) if is_named else for_others
        by_choice.setdefault(choice, []).append(socket)
    for choice, those in by_choice.items():
        deliver_together(compress(deliveries, choice), those)
