"""Journeys: real browsers on a real server. `server` is fresh for each test, `person` somebody at it."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from tests.browser.preloaded import Preloaded
from tests.browser.room import PATIENCE
from tests.browser.server import SESSIONS, House, Server, build
from tests.shared_folder import shared_folder

PASSWORD = "parley-demo"
# What a journey expects takes less than a second, but on a machine that does much else.
expect.set_options(timeout=PATIENCE)
# Who lives in every house: an administrator and two more, in the room that everybody is in.
# How often each of them has signed in already: a journey that is not about that begins behind the form.
SESSIONS_EACH = 4
FURNITURE = f"""
import json
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from accounts.models import Community
from rooms.models import Membership, Room

Person = get_user_model()
Community(name="Test house").save()
people = [
    Person.objects.create_superuser("alice", password="{PASSWORD}"),
    Person.objects.create_user("bob", password="{PASSWORD}"),
    Person.objects.create_user("charlie", password="{PASSWORD}"),
]
room, _ = Room.objects.get_or_create(slug="general", defaults=dict(name="general", for_everyone=True))
for person in people:
    Membership.objects.get_or_create(room=room, person=person)

def session_of(person):
    client = Client()
    client.force_login(person)
    return client.session.session_key

keys = {{person.username: [session_of(person) for _ in range({SESSIONS_EACH})] for person in people}}
Path(settings.DATA_DIR, "{SESSIONS}").write_text(json.dumps(keys))
"""
NEWCOMER = """
from django.contrib.auth import get_user_model
from rooms.models import Membership, Room

person = get_user_model().objects.create_user({name!r}, password={password!r})
for room in Room.objects.filter(for_everyone=True):
    Membership.objects.get_or_create(room=room, person=person)
"""


# -- The server ----------------------------------------------------------------------------


def empty(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A site that nobody has set up yet: one for all workers."""
    return House(shared_folder(tmp_path_factory, "empty-house", build))


def furnished(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A site with alice (administrator), bob, charlie and the room `general`: one for all workers."""

    def furnish(folder: Path) -> None:
        House(empty(tmp_path_factory).copy_to(folder)).furnish(FURNITURE)

    return House(shared_folder(tmp_path_factory, "furnished-house", furnish))


@pytest.fixture(scope="session")
def empty_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A site that nobody has set up yet."""
    return empty(tmp_path_factory)


@pytest.fixture(scope="session")
def furnished_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A site with alice (administrator), bob, charlie and the room `general`."""
    return furnished(tmp_path_factory)


@pytest.fixture(scope="module")
def house(
    furnished_house: House,
    prepared: Preloaded,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> House:
    """The site that the servers of a file start from: with what its MORE_FURNITURE, some Python, adds."""
    more = getattr(request.module, "MORE_FURNITURE", "")
    if not more:
        return furnished_house

    def furnish(folder: Path) -> None:
        # Where no server runs yet: what is forked there has imported everything.
        assert prepared.folder
        House(furnished_house.copy_to(prepared.folder)).furnish(more, prepared)
        House(prepared.folder).copy_to(folder)

    return House(shared_folder(tmp_path_factory, f"house-of-{request.module.__name__}", furnish))


@pytest.fixture(scope="session")
def preloaded() -> Iterator[Preloaded]:
    """What the servers of this process are forked from."""
    process = Preloaded()
    yield process
    process.end()


@pytest.fixture(scope="session")
def prepared(furnished_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preloaded]:
    """What a test's first server is forked from, if it is told no settings: it has read its own already."""
    folder = tmp_path_factory.mktemp("prepared")
    furnished_house.copy_to(folder)
    process = Preloaded(folder)
    yield process
    process.end()


@pytest.fixture
def start_server(
    furnished_house: House,
    tmp_path_factory: pytest.TempPathFactory,
    prepared: Preloaded,
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., Server]]:
    """Start a server of one's own: `start_server("daphne", house=empty_house, TIME_ZONE="Asia/Tokyo")`."""
    servers: list[Server] = []

    def start(kind: str = "uvicorn", *, house: House = furnished_house, **settings: str) -> Server:
        is_prepared = not servers and not settings and kind == "uvicorn"
        folder = prepared.folder if is_prepared else tmp_path_factory.mktemp("server")
        assert folder
        house.copy_to(folder)
        server = Server(folder, kind, **settings)
        # The other takes a second to be there, and few tests ask for it.
        server.preloaded = prepared if is_prepared else request.getfixturevalue("preloaded")
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()
        # Shown by pytest where the test failed, and only there.
        print(f"\nThe log of the server ({server.kind}, {server.url}):\n{server.log()}")


@pytest.fixture
def server(start_server: Callable[..., Server], house: House, request: pytest.FixtureRequest) -> Server:
    """The server of this test, on uvicorn; `parametrize("server", ["uvicorn", "daphne"], indirect=True)`."""
    return start_server(getattr(request, "param", "uvicorn"), house=house)


# -- The browsers --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium that bin/test found, which is to talk to nobody but our server."""
    quiet = ("disable-gpu", "disable-quic", "no-first-run", "disable-background-networking")
    words = [f"--{word}" for word in (*quiet, "disable-component-update", "disable-sync")]
    if os.geteuid() == 0:
        words.append("--no-sandbox")  # which it needs another user for
    found = {"executable_path": path} if (path := os.environ.get("PARLEY_CHROMIUM")) else {}
    return browser_type_launch_args | found | {"args": words}


@pytest.fixture
def expected_complaints() -> list[str]:
    """Patterns of what browsers may complain of in this test: `expected_complaints.append("WebSocket")`."""
    return []


@pytest.fixture
def complaints(expected_complaints: list[str]) -> Iterator[list[str]]:
    """What the browsers of this test complained of: errors in a console, violations of the policy."""
    heard: list[str] = []
    yield heard
    unexpected = [line for line in heard if not any(re.search(known, line) for known in expected_complaints)]
    assert not unexpected, "a browser complained:\n" + "\n".join(unexpected)


@pytest.fixture
def visitor(
    new_context: Callable[..., BrowserContext], server: Server, complaints: list[str]
) -> Callable[..., Page]:
    """A browser of its own at the server, nobody signed in: `visitor(java_script_enabled=False)`.

    Less motion is asked for, where a test says nothing else: each frame is drawn by the processor here.
    """

    def visit(**options: Any) -> Page:
        context = new_context(base_url=server.url, **{"reduced_motion": "reduce"} | options)
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda message: complaints.extend(complaint_in(message)))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return context.new_page()

    return visit


def complaint_in(message: ConsoleMessage) -> list[str]:
    """The text of a message that is an error; the browser words a violation of the policy as one."""
    return [f"{message.text} ({message.location['url']})"] if message.type == "error" else []


@pytest.fixture
def person(visitor: Callable[..., Page], server: Server) -> Callable[..., Page]:
    """Somebody signed in, in a browser of their own: `person("bob")`; who has no account yet gets one.

    They have come before, and are on no page yet; `by_form=True` lets them sign in now, which others see.
    """

    def come(name: str, *, by_form: bool = False, **options: Any) -> Page:
        if name not in {"alice", "bob", "charlie"}:
            server.shell(NEWCOMER.format(name=name, password=PASSWORD))
        page = visitor(**options)
        key = None if by_form else server.session(name)
        if key:
            page.context.add_cookies([{"name": "sessionid", "value": key, "url": server.url}])
        else:
            sign_in(page, name)
        return page

    return come


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Sign in as people do, through the form, and see that it worked."""
    page.goto("/accounts/login/")
    page.get_by_label("Username or email").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
