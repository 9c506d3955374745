"""Sockets: what any page of a signed-in person may say, and the practice socket."""

import logging
from collections.abc import Coroutine, Sequence
from http import HTTPStatus
from sys import intern
from typing import Any, Self
from urllib.parse import parse_qs

from channels.consumer import AsyncConsumer, get_handler_name
from channels.exceptions import StopConsumer
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from database.threads import in_database
from hypermedia import fragments
from hypermedia.locales import for_all_readers
from live import admission, bus, sessions
from live.actions import Departure
from live.admission import Denials, Denied
from live.frames import CUT_OFF, BadFrame, code_of, parse, too_big
from live.handshakes import refuse
from live.hub import ANOTHER_LOCALE, COME_BACK, NO_ACCESS, SHARED_FRAME, SIGNED_OUT, TOO_FAST, Socket
from live.limits import TokenBucket
from live.origin import is_allowed_origin
from live.pulse import PULSE
from live.server_process import ServerProcess, circuit, close_outdated, close_over

logger = logging.getLogger(__name__)

# Frames a second that one page may send for long, and at once: a hundred messages that were
# written while the connection was lost arrive together.
FRAME_RATE = 10.0
FRAME_BURST = 200
# So many frames too fast, one after the other, and the socket is closed.
FRAMES_REFUSED = 100

ANOTHER_ORIGIN = "A page of another site may not open a socket here."


def page_locale(scope: Any) -> tuple[str, str]:
    """The name of the time zone in which a page is, and its language, as its socket's address has them.

    A page that was made before pages said so is in the site's.
    """
    asked = parse_qs(scope.get("query_string", b"").decode(errors="replace"))
    zone = asked.get("zone", [str(timezone.get_default_timezone())])[0]
    return intern(zone), intern(asked.get("language", [settings.LANGUAGE_CODE])[0])


def says_resume(scope: Any) -> bool:
    """Whether it is a page that first says what it shows: its socket's address has `resumes`."""
    return b"resumes=" in scope.get("query_string", b"")


