"""`/reminders/`, `…/messages/<id>/remind/` and `/remind`: what somebody wants to come back to."""

import datetime

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rooms.actions import reminders
from rooms.actions.messages_delete import remove_message
from rooms.actions.reminders import ring_due, set_reminder
from rooms.models import Membership, Message, Reminder
from rooms.tests.saying import closed_room, say
from tests.sockets import Sockets

ADDRESS = "/reminders/"
HTMX = {"HX-Request": "true"}


def later(**span: float) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(**span)


def field(at: datetime.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")


def page(client) -> str:
    return client.get(ADDRESS).content.decode()


@pytest.fixture
def message(alice, bob) -> Message:
    return say(alice, "general", "Look at this **later**")


def rung(person, **about) -> Reminder:
    """A reminder of somebody that is due."""
    reminder = set_reminder(person, later(hours=1), **about)
    ring_due(later(hours=2))
    reminder.refresh_from_db()
    return reminder


def test_of_a_message_from_its_menu(bob, message, client_of):
    client = client_of(bob)
    menu = client.get(message.get_absolute_url() + "?menu=").content.decode()
    answer = client.post(message.get_absolute_url() + "remind/", {"when": "hour"})

    assert "Remind me" in menu
    assert (answer.status_code, answer["Location"]) == (303, message.get_absolute_url())
    reminder = Reminder.objects.get()
    assert (reminder.person, reminder.message) == (bob, message)
    assert datetime.timedelta(minutes=59) < reminder.due_at - timezone.now() <= datetime.timedelta(hours=1)
    html = page(client)
    assert "To come" in html
    assert f'id="message-{message.pk}"' in html


def test_to_htmx_a_banner_says_when(bob, message, client_of):
    answer = client_of(bob).post(
        message.get_absolute_url() + "remind/", {"at": "2027-03-28T02:30"} | {}, headers=HTMX
    )
    assert (
        '<p class="notice">You are reminded on Sunday 28 March 2027, 02:30 (UTC)' in answer.content.decode()
    )


def test_the_time_is_in_the_zone_of_the_person_and_the_clock_is_explained(bob, message, client_of):
    bob.time_zone = "Europe/Berlin"
    bob.save()
    answer = client_of(bob).post(
        message.get_absolute_url() + "remind/", {"at": "2027-03-28T02:30"}, headers=HTMX
    )
    html = answer.content.decode()
    assert "there is no 02:30 that day, so it is 03:30" in html
    assert Reminder.objects.get().due_at == datetime.datetime(2027, 3, 28, 1, 30, tzinfo=datetime.UTC)


@pytest.mark.parametrize("when", [{"at": "2020-01-01T09:00"}, {"at": "soon"}, {}, {"when": "yesterday"}])
def test_a_time_that_cannot_be_is_said(bob, message, client_of, when):
    answer = client_of(bob).post(message.get_absolute_url() + "remind/", when, headers=HTMX)
    assert answer.status_code == 422
    assert "is-problem" in answer.content.decode()
    assert not Reminder.objects.exists()


def test_a_room_that_one_is_not_in(alice, bob, client_of):
    message = say(alice, closed_room(alice).slug, "secret")
    assert client_of(bob).post(message.get_absolute_url() + "remind/", {"when": "hour"}).status_code == 404


def test_a_line_of_ones_own(bob, client_of):
    client = client_of(bob)
    answer = client.post(ADDRESS, {"text": "Call <b>Ana</b>", "at": field(later(days=2))})
    assert (answer.status_code, answer["Location"]) == (303, ADDRESS)
    assert "Call &lt;b&gt;Ana&lt;/b&gt;" in page(client)


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"text": "Call", "at": ""}, "Give a date and a time"),
        ({"text": " ", "at": "DAYS"}, "Say what you want"),
        ({"text": "x" * 501, "at": "DAYS"}, "500 is the most"),
        ({"text": "a\x00b", "at": "DAYS"}, ""),
    ],
)
def test_a_form_that_cannot_be_comes_back_as_it_was(bob, client_of, form, why):
    form = {name: value.replace("DAYS", field(later(days=2))) for name, value in form.items()}
    answer = client_of(bob).post(ADDRESS, form)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert why in html
    assert f'value="{form["at"]}"' in html
    assert not Reminder.objects.exists()


def test_by_a_command(bob, client_of):
    answer = client_of(bob).post("/rooms/general/", {"body": "/remind me in 2 hours to call back"})
    assert "You are reminded on" in answer.content.decode()
    assert Reminder.objects.get().text == "call back"
    assert not Message.objects.exists()


def test_a_command_that_is_not_understood_says_how(bob, client_of):
    answer = client_of(bob).post("/rooms/general/", {"body": "/remind me to call back"})
    assert answer.status_code == 422
    assert "/remind me in 2 hours to call back" in answer.content.decode()


# -- Changed ---------------------------------------------------------------------------


def test_its_time_and_text_are_changed(bob, client_of):
    reminder = set_reminder(bob, later(hours=1), "Call Ana")
    at = later(days=3)
    client_of(bob).post(f"{ADDRESS}{reminder.pk}/", {"text": "Call Bo", "at": field(at)})
    reminder.refresh_from_db()
    assert (reminder.text, field(reminder.due_at)) == ("Call Bo", field(at))


