"""The site that `manage.py demo` fills, as it is then: made once, and only looked at."""

import datetime
from collections.abc import Iterator
from io import StringIO
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Community
from rooms.models import Membership, Message, Room

pytestmark = pytest.mark.usefixtures("filled", "db")


class Filled(NamedTuple):
    """What the command printed, and when it had ended."""

    said: str
    at: datetime.datetime


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[Filled]:
    """A site with all that the command makes."""
    with django_db_blocker.unblock(), transaction.atomic():
        out = StringIO()
        call_command("demo", stdout=out)
        yield Filled(out.getvalue(), timezone.now())
        transaction.set_rollback(True)


def test_fills_an_empty_site(filled: Filled) -> None:
    assert Message.objects.count() == 2000
    assert "2,000 messages" in filled.said
    assert "parley-demo" in filled.said
    assert Community.current().name == "Parley demo"


def test_nobody_speaks_where_they_are_not() -> None:
    spoken = set(Message.objects.values_list("room", "author").distinct())
    assert spoken <= set(Membership.objects.values_list("room", "person"))


def test_days_and_groups_are_those_of_posting() -> None:
    for room in Room.objects.all():
        before = None
        for message in room.messages.order_by("pk"):
            assert not message.stand_after(before)
            before = message


def test_times_run_up_to_now(filled: Filled) -> None:
    times = list(Message.objects.order_by("pk").values_list("posted_at", flat=True))
    assert times == sorted(times)
    assert filled.at - datetime.timedelta(minutes=2) < times[-1] < filled.at
    assert filled.at - times[0] > datetime.timedelta(weeks=3)


def test_links_are_found(client: Client) -> None:
    client.login(username="alice", password="parley-demo")

    assert '<li class="result">' in client.get("/search/", {"q": "has:link"}).content.decode()


def test_most_is_said_in_general_and_engineering() -> None:
    assert Message.objects.filter(room__slug__in=["general", "engineering"]).count() > 1000
