"""Journeys in Firefox and in WebKit: each test runs in both. `alice` is at a page, `bob` at a socket."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.browser.conftest import (  # noqa: F401
    empty_house,
    furnished_house,
    house,
    preloaded,
    prepared,
    server,
    start_server,
)
from tests.browser.server import Server
from tests.engines import firefox, webkit
from tests.engines.firefox import Firefox
from tests.engines.page import Page
from tests.engines.webkit import WebKit

# Where a path is, and what starts it.
ENGINES: dict[str, tuple[Callable[[], str | None], Callable[..., Firefox | WebKit]]] = {
    "firefox": (firefox.on_machine, Firefox),
    "webkit": (webkit.on_machine, WebKit),
}
WIDE = (1280, 800)


# All of one engine's go to one worker, which starts it once.
@pytest.fixture(
    scope="session", params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ENGINES]
)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firefox | WebKit]:
    """The browser of the journey, started."""
    find, start = ENGINES[request.param]
    path = find()
    if not path:
        pytest.skip(f"There is no {request.param} here; bin/test installs one.")
    browser = start(path, tmp_path_factory.mktemp("profiles") / request.param)
    yield browser
    browser.end()


@pytest.fixture
def expected_complaints() -> list[str]:
    """Patterns of what a console may say in this test."""
    return []


@pytest.fixture
def visitor(
    engine: Firefox | WebKit,
    expected_complaints: list[str],
    start_server: Callable[..., Server],  # noqa: F811
) -> Iterator[Page]:
    """A tab of somebody whom the server does not know; it is closed before any server ends."""
    engine.complaints.clear()
    page = engine.person()
    page.resize(*WIDE)
    yield page
    page.end()
    unexpected = [
        line for line in engine.complaints if not any(re.search(known, line) for known in expected_complaints)
    ]
    assert not unexpected, "the browser complained:\n" + "\n".join(unexpected)


@pytest.fixture
def alice(visitor: Page, server: Server) -> Page:  # noqa: F811
    """The tab of alice, in the room."""
    key = server.session("alice")
    assert key
    visitor.add_cookie("sessionid", key, server.url)
    return enter(visitor, server)


def enter(page: Page, server: Server, path: str = "/rooms/general/") -> Page:  # noqa: F811
    """Go to a page of a person's, and wait for its socket."""
    page.go(server.url + path)
    return connected(page)


def connected(page: Page) -> Page:
    """Wait until this page hears what is said: the first pulse comes when its socket has joined."""
    page.becomes("document.querySelector('#live')?._htmx?.ws?.connection?.socket?.readyState == 1")
    page.becomes("document.querySelector('#pulse > span') !== null")
    page.becomes("document.querySelector('#online [id^=online-]') !== null")
    return page


class Member:
    """Somebody in the room `general`, at a socket as its page has it."""

    def __init__(self, server: Server, name: str) -> None:  # noqa: F811
        address = f"{server.url.replace('http', 'ws')}/ws/rooms/general/"
        cookie = {"Cookie": f"sessionid={server.session(name)}"}
        self._stack = ExitStack()
        arriving = connect(address, additional_headers=cookie, origin=Origin(server.url), proxy=None)
        self._socket = self._stack.enter_context(arriving)

    def say(self, *texts: str) -> None:
        """Post messages."""
        for text in texts:
            self._send(type="message", body=text)

    def type(self) -> None:
        """Touch a key."""
        self._send(type="typing")

    def _send(self, **frame: str) -> None:
        self._socket.send(json.dumps(frame))

    def leave(self) -> None:
        """Close the socket."""
        self._stack.close()


@pytest.fixture
def join(server: Server) -> Iterator[Callable[[str], Member]]:  # noqa: F811
    """Have somebody come into the room, until the test ends: `join("charlie")`."""
    with ExitStack() as here:

        def come(name: str) -> Member:
            member = Member(server, name)
            here.callback(member.leave)
            return member

        yield come


@pytest.fixture
def bob(join: Callable[[str], Member]) -> Member:
    """Bob, in the room."""
    return join("bob")
