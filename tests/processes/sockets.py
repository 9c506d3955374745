"""Real sockets to real servers, as a page's and as a program's."""

import asyncio
import json
import re
from collections.abc import Callable
from contextlib import suppress
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.browser.conftest import PASSWORD
from tests.browser.server import Server

# Longer than anything here takes: a lease, and Redis' return.
PATIENCE = 30.0


class Browser:
    """Somebody who is signed in at the site, over plain HTTP."""

    def __init__(self, server: Server, username: str, opened: "list[Socket]") -> None:
        self.server = server
        self.opened = opened
        self.jar = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.jar))
        self.submit("/accounts/login/", login=username, password=PASSWORD)

    def get(self, path: str, server: Server | None = None) -> str:
        """A page."""
        return self.opener.open((server or self.server).url + path).read().decode()

    def submit(self, path: str, form_at: str = "", **fields: str) -> None:
        """Post the form that the page at `path`, or at `form_at`, has."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(form_at or path))
        assert token
        data = urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        self.opener.open(self.server.url + path, data)

    @property
    def cookie(self) -> str:
        """The Cookie header."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    async def socket(self, path: str, server: Server | None = None, **options: Any) -> "Socket":
        """A socket of this browser, at its server or at another of the same site."""
        at = server or self.server
        headers = {"Cookie": self.cookie, "Origin": at.url}
        connection = await connect(
            at.url.replace("http", "ws", 1) + path, additional_headers=headers, compression=None, **options
        )
        socket = Socket(connection)
        self.opened.append(socket)
        return socket


class Socket:
    """One socket, and all that came over it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.text = ""

    async def send(self, **frame: Any) -> None:
        """Send a frame."""
        await self.connection.send(json.dumps(frame))

    async def until(self, found: str | Callable[[str], bool], patience: float = PATIENCE) -> str:
        """All that has come, once it holds `found`."""
        try:
            async with asyncio.timeout(patience):
                while not (found(self.text) if callable(found) else found in self.text):
                    self.text += str(await self.connection.recv())
        except TimeoutError:
            raise AssertionError(f"{found!r} did not arrive, but {self.text[-2000:]!r}") from None
        return self.text

    async def code(self) -> int | None:
        """The code with which the server closes."""
        with suppress(ConnectionClosed):
            async with asyncio.timeout(PATIENCE):
                while True:
                    self.text += str(await self.connection.recv())
        return self.connection.close_code
