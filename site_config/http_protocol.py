"""uvicorn's HTTP protocol, with an end to everything that a client may draw out or pile up.

Named to uvicorn with `--http site_config.http_protocol:BoundedRequests`. uvicorn itself ends what is idle
between two requests, and nothing else: a head may come a byte at a time or never end, a body likewise, and
one client may hold as many connections as it likes. Here each of these has a limit, and whoever goes beyond
it is told so in a sentence.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import httptools
from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from live.client_address import ConnectionCount, counted_address
from live.plain_answers import plain_answer
from live.shared_frames import without_proxy_headers

# Of a request's first line and its headers, bytes. Browsers send 1 to 4 KB; other servers take 8 to 64 KB.
HEAD_LIMIT = 32 * 1024
# Bytes a second that a body has to come with on the long run, as Apache's mod_reqtimeout has it:
# https://httpd.apache.org/docs/2.4/mod/mod_reqtimeout.html
LEAST_RATE = 500
# Bytes that may come around those of a body (lengths of chunks, trailers), and for each byte of it.
AROUND_BODY = 64 * 1024
AROUND_BYTE = 16
# Seconds in which some of an answer has to be taken.
ANSWER_PATIENCE = 60
# A request that was answered before it had come whole: the client may be sending still, and would see
# no answer but a broken connection. So much longer, seconds, and so much more, bytes, is thrown away.
LINGER_SECONDS = 5
LINGER_LIMIT = 1024 * 1024

NOT_HTTP = "That is no request that this server understands."
HEAD_TOO_LARGE = "The address or the headers of that request are too long."
TOO_SLOW = "That request took too long to arrive."
TOO_MANY = "There are too many connections from your address. Close some, then try again."

# Connections over which requests come, of each address. A socket that is let in is counted by its person.
connections = ConnectionCount("CONNECTIONS_PER_ADDRESS")


class BoundedRequests(HttpToolsProtocol):
    """uvicorn's own protocol, with limits."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.app = without_proxy_headers(self.app)
        # By whom this connection is counted, while it is.
        self.counted: str | None = None
        # What ends this connection unless something happens before.
        self.deadline: asyncio.TimerHandle | None = None
        self.answer_deadline: asyncio.TimerHandle | None = None
        # The request that is coming: how much of its head has come, how much of its body, and since when.
        self.head_size = 0
        self.is_in_body = False
        self.body_size = 0
        self.around_body = 0
        self.body_since = 0.0
        # Bytes that may still come and be thrown away, once this connection is only waiting for its end.
        self.lingering: int | None = None
        # The answer after which the client wants the connection closed.
        self.last_cycle: Any = None

    # -- A connection's life -------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request; not for one too many of this address."""
        super().connection_made(transport)
        # Behind a proxy they are all the proxy's: its clients are counted by their requests.
        address = "" if settings.TRUSTED_PROXIES else counted_address({"client": self.client})
        if not connections.take(address):
            self.refuse(HTTPStatus.TOO_MANY_REQUESTS, TOO_MANY)
            return
        self.counted = address
        self.wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self.let_go()
        super().connection_lost(exc)

    def let_go(self) -> None:
        """Nothing here ends this connection any more, and it is not counted."""
        for timer in (self.deadline, self.answer_deadline):
            if timer is not None:
                timer.cancel()
        self.deadline = self.answer_deadline = None
        self._unset_keepalive_if_required()
        if self.counted is not None:
            connections.give_back(self.counted)
            self.counted = None

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection on; not in the middle of an answer."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.close()
            return
        self.let_go()
        super().handle_websocket_upgrade()

    # -- What comes ----------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Some of a request."""
        if self.lingering is not None:
            self.throw_away(data)
            return
        self._unset_keepalive_if_required()
        if self.is_in_body:
            self.around_body += len(data)
        else:
            self.head_size += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Any other upgrade is not offered, and the request is one as any other.
            if self._should_upgrade():
                self.handle_websocket_upgrade()
        except httptools.HttpParserError:
            if self.head_size > HEAD_LIMIT:
                self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, HEAD_TOO_LARGE)
            else:
                self.refuse(HTTPStatus.BAD_REQUEST, NOT_HTTP)
        else:
            self.look_at_sizes()
            self.wait_for_the_rest()

    def look_at_sizes(self) -> None:
        """Refuse a head without end, and a body of which there is much more than the body."""
        if self.head_size > HEAD_LIMIT:
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, HEAD_TOO_LARGE)
        elif self.around_body > AROUND_BODY + AROUND_BYTE * self.body_size:
            self.refuse(HTTPStatus.BAD_REQUEST, NOT_HTTP)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; what comes behind a body is of no use."""
        if not self.is_in_body:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head has come: hand the request on, and wait for its body."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > HEAD_LIMIT:
            # All of it came at once.
            self.head_size = size
            raise ValueError(HEAD_TOO_LARGE)
        self.head_size = 0
        self.stop_waiting()
        super().on_headers_complete()
        if self.parser.should_upgrade() and self._should_upgrade():
            return
        self.is_in_body = True
        self.body_size = self.around_body = 0
        self.body_since = self.loop.time()
        if has_body(self.headers) and not self.cycle.keep_alive:
            # uvicorn would close at once; here the rest of the body is thrown away first, if there is one.
            self.cycle.keep_alive = True
            self.last_cycle = self.cycle

    def on_body(self, body: bytes) -> None:
        """Some of a body."""
        self.body_size += len(body)
        self.around_body -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request has come whole."""
        self.is_in_body = False
        self.around_body = 0
        self.stop_waiting()
        super().on_message_complete()

    # -- How long it may take ------------------------------------------------------------

    def wait_for_the_rest(self) -> None:
        """Where a request has not come whole at once, as most do, give what is missing its time."""
        if self.deadline is None and self.lingering is None:
            if self.is_in_body:
                self.deadline = self.loop.call_later(settings.REQUEST_PATIENCE, self.look_at_body)
            elif self.head_size:
                self.wait_for_head()

    def wait_for_head(self) -> None:
        """Give a request's head its time."""
        self.deadline = self.loop.call_later(settings.REQUEST_PATIENCE, self.end_wait_for_head)

    def end_wait_for_head(self) -> None:
        """Say that it took too long, to whoever has begun to say something."""
        if self.head_size:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, TOO_SLOW)
        else:
            self.transport.close()

    def stop_waiting(self) -> None:
        """What was waited for has come."""
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def look_at_body(self) -> None:
        """End a body that comes too slowly; time in which this server did not read does not count."""
        waited = self.loop.time() - self.body_since
        left = settings.REQUEST_PATIENCE + self.body_size / LEAST_RATE - waited
        if self.flow.read_paused:
            left = settings.REQUEST_PATIENCE
        if left > 0:
            self.deadline = self.loop.call_later(left, self.look_at_body)
        else:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT, TOO_SLOW)

    def pause_writing(self) -> None:
        """The client does not take its answer: it has a while to go on."""
        super().pause_writing()
        self.answer_deadline = self.loop.call_later(ANSWER_PATIENCE, self.transport.abort)

    def resume_writing(self) -> None:
        """It does."""
        if self.answer_deadline is not None:
            self.answer_deadline.cancel()
            self.answer_deadline = None
        super().resume_writing()

    # -- The end -------------------------------------------------------------------------

    def on_response_complete(self) -> None:
        """An answer has been sent; what of its request has not come is not waited for."""
        is_last = not self.pipeline and self.cycle is not None and self.cycle.response_complete
        is_unread = is_last and self.cycle.more_body
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if is_unread:
            self.linger()
        elif is_last and self.cycle is self.last_cycle:
            self.transport.close()

    def refuse(self, status: HTTPStatus, sentence: str) -> None:
        """Answer whatever has come so far with a sentence; the connection is of no more use."""
        if self.lingering is not None or self.transport.is_closing():
            return
        self.pipeline.clear()
        if self.cycle is not None and not self.cycle.response_complete:
            # Whoever is at work on it is told that the client is gone.
            self.cycle.disconnected = True
            self.cycle.waiting_for_100_continue = False
            self.cycle.message_event.set()
            if self.cycle.response_started:
                self.transport.close()
                return
        self.transport.write(plain_answer(status, sentence))
        self.linger()

    def linger(self) -> None:
        """Say that nothing more will be said, and throw away for a moment what the client still sends."""
        self.stop_waiting()
        self._unset_keepalive_if_required()
        self.lingering = LINGER_LIMIT
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.deadline = self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def throw_away(self, data: bytes) -> None:
        """Take what nobody reads, up to a limit."""
        if self.lingering is not None:
            self.lingering -= len(data)
            if self.lingering < 0:
                self.transport.abort()


def has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a request with these headers has a body."""
    return any(name in (b"content-length", b"transfer-encoding") and value != b"0" for name, value in headers)
