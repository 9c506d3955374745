"""What the tests of accounts share: signing in through the form, and an administrator."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Person
from tests.live_fixtures import sockets  # noqa: F401
from tests.translated import translated  # noqa: F401

PASSWORD = "parley-demo"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"


@pytest.fixture
def administrator(alice: Person) -> Person:
    """Alice, who may do everything."""
    alice.role = "administrator"
    alice.save()
    return alice


@pytest.fixture
def owner(alice: Person) -> Person:
    """Alice, whose the community is."""
    alice.role = "owner"
    alice.save()
    return alice


@pytest.fixture
def browser_of() -> Callable[..., Client]:
    """A client whose person went through the sign-in form, so that the session is written down."""

    def sign_in(person: Person, password: str = PASSWORD, **options) -> Client:
        client = Client(headers={"user-agent": AGENT}, **options)
        response = client.post("/accounts/login/", {"login": person.username, "password": password})
        assert response.status_code == 302, response.content.decode()
        return client

    return sign_in
