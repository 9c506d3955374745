"""A server elsewhere that hears what it is posted, and answers."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl

# A loopback address that is not one of Parley's own names: a place elsewhere, as far as it can tell.
ELSEWHERE = "127.0.0.3"


class Posted(NamedTuple):
    """One request that it got."""

    headers: dict[str, str]
    body: str

    @property
    def fields(self) -> dict[str, str]:
        """What its form says."""
        return dict(parse_qsl(self.body))


class Server:
    """What it was sent, and what it answers."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.status, self.words = 200, ""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.posted.append(Posted(headers, body))
                self.send_response(server.status)
                self.end_headers()
                self.wfile.write(server.words.encode())

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer((ELSEWHERE, 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://{ELSEWHERE}:{self._server.server_port}/"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