class Consumer(AsyncConsumer):
    """A Channels consumer without a channel: the process has the one that it needs."""

    # Thousands may be idle, and slots are less than half of what they would need.
    __slots__ = ("base_send", "scope")

    channel_layer_alias = ""

    @classmethod
    def as_asgi(cls) -> Any:
        """An application that makes a consumer for each socket, and keeps nothing beside it."""

        def application(scope: Any, receive: Any, send: Any) -> Coroutine[Any, Any, None]:
            return cls()(scope, receive, send)

        return application

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the method for an event. Channels' own would visit the database thread each time."""
        await getattr(self, get_handler_name(message))(message)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle one event after the other: while one is handled, the next waits with the peer."""
        self.scope = scope
        self.base_send = send
        # A socket may be idle for hours, and would keep its handshake here.
        del scope, send
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        finally:
            await self.ended()

    async def ended(self) -> None:
        """Whatever has ended this socket, a failure of ours included."""


class LiveConsumer(Consumer):
    """One socket of one signed-in person. Subclasses say where it is and what it may do."""

    __slots__ = ("allowance", "close_code", "page_locale", "place", "process", "socket")

    json = False

    def __init__(self) -> None:
        self.socket: Socket | None = None
        # The group that this socket is for, such as room-7; none is the whole site.
        self.place = ""
        self.page_locale = ("", "")
        self.close_code = CUT_OFF

    async def dispatch(self, message: dict[str, Any]) -> None:
        """What a page is sent has marks in the place of words until it is written.

        A program is told in the site's language.
        """
        with translation.override(settings.LANGUAGE_CODE) if self.json else for_all_readers():
            await super().dispatch(message)

    # -- What subclasses say -------------------------------------------------------------

    def prepare(self) -> None:
        """Take from the handshake what will be needed; the rest of it is dropped."""

    @classmethod
    def authorise(cls, arrivals: Sequence[Self]) -> Denials:
        """Find the place of each of those who are known; who may not be there. Runs in a database thread."""
        return {}

    async def enter(self) -> None:
        """Join the groups of this socket; it is authorised."""

    async def act(self, frame: dict[str, Any]) -> None:
        """Do what a frame asks. Raises BadFrame with a sentence for the sender."""
        raise BadFrame(_("That is not something this page can do."))

    def say(self, sentence: str) -> None:
        """Tell the sender alone what went wrong."""
        self.write(fragments.hx_partial("#notices", "beforeend", fragments.problem_notice(sentence)))

    @classmethod
    def session_key(cls, headers: Any) -> str:
        """What stands for whoever opens this: a page its session's key, a program its token's as well."""
        return sessions.program_key(headers) if cls.json else sessions.cookie_session(headers)

    # -- A socket's life -----------------------------------------------------------------

    async def websocket_connect(self, event: dict[str, Any]) -> None:
        """Accept first, and then say why not: a handshake that is refused is tried again for ever."""
        if not is_allowed_origin(self.scope):
            await refuse(self.scope, self.base_send, HTTPStatus.FORBIDDEN, ANOTHER_ORIGIN)
            raise StopConsumer
        self.process = ServerProcess.current()
        self.socket = Socket(
            self.base_send,
            person_id=0,
            session_key=self.session_key(self.scope["headers"]),
            json=self.json,
            line=self.scope.get("extensions", {}).get(SHARED_FRAME),
        )
        self.allowance = TokenBucket(FRAME_RATE, FRAME_BURST)
        self.page_locale = page_locale(self.scope)
        if says_resume(self.scope):
            self.socket.wait_for_resume()
        self.prepare()
        del self.scope
        await self.base_send({"type": "websocket.accept"})
        await self.process.started()
        try:
            await self.join_site(self.socket)
        except Denied as refused:
            self.refuse(self.socket, refused)

    async def join_site(self, socket: Socket) -> None:
        """Join what this socket is for, if it may. Raises Denied."""
        revoked = self.process.revoked
        await self.process.arrive(self)
        await self.process.join(socket, bus.EVERYONE if socket.hears_everyone else bus.APART)
        await self.enter()
        self.process.hub.add(socket)
        if self.process.revoked != revoked:
            await self.look_again()
        if not self.json:
            self.write(PULSE)

    async def look_again(self) -> None:
        """Whether it still may, after somebody's rights have ended while it was let in. Raises Denied.

        Who ended them closed the sockets that were there; this one was not yet.
        """
        for refused in (await in_database(admission.authorise)([self])).values():
            raise refused

    def refuse(self, socket: Socket, refused: Denied) -> None:
        """Say it on the page, or to the program, and close."""
        if refused.code in (SIGNED_OUT, COME_BACK):
            close_over(socket, renewed=refused.code == COME_BACK)
            return
        if refused.code == ANOTHER_LOCALE:
            close_outdated(socket)
            return
        if not self.json:
            way = ("/rooms/", _("See your rooms")) if refused.code == NO_ACCESS else ()
            socket.write_text(fragments.closing_notice(str(refused.sentence), *way))
        # For programs, and short: a reason has 123 bytes at most, RFC 6455, section 5.5.
        with translation.override(None):
            socket.close(refused.code, str(refused.sentence))

    async def websocket_receive(self, event: dict[str, Any]) -> None:
        """One untrusted frame: an answer to the sender alone, whatever it holds."""
        socket = self.open_socket
        if socket.closed:
            return
        if too_big(event):
            socket.close(1009, "too big")
            return
        if not self.allowance.take():
            self.too_fast(socket)
            return
        try:
            await self.act(parse(event))
        except BadFrame as bad:
            self.say(str(bad))
        except (OperationalError, InterfaceError) as error:
            # A full disk, a database that restarts: said once for all frames.
            circuit.record_failure(error)
            self.say(_("That could not be stored or read just now. Please try again in a moment."))
        except Exception:
            logger.exception("A frame could not be handled")
            self.say(_("That did not work, and it is our fault. Please try again."))

    def too_fast(self, socket: Socket) -> None:
        """One frame beyond the allowance: said once, and the socket closed if it goes on."""
        if self.allowance.refused == 1:
            self.say(_("That was too fast. Wait a moment, then go on."))
        elif self.allowance.refused > FRAMES_REFUSED:
            socket.close(TOO_FAST, "too fast")

    async def websocket_disconnect(self, event: dict[str, Any]) -> None:
        """The peer has gone, or the connection."""
        self.close_code = code_of(event)
        raise StopConsumer

    async def ended(self) -> None:
        """Forget the socket here, so that nobody writes to it, and write down how it ended."""
        socket = self.socket
        if socket is None:
            return
        socket.closed = True
        self.process.remove(socket)
        if socket.connection_id:
            code = socket.close_code or self.close_code
            await self.process.depart(
                Departure(socket.connection_id, socket.session_key, code, self.process.is_logged())
            )

    @property
    def open_socket(self) -> Socket:
        """The socket, for what happens only once it is there: all but the handshake."""
        if self.socket is None:
            raise RuntimeError("This socket was not accepted.")
        return self.socket

    def write(self, html: str) -> None:
        """Send to this socket alone."""
        if self.socket is not None:
            self.socket.write_text(html)
