"""Sockets: what any page of a signed-in person may say, and the practice socket."""

import logging
from typing import Any

from channels.consumer import AsyncConsumer, get_handler_name
from channels.exceptions import StopConsumer
from django.contrib.auth.base_user import AbstractBaseUser

from live import actions, broadcasts, bus, fragments, sessions
from live.database import in_database
from live.frames import BadFrame, parse, too_big
from live.hub import SHARED_FRAME, SIGNED_OUT, TOO_FAST, Socket
from live.limits import Allowance
from live.origin import is_ours
from live.process import LiveProcess, sign_off

logger = logging.getLogger(__name__)

# Frames a second that one page may send for long, and at once: a hundred messages that were
# written while the connection was lost arrive together.
FRAME_RATE = 10.0
FRAME_BURST = 200
# So many frames too fast, one after the other, and the socket is closed.
FRAMES_REFUSED = 100


class Refused(Exception):
    """This socket may not be here: a close code, and a sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Consumer(AsyncConsumer):
    """A Channels consumer without a channel: the process has the one that it needs."""

    channel_layer_alias = ""

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Call the method for an event. Channels' own would visit the database thread each time."""
        await getattr(self, get_handler_name(message))(message)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle one event after the other: while one is handled, the next waits with the peer."""
        self.scope = scope
        self.base_send = send
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass


class LiveConsumer(Consumer):
    """One socket of one signed-in person. Subclasses say where it is and what it may do."""

    json = False
    socket: Socket | None = None
    connection_id = 0
    closed_by_peer = 1005

    # -- What subclasses say -------------------------------------------------------------

    def admit(self, person: AbstractBaseUser) -> str:
        """Check that `person` may be here; the place. Runs in a database thread. Raises Refused."""
        return ""

    async def enter(self) -> None:
        """Join the groups of this socket; it is authorised."""

    async def act(self, frame: dict[str, Any]) -> None:
        """Do what a frame asks. Raises BadFrame with a sentence for the sender."""
        raise BadFrame("That is not something this page can do.")

    def say(self, sentence: str) -> None:
        """Tell the sender alone what went wrong."""
        self.write(fragments.partial("#notices", "beforeend", fragments.sentence(sentence)))

    # -- A socket's life -----------------------------------------------------------------

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Whatever ends this socket, a failure of ours included, nobody writes to it afterwards."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self.socket is not None:
                self.socket.closed = True
                self.process.remove(self.socket)

    async def websocket_connect(self, event: dict[str, Any]) -> None:
        """Accept first, and then say why not: a handshake that is refused is tried again for ever."""
        if not is_ours(self.scope):
            await self.base_send({"type": "websocket.close"})
            raise StopConsumer
        self.process = LiveProcess.current()
        session_key = sessions.cookie_session(self.scope["headers"])
        write_frame = self.scope.get("extensions", {}).get(SHARED_FRAME)
        self.prepare()
        # Nothing of the handshake is kept for as long as the socket lives.
        self.scope = {}
        await self.base_send({"type": "websocket.accept"})
        await self.process.started()
        try:
            person_id, place = await in_database(self._identify)(session_key)
        except Refused as refused:
            self.refuse(refused)
            return
        self.socket = Socket(
            self.base_send,
            person_id=person_id,
            session_key=session_key,
            json=self.json,
            write_frame=write_frame,
        )
        self.allowance = Allowance(FRAME_RATE, FRAME_BURST)
        self.process.hub.add(self.socket)
        await self.process.join(self.socket, bus.EVERYONE)
        await self.enter()
        if not self.json:
            self.write(fragments.PULSE)
        self.connection_id, still_signed_in = await in_database(actions.open_connection)(
            self.process.id, person_id, session_key, place
        )
        if not still_signed_in:
            sign_off(self.socket)
        await self.process.announce("look")
        await self.tell_log()

    def prepare(self) -> None:
        """Take from the handshake what will be needed; the rest of it is dropped."""

    def _identify(self, session_key: str) -> tuple[int, str]:
        person = sessions.person_of(session_key)
        if person is None:
            raise Refused(SIGNED_OUT, "You are signed out.")
        return person.pk, self.admit(person)

    def refuse(self, refused: Refused) -> None:
        """Say it on the page, or to the program, and close."""
        self.socket = Socket(self.base_send, person_id=0, session_key="", json=self.json)
        if refused.code == SIGNED_OUT:
            sign_off(self.socket)
            return
        if not self.json:
            self.socket.write_text(fragments.farewell(refused.sentence, "/rooms/", "See your rooms"))
        self.socket.close(refused.code, refused.sentence)

    async def websocket_receive(self, event: dict[str, Any]) -> None:
        """One untrusted frame: an answer to the sender alone, whatever it holds."""
        socket = self.socket
        if socket is None or socket.closed:
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
        except Exception:
            logger.exception("A frame could not be handled")
            self.say("That did not work, and it is our fault. Please try again.")

    def too_fast(self, socket: Socket) -> None:
        """One frame beyond the allowance: said once, and the socket closed if it goes on."""
        if self.allowance.refused == 1:
            self.say("That was too fast. Wait a moment, then go on.")
        elif self.allowance.refused > FRAMES_REFUSED:
            socket.close(TOO_FAST, "too fast")

    async def websocket_disconnect(self, event: dict[str, Any]) -> None:
        """The socket ended: forget it here, and write it down."""
        socket = self.socket
        if socket is not None:
            socket.closed = True
            self.process.remove(socket)
            if self.connection_id:
                code = socket.close_code or event.get("code") or self.closed_by_peer
                await in_database(actions.close_connection)(self.connection_id, socket.session_key, code)
                await self.process.announce("look")
                await self.tell_log()
        raise StopConsumer

    async def tell_log(self) -> None:
        """Bring the row of this socket to the pages that show this session's log."""
        await in_database(broadcasts.connection_logged)(self.connection_id)

    @property
    def open_socket(self) -> Socket:
        """The socket, for what happens only once it is there: `enter`, and whatever a frame asks."""
        if self.socket is None:
            raise RuntimeError("This socket was not admitted.")
        return self.socket

    def write(self, html: str) -> None:
        """Send to this socket alone."""
        if self.socket is not None:
            self.socket.write_text(html)
