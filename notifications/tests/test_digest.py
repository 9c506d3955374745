"""The digest: what somebody has not read, each day or week, at the hour that they gave."""

import datetime
from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Block
from notifications import digests, preferences, refusals, stopping
from notifications.digests import change_digest, next_slot
from notifications.models import Digest
from notifications.tests.test_ending_worker import Ended, end_before
from notifications.tests.test_mail_server import server as mail_server  # noqa: F401
from notifications.tests.test_mails import USUAL, read
from rooms.actions.direct import open_direct
from rooms.actions.rooms import create_room, join_room
from rooms.models import Membership
from rooms.tests.saying import say

ADDRESS = "/accounts/notifications/"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def daily(bob):
    """Bob gets one each day at nine; and mails of nothing else."""
    preferences.stop_mails(bob)
    change_digest(bob, "daily", 0, 9, timezone.now())
    return bob


def send(days: float = 1.5) -> None:
    """Let the worker send what is due so many days from now."""
    digests.send_due(timezone.now() + days * DAY)


def test_it_is_chosen_and_ended_on_the_page(client_of, bob):
    client = client_of(bob)
    html = client.get(ADDRESS).content.decode()
    assert 'name="rhythm" value="" id="id_rhythm_0" checked' in html
    answer = client.post(f"{ADDRESS}digest/", {"rhythm": "weekly", "weekday": "4", "hour": "17"})
    assert (answer.status_code, answer["Location"]) == (303, ADDRESS)
    there = Digest.objects.get(person=bob)
    assert (there.rhythm, there.weekday, there.hour) == ("weekly", 4, 17)
    assert 'value="17" selected' in client.get(ADDRESS).content.decode()
    client.post(f"{ADDRESS}digest/", {"rhythm": ""})
    assert not Digest.objects.exists()


@pytest.mark.parametrize("form", [{"rhythm": "hourly"}, {"rhythm": "daily", "hour": "24"}, {"weekday": "x"}])
def test_what_cannot_be_is_said(client_of, bob, form):
    answer = client_of(bob).post(f"{ADDRESS}digest/", {"rhythm": "daily"} | form)
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert not Digest.objects.exists()


@pytest.mark.parametrize(
    ("rhythm", "after", "slot"),
    [
        ("daily", "2026-12-02T07:59+00:00", "2026-12-02T08:00+00:00"),
        ("daily", "2026-12-02T08:00+00:00", "2026-12-03T08:00+00:00"),
        # It is nine there whatever the clocks do.
        ("daily", "2027-03-27T12:00+00:00", "2027-03-28T07:00+00:00"),
        ("weekly", "2026-12-02T07:00+00:00", "2026-12-04T08:00+00:00"),
        ("weekly", "2026-12-04T08:00+00:00", "2026-12-11T08:00+00:00"),
    ],
)
def test_when_the_next_one_is(rhythm, after, slot):
    zone = ZoneInfo("Europe/Berlin")
    found = next_slot(rhythm, 4, 9, zone, datetime.datetime.fromisoformat(after))
    assert found == datetime.datetime.fromisoformat(slot)


def test_what_is_for_oneself_first_then_the_rooms_and_how_much(general, alice, bob, daily, mailoutbox):
    quiet = create_room(alice, "quiet <b>")
    join_room(bob, quiet)
    say(alice, quiet.slug, "nothing for you")
    say(alice, "general", "@bob look **here** <i>")
    say(alice, open_direct(alice, [bob]).slug, "Lunch?")
    send()
    (mail,) = mailoutbox
    assert mail.to == ["bob@example.org"]
    body = mail.body
    assert body.index("Lunch?") < body.index("look here") < body.index("Unread")
    assert "quiet <b>, 1: http://localhost:8000/rooms/quiet-b/" in body
    assert "nothing for you" not in body
    html = mail.alternatives[0].content
    assert "quiet &lt;b&gt;" in html
    assert "look here &lt;i&gt;" in html
    assert mail.extra_headers["Message-ID"].startswith("<digest-")
    address = mail.extra_headers["List-Unsubscribe"].strip("<>")
    assert "gets a digest" in Client().get(address).content.decode()


def test_once_and_the_next_one_of_what_comes_then(general, alice, daily, mailoutbox):
    say(alice, "general", "@bob one")
    for days in (1.5, 1.6, 2.5):
        send(days)
    # Nothing new was said.
    assert len(mailoutbox) == 1