def test_a_change_that_cannot_be_changes_nothing(bob, client_of):
    reminder = set_reminder(bob, later(hours=1), "Call Ana")
    client = client_of(bob)
    client.post(f"{ADDRESS}{reminder.pk}/", {"text": "", "at": field(later(days=3))})
    assert "Say what you want" in page(client)
    client.post(f"{ADDRESS}{reminder.pk}/", {"text": "Call Bo", "at": "2020-01-01T09:00"})
    assert Reminder.objects.get().due_at == reminder.due_at
    assert Reminder.objects.get().text == "Call Ana"


def test_nobody_elses(alice, bob, client_of):
    reminder = set_reminder(bob, later(hours=1), "Call Ana")
    assert client_of(alice).post(f"{ADDRESS}{reminder.pk}/", {"do": "remove"}).status_code == 404
    assert "Call Ana" not in page(client_of(alice))
    client_of(bob).post(f"{ADDRESS}{reminder.pk}/", {"do": "remove"})
    assert not Reminder.objects.exists()


def test_more_than_so_many(bob, monkeypatch, client_of):
    monkeypatch.setattr(reminders, "REMINDERS_AT_MOST", 1)
    set_reminder(bob, later(hours=1), "one")
    answer = client_of(bob).post(ADDRESS, {"text": "two", "at": field(later(days=2))})
    assert answer.status_code == 422
    assert "remove some first" in answer.content.decode()


# -- Due ---------------------------------------------------------------------------------


def test_it_rings_when_it_is_due_and_once(bob, message, client_of):
    set_reminder(bob, later(hours=1), message=message)
    ring_due(later(minutes=59))
    client = client_of(bob)
    assert "Due</h2>" not in page(client)
    for hours in (1.1, 1.2):
        ring_due(later(hours=hours))
    html = page(client)
    assert "Due</h2>" in html
    assert "unread-of-reminders\">1<span class='hidden'> reminders due</span>" in html
    bob.refresh_from_db()
    assert bob.reminders_due == 1


def test_done_it_is_no_longer_counted(bob, message, client_of):
    reminder = rung(bob, message=message)
    client = client_of(bob)
    client.post(f"{ADDRESS}{reminder.pk}/", {"do": "done"})
    assert 'unread-of-reminders"></b>' in page(client)
    assert not Reminder.objects.exists()


def test_snoozed_it_rings_anew(bob, message, client_of):
    reminder = rung(bob, message=message)
    client = client_of(bob)
    client.post(f"{ADDRESS}{reminder.pk}/", {"when": "tomorrow"})
    bob.refresh_from_db()
    assert bob.reminders_due == 0
    ring_due(later(days=3))
    bob.refresh_from_db()
    assert bob.reminders_due == 1


@pytest.mark.parametrize("how", ["deleted", "left", "room gone"])
def test_a_message_that_one_may_not_read_is_not_shown(bob, message, client_of, how):
    rung(bob, message=message)
    if how == "deleted":
        remove_message(message)
    elif how == "left":
        Membership.objects.filter(person=bob).delete()
    else:
        message.room.delete()
    html = page(client_of(bob))
    assert "was deleted, or is in a room that you are not in any longer" in html
    assert "Look at this" not in html


def test_a_worker_that_ends_within_it_has_done_nothing(bob, monkeypatch):
    set_reminder(bob, later(hours=1), "Call Ana")

    def end(person_id: int) -> None:
        raise SystemExit

    monkeypatch.setattr(reminders, "_count_due", end)
    with pytest.raises(SystemExit):
        ring_due(later(hours=2))
    assert not Reminder.objects.due().exists()
    monkeypatch.undo()
    ring_due(later(hours=2))
    bob.refresh_from_db()
    assert bob.reminders_due == 1


def test_many_cost_a_page_no_more_queries(bob, alice, client_of):
    def look(many: int) -> None:
        for n in range(many):
            set_reminder(bob, later(hours=1), message=say(alice, "general", f"number {n}"))
        ring_due(later(hours=2))

    client = client_of(bob)
    look(2)
    client.get(ADDRESS)
    with CaptureQueriesContext(connection) as few:
        client.get(ADDRESS)
    look(20)
    client.get(ADDRESS)
    with CaptureQueriesContext(connection) as many:
        client.get(ADDRESS)
    assert len(few) == len(many)


@pytest.mark.django_db(transaction=True)
async def test_it_is_seen_at_once_on_every_open_page(alice, bob, sockets: Sockets):
    """By the look at the lists that each process has, as the worker's process tells nobody."""
    room, other = await sockets("/ws/rooms/general/", "bob"), await sockets("/ws/live/", "bob")
    for socket in (room, other):
        await socket.resume(0)
    await sync_to_async(rung)(bob, text="Call Ana")
    for socket in (room, other):
        frame = await socket.until("reminders due")
        assert ".unread-of-reminders" in frame
        if "A reminder of yours is due" not in frame:
            await socket.until("A reminder of yours is due")
