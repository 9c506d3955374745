"""Nothing is told while somebody looks at a page, if they want it so: it waits, and is dropped when read."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from live.models import Connection, Process
from notifications import sending, ways
from notifications.models import PendingMail
from notifications.preferences import change_preferences, preferences_of
from notifications.tests.test_mails import AFTER, USUAL, read
from rooms.actions.direct import open_direct
from rooms.models import Membership
from rooms.tests.saying import say

ADDRESS = "/accounts/notifications/"
AT_ONCE = {"after_minutes": 1}


@pytest.fixture
def talk(alice, bob):
    """The slug of what alice and bob say to each other."""
    return open_direct(alice, [bob]).slug


@pytest.fixture
def tab(bob) -> Connection:
    """A page of bob's, open."""
    until = timezone.now() + datetime.timedelta(days=1)
    process = Process.objects.create(lease_until=until)
    return Connection.objects.create(person=bob, session="", process=process)


def change(tab: Connection, **how) -> None:
    Connection.objects.filter(pk=tab.pk).update(**how)


@pytest.mark.parametrize(
    "how", [{"is_away": True}, {"present_until": timezone.now()}], ids=["away", "closed"]
)
def test_at_once_waits_until_they_are_away(general, alice, bob, talk, tab, work, mailoutbox, how):
    change_preferences(bob, **USUAL | AT_ONCE)
    say(alice, talk, "hello")
    work(2, AFTER, 60)
    assert mailoutbox == []
    change(tab, **how)
    work(62, 120)
    assert len(mailoutbox) == 1


def test_what_is_read_meanwhile_is_dropped(general, alice, bob, talk, tab, work, mailoutbox):
    change_preferences(bob, **USUAL | AT_ONCE)
    say(alice, talk, "hello")
    work(2)
    read(bob, talk)
    change(tab, is_away=True)
    work(4)
    assert mailoutbox == []
    assert not PendingMail.objects.exists()


def test_one_page_that_is_looked_at_is_enough(general, alice, bob, talk, tab, work, mailoutbox):
    change_preferences(bob, **USUAL | AT_ONCE)
    Connection.objects.create(person=bob, session="", process=tab.process, is_away=True)
    say(alice, talk, "hello")
    work(2, 4)
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("chosen", "is_told"),
    [
        ({}, True), ({"waits": True}, False), (AT_ONCE | {"waits": False}, True),
        (AT_ONCE, False), ({"after_minutes": 2}, True),
    ],
)  # fmt: skip
def test_it_is_as_each_has_chosen(general, alice, bob, talk, tab, work, mailoutbox, chosen, is_told):
    if chosen:
        change_preferences(bob, **USUAL | chosen)
    say(alice, talk, "hello")
    work(AFTER, 60)
    assert bool(mailoutbox) == is_told


@pytest.mark.parametrize("minutes", [1, 10])
def test_other_ways_wait_as_well(general, alice, bob, talk, tab, work, server, minutes):
    ways.make_way(bob, "webhook", address=server.address, after_minutes=minutes, with_text=False)
    say(alice, talk, "hello")
    work(AFTER)
    assert len(server.posted) == (0 if minutes == 1 else 1)
    change(tab, is_away=True)
    work(AFTER + 2)
    assert len(server.posted) == 1


def test_its_queries_do_not_grow_with_who_looks(general, alice, tab, person, work):
    def queries() -> int:
        say(alice, "general", "@room")
        work(2)
        with CaptureQueriesContext(connection) as asked:
            sending.send_due(timezone.now() + datetime.timedelta(minutes=AFTER))
        return len(asked)

    queries()
    few = queries()
    for number in range(5):
        one = person(f"p{number}")
        Membership.objects.get_or_create(room=general, person=one)
        change_preferences(one, **USUAL | AT_ONCE)
        Connection.objects.create(person=one, session="", process=tab.process)
    assert queries() == few


# -- What is chosen ------------------------------------------------------------------------


def test_what_nobody_has_said_follows_how_soon_one_is_told(client_of, bob):
    client = client_of(bob)
    client.post(ADDRESS, {"after_minutes": "1"})
    assert preferences_of(bob).waits is None
    assert re.search(r'<input[^>]* name="waits"[^>]* checked', client.get(ADDRESS).content.decode())
    client.post(ADDRESS, {"after_minutes": "1"})
    assert preferences_of(bob).waits is False
    client.post(ADDRESS, {"after_minutes": "10", "waits": "on"})
    assert preferences_of(bob).waits is True
