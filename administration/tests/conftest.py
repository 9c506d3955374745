"""Who keeps order, and those among whom it is kept."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from tests.live_fixtures import sockets  # noqa: F401


@pytest.fixture
def owner(person) -> Person:
    """The community is hers; the first, so she is in charge of `general`."""
    return person("olga", role="owner", email="olga@example.org")


@pytest.fixture
def administrator(owner, person) -> Person:
    return person("adam", role="administrator")


@pytest.fixture
def moderator(owner, person) -> Person:
    return person("mona", role="moderator")


@pytest.fixture
def bob(owner, person) -> Person:
    """A member."""
    return person("bob", email="Bob.B+chat@Gmail.com")


@pytest.fixture
def guest(owner, person) -> Person:
    return person("gerd", role="guest")


@pytest.fixture
def do(client_of) -> Callable[..., str]:
    """What somebody does to another on the page about them, and what they are told."""

    def act(who: Person, whom: Person, what: str, **said: object) -> str:
        client: Client = client_of(who)
        address = f"/administration/people/{whom.pk}/"
        answer = client.post(address, {"do": what, **said}, follow=True)
        return answer.content.decode()

    return act


@pytest.fixture
def queries() -> Callable[..., int]:
    """How many queries a request asks."""

    def count(client: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    return count
