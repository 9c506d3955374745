"""Reminders that are due reach people who do not look: by mail and the other ways, once."""

import datetime
import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection
from django.utils import timezone

from live.limits import FixedWindowLimit
from notifications import preferences, reminding, ways
from notifications.models import ReminderDelivery, ReminderMail
from notifications.tests.test_ending_worker import Ended, end_before
from notifications.tests.test_mails import USUAL
from rooms.actions.messages_delete import remove_message
from rooms.actions.reminders import forget_reminder, note_seen, put_off, ring_due, set_reminder
from rooms.models import Reminder
from rooms.tests.saying import say


@pytest.fixture
def rung(bob) -> Callable[..., Reminder]:
    """A reminder of bob's that rings now."""

    def ring(**about) -> Reminder:
        reminder = set_reminder(bob, timezone.now(), **(about or {"text": "Call Ana"}))
        ring_due(timezone.now())
        reminder.refresh_from_db()
        return reminder

    return ring


def test_it_is_mailed_once_after_the_minutes_that_one_gave(general, rung, work, mailoutbox):
    rung()
    work(5)
    assert mailoutbox == []
    work(11, 12, 60)
    (mail,) = mailoutbox
    assert mail.to == ["bob@example.org"]
    assert "Call Ana" in mail.body
    assert "http://localhost:8000/reminders/" in mail.body
    assert mail.extra_headers["Message-ID"].startswith("<reminder-")
    assert "List-Unsubscribe" in mail.extra_headers
    assert not ReminderMail.objects.exists()


def test_of_a_message_it_says_what_that_is(general, alice, rung, work, mailoutbox):
    message = say(alice, "general", "Look at **this** <b>")
    rung(message=message)
    work(11)
    assert "alice: Look at this <b>" in mailoutbox[0].body
    assert "Look at this &lt;b&gt;" in mailoutbox[0].alternatives[0].content
    assert message.get_absolute_url() in mailoutbox[0].body


def test_of_a_message_that_is_gone_it_does_not(general, alice, rung, work, mailoutbox):
    message = say(alice, "general", "Look at this")
    rung(message=message)
    remove_message(message)
    work(11)
    assert "Look at this" not in mailoutbox[0].body
    assert "was deleted, or is in a room" in mailoutbox[0].body


@pytest.mark.parametrize("how", ["seen", "done", "put off", "no mails", "left"])
def test_what_was_dealt_with_is_not_told(general, bob, rung, work, mailoutbox, how):
    reminder = rung()
    match how:
        case "seen":
            note_seen(bob, timezone.now())
        case "done":
            forget_reminder(reminder)
        case "put off":
            put_off(reminder, timezone.now() + datetime.timedelta(days=1))
        case "no mails":
            preferences.stop_mails(bob)
        case "left":
            bob.is_active = False
            bob.save()
    work(11)
    assert mailoutbox == []
    assert not ReminderMail.objects.exists()


def test_put_off_it_is_told_anew(general, bob, rung, work, mailoutbox):
    reminder = rung()
    work(11)
    put_off(reminder, timezone.now() + datetime.timedelta(hours=1))
    ring_due(timezone.now() + datetime.timedelta(hours=1))
    work(60 + 11)
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == 2


def test_quiet_hours_hold_it_back(general, bob, rung, work, mailoutbox):
    now = timezone.localtime(timezone.now())
    begin, end = ((now + datetime.timedelta(hours=hours)).time() for hours in (-1, 2))
    preferences.change_preferences(bob, **USUAL | {"quiet_from": begin, "quiet_until": end})
    rung()
    work(11, 60)
    assert mailoutbox == []
    work(121)
    assert len(mailoutbox) == 1


def test_it_goes_the_other_ways_as_well(general, bob, rung, work, server):
    preferences.stop_mails(bob)
    ways.make_way(bob, "webhook", address=f"{server.address}/hook", after_minutes=1, with_text=True)
    rung()
    work(2, 3)
    (posted,) = server.posted
    said = json.loads(posted.body)
    assert (said["type"], said["data"]["text"]) == ("reminder.due", "Call Ana")
    assert not ReminderDelivery.objects.exists()


def test_without_the_text_where_that_is_not_wanted_and_again_where_it_was_not_taken(
    general, bob, rung, work, server
):
    ways.make_way(bob, "ntfy", address=server.address, topic="mine", after_minutes=1, with_text=False)
    server.status = 503
    rung()
    work(2)
    server.status = 200
    work(4, 5)
    first, second = server.posted
    assert "Call Ana" not in second.body
    assert first.headers["x-sequence-id"] == second.headers["x-sequence-id"]


@pytest.mark.django_db(transaction=True)
def test_wherever_a_worker_ends_it_is_told(general, bob, work, mailoutbox, monkeypatch):
    monkeypatch.setattr(reminding, "REMINDER_LIMIT", FixedWindowLimit("many", 1000, 3600))
    step, is_over = 0, False
    while not is_over:
        mailoutbox.clear()
        reminder = set_reminder(bob, timezone.now(), f"number {step}.")
        with suppress(Ended), connection.execute_wrapper(end_before(step)):
            ring_due(timezone.now())
            work(11)
            is_over = True
        connection.close()
        connection.connect()
        ring_due(timezone.now())
        work(12, 18)
        told = {mail.extra_headers["Message-ID"] for mail in mailoutbox if f"number {step}." in mail.body}
        assert len(told) == 1, step
        bob.refresh_from_db()
        assert bob.reminders_due == 1
        forget_reminder(reminder)
        step += 1
    assert step > 10
