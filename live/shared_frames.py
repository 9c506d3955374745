"""uvicorn's WebSocket protocol, able to write a frame that was encoded once for everybody.

Named to uvicorn with `--ws live.shared_frames:SharedFrames`. It adds to the protocol that uvicorn
comes with a Line in the scope's extensions, by which a finished frame goes straight to the transport.
What that leans on is private to uvicorn, so it is offered only where its version is known, and leads
there only where nothing compresses the connection and while the peer reads; everywhere else the hub uses
the plain `send` of ASGI, on this server as on any other.

And it answers what uvicorn leaves unanswered: a head that is no handshake gets a sentence, text that
is no text closes the socket without a traceback, and a peer that is gone without a word is told from
one that said goodbye.
"""

import random
from http import HTTPStatus
from typing import Any

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from live.handshakes import REFUSE
from live.hub import SHARED_FRAME, Line
from live.plain_answers import plain_answer
from live.waiting import Gate, Inbox

# Whose protocol was read for what stands below.
KNOWN_VERSIONS = ("0.54.0",)

# https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1
NOT_TEXT = 1007
NO_ANSWER = 1011

# So many sockets a second are told that their process ends, and the last of them after so many seconds: half
# of what uvicorn waits for them (Procfile).
FAREWELLS_A_SECOND = 1000
LONGEST_FAREWELL = 2.0
# So few are told at once.
FEW = 50

NO_HANDSHAKE = "That is no handshake that this server understands, or one that is too long."


def version_trouble() -> str:
    """Why no frame is written the fast way with the uvicorn that is installed, or an empty text."""
    if uvicorn.__version__ in KNOWN_VERSIONS:
        return ""
    return (
        f"live/shared_frames.py does not know uvicorn {uvicorn.__version__}"
        f" but {', '.join(KNOWN_VERSIONS)}:"
        " a frame is encoded anew for each page that it goes to, and what many hear takes longer."
    )


def farewell_delay(sockets: int) -> float:
    """After how many seconds one of so many sockets is told that the process ends: another for each."""
    if sockets <= FEW:
        return 0.0
    return random.uniform(0.0, min(LONGEST_FAREWELL, sockets / FAREWELLS_A_SECOND))  # noqa: S311


def without_proxy_headers(application: Any) -> Any:
    """The application without uvicorn's own belief in X-Forwarded-For: live/client_address.py decides."""
    return application.app if isinstance(application, ProxyHeadersMiddleware) else application


class SharedFrames(WebSocketsSansIOProtocol):
    """uvicorn's own protocol, and a Line in the scope of its sockets."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.app = without_proxy_headers(self.app)
        self.line = Line()
        if not version_trouble():
            self.queue: Any = Inbox()
            self.writable: Any = Gate()

    def data_received(self, data: bytes) -> None:
        """Some of a handshake or of a frame."""
        super().data_received(data)
        if not self.handshake_initiated and self.conn.handshake_exc is not None:
            # Its lines are too long, or too many, or it has a body.
            self.refuse_handshake(HTTPStatus.BAD_REQUEST, NO_HANDSHAKE)

    def refuse_handshake(self, status: HTTPStatus, sentence: str) -> None:
        """Answer a handshake with a sentence, and open no socket."""
        self.handshake_initiated = self.handshake_complete = self.close_sent = True
        if not self.transport.is_closing():
            self.transport.write(plain_answer(status, sentence))
            self.transport.close()

    def keepalive_timeout(self) -> None:
        """Say that the peer did not answer, and not only that it is gone."""
        self.line.becomes(None)
        self.queue.put_nowait({"type": "websocket.disconnect", "code": NO_ANSWER, "reason": "no answer"})
        super().keepalive_timeout()

    def send_receive_event_to_app(self) -> None:
        """Hand on a message; text that is not UTF-8 ends the socket, as the protocol has it."""
        if self.curr_msg_data_type == "text" and not is_utf8(b"".join(self.frames)):
            self.frames = []
            self.conn.send_close(NOT_TEXT)
            self.handle_parser_exception()
        else:
            super().send_receive_event_to_app()

    def handle_connect(self, event: Any) -> None:
        """Offer both with the handshake; frames are written once the socket is open."""
        super().handle_connect(event)
        if not hasattr(self, "scope"):
            return
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions[REFUSE] = self.refuse_handshake
        if not version_trouble():
            extensions[SHARED_FRAME] = self.line

    def start_keepalive(self) -> None:
        """The handshake is answered: nobody reads its headers again, a quarter of what an idle socket keeps.

        They are emptied, since everybody who waits for the socket's end holds the scope, and the parser the
        request.
        """
        super().start_keepalive()
        if not version_trouble():
            asked: Any = self.scope["headers"]
            for headers in (asked, self.request.headers, self.response.headers):
                headers.clear()
            self.open_line()

    def open_line(self) -> None:
        """Frames are written as they are: once the socket is open, is not compressed, and its peer reads."""
        connection = self.conn
        if connection.state is State.OPEN and not connection.extensions and self.writable.is_set():
            self.line.becomes(self.transport.write)

    def pause_writing(self) -> None:
        """The peer does not read what it has: what comes has to wait."""
        super().pause_writing()
        self.line.becomes(None)

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        self.open_line()

    def handle_close(self, event: Any) -> None:
        """The peer says goodbye: no frame comes after the answer to that."""
        self.line.becomes(None)
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        """What came is no frame: the socket is closed."""
        self.line.becomes(None)
        super().handle_parser_exception()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, and so is the way between it and its Socket."""
        self.line.becomes(None)
        self.line.socket = None
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The process ends: say so soon, and not to everybody at once, for they return at once."""
        delay = farewell_delay(len(self.connections)) if self.handshake_complete else 0.0
        if delay:
            self.loop.call_later(delay, self.say_farewell)
        else:
            self.line.becomes(None)
            super().shutdown()

    def say_farewell(self) -> None:
        """Close it, where that has not happened meanwhile."""
        if not self.transport.is_closing():
            self.line.becomes(None)
            super().shutdown()


def is_utf8(text: bytes) -> bool:
    """Whether these bytes are text."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
