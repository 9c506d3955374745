"""A web server that takes what is posted to it, as ntfy and somebody's own would; our own that takes mail."""

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from notifications.mail_server import controller

# A loopback address that is not one of Parley's own names: a place elsewhere, as far as it can tell.
ELSEWHERE = "127.0.0.2"


class Posted(NamedTuple):
    """One request that it got."""

    path: str
    headers: dict[str, str]
    body: str


class Server:
    """What it answers, and what it was sent."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.status, self.words, self.location = 200, "", ""
        self.meanwhile: Callable[[], None] = lambda: None
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.posted.append(Posted(self.path, headers, body))
                server.meanwhile()
                self.send_response(server.status)
                if server.location:
                    self.send_header("Location", server.location)
                self.end_headers()
                self.wfile.write(server.words.encode())

            def do_GET(self) -> None:
                server.posted.append(Posted(self.path, {}, "GET"))
                self.send_error(405)

            def log_message(self, *args: object) -> None:
                pass

        self._handler = Handler
        self._port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://{ELSEWHERE}:{self._port}"

    def start(self) -> None:
        self._server = ThreadingHTTPServer((ELSEWHERE, self._port), self._handler)
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def mail_door() -> Iterator[Callable[[], smtplib.SMTP]]:
    """The server that takes mail in, to be spoken with."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    there = controller("127.0.0.1", port)
    there.start()
    yield lambda: smtplib.SMTP("127.0.0.1", port, timeout=20)
    there.stop(no_assert=True)
