"""People who have an address, a server elsewhere, and a clock that tests move."""

import datetime
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import Person
from notifications import delivering, digests, posting, reminding
from notifications.gathering import gather
from notifications.sending import send_due
from notifications.tests.servers import ELSEWHERE, Server
from rooms.models import Room
from tests.live_fixtures import sockets  # noqa: F401
from tests.translated import translated  # noqa: F401


def with_address(person: Person) -> Person:
    """`person`, with an address that is confirmed."""
    email = f"{person.username}@example.org"
    EmailAddress.objects.create(user=person, email=email, primary=True, verified=True)
    return person


@pytest.fixture
def bob(person) -> Person:
    return with_address(person("bob"))


@pytest.fixture
def charlie(person) -> Person:
    return with_address(person("charlie"))


@pytest.fixture
def general(alice, bob, charlie) -> Room:
    return Room.objects.get(slug="general")


@pytest.fixture
def work() -> Callable[..., None]:
    """What the worker does each minute, so many minutes from now: `work(12)`, or `work(2, 12)`."""

    def work_at(*minutes: float) -> None:
        for minute in minutes:
            now = timezone.now() + datetime.timedelta(minutes=minute)
            gather(now)
            send_due(now)
            reminding.send_due_mails(now)
            digests.send_due(now)
            delivering.send_due(now)
            reminding.send_due_deliveries(now)

    return work_at


@pytest.fixture
def server(settings, monkeypatch) -> Iterator[Server]:
    settings.NOTIFICATION_NETWORKS = [f"{ELSEWHERE}/32"]
    # A machine that has much to do takes its time to start a process.
    monkeypatch.setattr(posting, "TIME_LIMIT", 60.0)
    monkeypatch.setattr(posting, "START_LIMIT", 60.0)
    there = Server()
    yield there
    there.stop()
