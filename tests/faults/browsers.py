"""Somebody's browser: what it asks over HTTP, with the cookie of a session that was begun before."""

from typing import Any
from urllib.parse import urlencode

from tests.served import request, wire

# Of our own: a form is taken that says what its cookie does.
CSRF = "c" * 32
HOST = "testserver"
ORIGIN = f"http://{HOST}"
BOUNDARY = "a-boundary-of-a-form"


class Answer:
    """What was answered; status 0 is no answer at all."""

    def __init__(self, status: int = 0, headers: dict[str, str] | None = None, text: str = "") -> None:
        self.status = status
        self.headers = headers or {}
        self.text = text

    @property
    def is_done(self) -> bool:
        """Whether it says that it was done, and not only that it was understood."""
        return self.status in (200, 204, 303) and "/accounts/login/" not in self.headers.get("location", "")

    @property
    def is_refused(self) -> bool:
        """Whether it says that it was not done: the form, or its row, is there with a sentence."""
        return 400 <= self.status < 500

    @property
    def is_signed_out(self) -> bool:
        """Whether it asks who that is."""
        return self.status in (302, 303) and "/accounts/login/" in self.headers.get("location", "")


class Browser:
    """One session; `port` is where the site is."""

    def __init__(self, name: str, session: str, port: int) -> None:
        self.name = name
        self.port = port
        self.cookie = f"sessionid={session}; csrftoken={CSRF}"

    async def get(self, path: str) -> Answer:
        """Ask for a page."""
        return await self._ask(request(path, "GET", Host=HOST, Cookie=self.cookie))

    async def post(
        self, path: str, fields: dict[str, str], *, htmx: bool = True, file: tuple[str, bytes] | None = None
    ) -> Answer:
        """Send a form, as htmx does, or as a browser without a script."""
        fields = {"csrfmiddlewaretoken": CSRF, **fields}
        headers = {"Host": HOST, "Origin": ORIGIN, "Cookie": self.cookie}
        if htmx:
            headers["HX-Request"] = "true"
        if file is None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            return await self._ask(request(path, "POST", urlencode(fields).encode(), **headers))
        headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        return await self._ask(request(path, "POST", multipart(fields, *file), **headers))

    async def _ask(self, asked: bytes) -> Answer:
        """Whatever breaks on the way is no answer."""
        try:
            async with wire(self.port) as line:
                await line.send(asked)
                return Answer(*await line.answer())
        except (OSError, TimeoutError):
            return Answer()

    @property
    def socket_options(self) -> dict[str, Any]:
        """What the handshake of a socket says, and where it is."""
        headers = {"Cookie": self.cookie, "Origin": ORIGIN}
        return {"additional_headers": headers, "host": "127.0.0.1", "port": self.port, "compression": None}


def multipart(fields: dict[str, str], name: str, data: bytes) -> bytes:
    """The body of a form with a file."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
    parts += [head.encode(), b"Content-Type: text/plain\r\n\r\n", data, f"\r\n--{BOUNDARY}--\r\n".encode()]
    return b"".join(parts)
