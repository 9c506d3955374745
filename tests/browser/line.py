"""A line between a browser and a server that can go dead: it stays open, and passes nothing on."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.browser.server import HOST

CHUNK = 65_536


class Line:
    """A port of its own in front of a server's."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server((HOST, 0))
        self._dead: set[socket.socket] = set()
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://{HOST}:{self._listener.getsockname()[1]}"

    def go_dead(self) -> None:
        """Swallow whatever is said from here on, both ways, in the connections that there are."""
        self._dead.update(self._ends)

    def close(self) -> None:
        """End it, and what goes through it."""
        for one in (self._listener, *self._ends):
            with suppress(OSError):
                one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection((HOST, self._to))
                self._ends += near, far
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while chunk := one.recv(CHUNK):
                if one not in self._dead:
                    other.sendall(chunk)
            if one not in self._dead:
                other.shutdown(socket.SHUT_WR)


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    """A line to the server at `port`."""
    line = Line(port)
    yield line
    line.close()