def test_nothing_where_all_is_read(general, alice, daily, mailoutbox):
    say(alice, "general", "@bob one")
    read(daily)
    send()
    assert mailoutbox == []
    assert Digest.objects.get().slot > timezone.now() + 1.5 * DAY


def test_not_before_its_time(general, alice, daily, mailoutbox):
    say(alice, "general", "@bob one")
    digests.send_due(timezone.now())
    assert mailoutbox == []


@pytest.mark.parametrize("how", ["no address", "refused", "left", "nothing", "blocked", "ended"])
def test_who_gets_none(general, alice, bob, daily, mailoutbox, how):
    talk = open_direct(alice, [bob]).slug
    say(alice, talk, "Lunch?")
    match how:
        case "no address":
            bob.emailaddress_set.all().delete()
        case "refused":
            refusals.stop_complained(bob)
        case "left":
            bob.is_active = False
            bob.save()
        case "nothing":
            Membership.objects.filter(person=bob).update(involvement="nothing")
        case "blocked":
            Block.objects.create(person=bob, blocked=alice)
            bob.has_blocked = True
            bob.save()
        case "ended":
            digests.stop_digest(bob)
    send()
    assert mailoutbox == []


def test_at_most_ten_of_each(general, alice, bob, daily, mailoutbox):
    for number in range(12):
        room = create_room(alice, f"room {number}")
        join_room(bob, room)
        say(alice, room.slug, "hello")
    for number in range(13):
        say(alice, "general", f"@bob number {number}.")
    send()
    body = mailoutbox[0].body
    assert body.count("/rooms/room-") == 10
    assert "And 2 more rooms." in body
    assert "3 more before these." in body
    assert "number 2." not in body


def test_quiet_hours_put_it_off(general, alice, daily, mailoutbox):
    say(alice, "general", "@bob one")
    now = timezone.localtime(timezone.now() + 1.5 * DAY)
    begin, end = ((now + datetime.timedelta(hours=hours)).time() for hours in (-1, 2))
    preferences.change_preferences(
        daily, **USUAL | {"after_minutes": None, "quiet_from": begin, "quiet_until": end}
    )
    send()
    assert mailoutbox == []
    send(1.7)
    assert len(mailoutbox) == 1


def test_a_program_ends_it_by_one_click_and_nothing_else(general, bob, client):
    change_digest(bob, "daily", 0, 9, timezone.now())
    address = stopping.address(bob, "digest")
    assert "gets a digest" in client.get(address).content.decode()
    answer = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not Digest.objects.exists()
    assert preferences.preferences_of(bob).after_minutes == 10


def test_a_mail_server_that_is_away_is_asked_again(general, alice, daily, mail_server):  # noqa: F811
    say(alice, "general", "@bob one")
    mail_server.answers["DATA"] = "452 The disk is full"
    send(1.5)
    assert Digest.objects.get().tries == 1
    mail_server.answers.clear()
    send(1.51)
    assert len(mail_server.mails) == 1
    assert Digest.objects.get().tries == 0


def test_given_up_after_a_day_the_next_one_goes_on(general, alice, daily, mail_server, caplog):  # noqa: F811
    say(alice, "general", "@bob one")
    mail_server.answers["DATA"] = "452 The disk is full"
    for days in (1.5, 2, 2.6):
        send(days)
    assert "is given up" in caplog.text
    assert Digest.objects.get().tries == 0


@pytest.mark.django_db(transaction=True)
def test_wherever_a_worker_ends_it_is_sent(general, alice, daily, mailoutbox):
    # At noon, far from the hour at which the next one is due.
    step, is_over, days = 0, False, 2 + (timezone.now().replace(hour=12) - timezone.now()) / DAY
    while not is_over:
        mailoutbox.clear()
        say(alice, "general", f"@bob {step}.")
        Digest.objects.update(since=timezone.now() - DAY)
        with suppress(Ended), connection.execute_wrapper(end_before(step)):
            send(days)
            is_over = True
        connection.close()
        connection.connect()
        send(days + 0.01)
        ids = {mail.extra_headers["Message-ID"] for mail in mailoutbox if f"@bob {step}." in mail.body}
        assert len(ids) == 1, step
        step, days = step + 1, days + 1
    assert step > 10
