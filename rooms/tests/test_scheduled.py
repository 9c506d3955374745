"""`…/later/` and `/scheduled/`: what is written to be sent later, and sent once, with the rights of then."""

import datetime
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from live.limits import FixedWindowLimit
from notifications.tests.test_ending_worker import Ended, end_before
from rooms import access
from rooms.actions import messages_post, scheduled
from rooms.actions.drafts import save_draft
from rooms.actions.messages_delete import remove_message
from rooms.actions.rejected import Rejected
from rooms.actions.scheduled import schedule, send_due, send_scheduled
from rooms.actions.uploads import sweep_uploads
from rooms.models import Attachment, Draft, Membership, Message, Reminder, Room, Scheduled
from rooms.tests.files import GONE, PDF, attach, named, post, stored
from rooms.tests.saying import closed_room, say

LATER = "/rooms/general/later/"
ADDRESS = "/scheduled/"
HTMX = {"HX-Request": "true"}


def at(**span: float) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(**span)


def field(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def client(alice, bob, client_of) -> Client:
    """Bob's browser."""
    return client_of(bob)


@pytest.fixture
def waits(alice, bob) -> Callable[..., Scheduled]:
    """Something of bob's that waits to be sent in an hour."""

    def wait(text: str = "Good morning", slug: str = "general", **more) -> Scheduled:
        count = Scheduled.objects.count()
        return schedule(access.membership(bob.pk, slug), text, at(hours=1), f"token-{count}", **more)

    return wait


def page(client: Client) -> str:
    return client.get(ADDRESS).content.decode()


# -- It is written -----------------------------------------------------------------------


def test_the_way_there_keeps_the_text_and_storing_it_empties_the_box(client, bob):
    answer = client.post(LATER, {"body": "Good *morning*", "token": "x", "drafted": ""})
    assert (answer.status_code, answer["Location"]) == (303, LATER)
    assert Draft.objects.get(person=bob).text == "Good *morning*"
    html = client.get(LATER).content.decode()
    assert "Good *morning*</textarea>" in html

    answer = client.post(LATER, {"store": "on", "body": "Good *morning*", "token": "t", "when": "tomorrow"})
    assert (answer.status_code, answer["Location"]) == (303, ADDRESS)
    assert not Draft.objects.exists()
    assert not Message.objects.exists()
    html = page(client)
    assert "It is sent on" in html
    assert "Good *morning*" in html


def test_htmx_is_led_there_as_well(client):
    answer = client.post(LATER, {"body": "Hello", "reply_to": "7"}, headers=HTMX)
    assert answer["HX-Redirect"] == f"{LATER}?reply_to=7"


def test_the_button_is_in_the_form_of_the_composer(client):
    html = client.get("/rooms/general/").content.decode()
    assert f'formaction="{LATER}"' in html
    assert f'hx-post="{LATER}"' in html


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"body": " "}, "nothing in that message"),
        ({"body": "x" * 10_001}, "10,000 is the most"),
        ({"body": "/topic Release"}, "command cannot be sent later"),
        ({"when": "", "at": "2020-01-01T09:00"}, "is over"),
        ({"when": "", "at": "2036-01-01T09:00"}, "a year is the most"),
        ({"when": ""}, "Give a date and a time"),
        ({"reply_to": "999"}, "no longer there"),
    ],
)
def test_what_cannot_be_is_said_and_the_form_comes_back(client, bob, form, why):
    save_draft(access.membership(bob.pk, "general"), "kept")
    answer = client.post(LATER, {"store": "on", "body": "Hello", "when": "hour", "token": "t"} | form)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert why in html
    assert f"{form.get('body', 'Hello')}</textarea>" in html
    assert not Scheduled.objects.exists()
    assert Draft.objects.get().text == "kept"


def test_a_form_sent_twice_is_one(client):
    for _ in range(2):
        client.post(LATER, {"store": "on", "body": "Hello", "when": "hour", "token": "t"})
    assert Scheduled.objects.count() == 1


def test_no_more_than_so_many(client, waits, monkeypatch):
    monkeypatch.setattr(scheduled, "SCHEDULED_AT_MOST", 1)
    waits()
    answer = client.post(LATER, {"store": "on", "body": "Hello", "when": "hour", "token": "t"})
    assert answer.status_code == 422
    assert "send or remove some first" in answer.content.decode()


def test_a_room_that_one_is_not_in(client, alice):
    room = closed_room(alice)
    for answer in (client.get(f"/rooms/{room.slug}/later/"), client.post(f"/rooms/{room.slug}/later/")):
        assert answer.status_code == 404


# -- Files -------------------------------------------------------------------------------


@pytest.fixture
def with_file(client, uploads, waits) -> Scheduled:
    """Something of bob's that waits, with one file and no words."""
    file = attach(client, "dot.png")
    return waits("", attachments=(file.pk,), descriptions={file.pk: "A dot"})


@pytest.mark.parametrize("htmx", [False, True])
def test_files_go_along(client, uploads, htmx):
    first = attach(client, "first.png")
    said = f"description-{first.pk}"
    form = {"body": "", "attachments": first.pk, said: "A spot", "files": named("b.pdf", PDF)}
    answer = client.post(LATER, form, headers=HTMX if htmx else {})
    html = client.get(answer["HX-Redirect" if htmx else "Location"]).content.decode()
    assert all(words in html for words in ("first.png", first.thumbnail_url, "A spot</textarea>", "b.pdf"))

    files = list(Attachment.objects.order_by("pk").values_list("pk", flat=True))
    form = {"store": "on", "body": "", "token": "t", "when": "hour", "attachments": files}
    for _ in range(2):
        assert client.post(LATER, form | {said: "A dot"})["Location"] == ADDRESS
    html = page(client)
    assert all(words in html for words in ("first.png", first.thumbnail_url, "b.pdf"))

    send_due(at(hours=2))
    message = Message.objects.get()
    assert dict(message.attachments.values_list("pk", "description")) == {files[0]: "A dot", files[1]: ""}
    assert message.files == 2
    assert stored(uploads) == 3


def test_a_form_that_comes_back_has_its_files(client, uploads):
    file = attach(client, "dot.png")
    form = {"store": "on", "body": "Look", "attachments": file.pk, f"description-{file.pk}": "A dot"}
    html = client.post(LATER, form).content.decode()
    assert "Give a date and a time" in html
    assert "dot.png" in html
    assert "A dot</textarea>" in html
    assert not Scheduled.objects.exists()


def test_what_waits_is_not_swept_and_not_in_hand(client, bob, uploads, with_file):
    Attachment.objects.update(uploaded_at=at(days=-9))
    assert sweep_uploads() == 0
    assert Attachment.objects.share_of(bob.pk) == (with_file.attachments.get().size, 0)


def test_its_files_are_no_other_messages(client, with_file):
    file = with_file.attachments.get()
    assert GONE in post(client, "Look", file).content.decode()
    assert client.post(f"/rooms/general/files/{file.pk}/remove/").status_code == 404
    form = {"store": "on", "body": "Look", "when": "hour", "token": "t", "attachments": file.pk}
    assert GONE in client.post(LATER, form).content.decode()
    assert with_file.attachments.exists()


def test_nobody_elses_files_go_later(alice, client, client_of, uploads):
    file = attach(client_of(alice), "hers.png")
    assert "hers.png" not in client.get(f"{LATER}?attachments={file.pk}").content.decode()
    form = {"store": "on", "body": "Look", "when": "hour", "token": "t", "attachments": file.pk}
    assert GONE in client.post(LATER, form).content.decode()
    assert not Scheduled.objects.exists()


def test_as_many_files_as_in_any_message(client, uploads, settings):
    files = [attach(client).pk for _ in range(2)]
    settings.FILES_PER_MESSAGE = 1
    form = {"store": "on", "body": "Look", "when": "hour", "token": "t", "attachments": files}
    assert "1 files at most" in client.post(LATER, form).content.decode()
    assert not Scheduled.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_removed_its_files_are_gone_as_well(client, uploads, with_file):
    client.post(f"{ADDRESS}{with_file.pk}/", {"do": "remove"})
    assert not Attachment.objects.exists()
    assert stored(uploads) == 0


def test_what_cannot_be_sent_keeps_its_files(client, bob, with_file):
    Room.objects.update(archived_at=timezone.now())
    send_due(at(hours=2))
    assert "dot.png" in page(client)
    assert "dot.png" in Reminder.objects.due().get().text
    Room.objects.update(archived_at=None)
    client.post(f"{ADDRESS}{with_file.pk}/", {"do": "send"})
    assert Message.objects.get().attachments.get().description == "A dot"


def test_without_its_files_it_is_not_sent(client, with_file):
    with_file.attachments.all().delete()
    send_due(at(hours=2))
    html = page(client)
    assert "Not sent: A file of it is no longer there." in html
    assert "Files of it are gone" in html
    assert not Message.objects.exists()


def test_its_text_may_be_taken_out_where_it_has_files(client, waits, with_file):
    form = {"body": " ", "at": field(at(days=1))}
    assert client.post(f"{ADDRESS}{with_file.pk}/", form).status_code == 303
    assert client.post(f"{ADDRESS}{waits().pk}/", form).status_code == 422


# -- It is changed -----------------------------------------------------------------------


def test_text_and_time_are_changed(client, waits):
    one, moment = waits(), at(days=3)
    client.post(f"{ADDRESS}{one.pk}/", {"body": "Good evening", "at": field(moment)})
    one.refresh_from_db()
    assert (one.text, field(one.due_at)) == ("Good evening", field(moment))


def test_a_change_that_cannot_be_comes_back_as_it_was(client, waits):
    one = waits()
    answer = client.post(f"{ADDRESS}{one.pk}/", {"body": "Good evening", "at": "2020-01-01T09:00"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "is over" in html
    assert "Good evening</textarea>" in html
    one.refresh_from_db()
    assert one.text == "Good morning"


def test_sent_now(client, waits):
    one = waits()
    client.post(f"{ADDRESS}{one.pk}/", {"do": "send"})
    assert Message.objects.get().body == "Good morning"
    assert not Scheduled.objects.exists()


def test_removed(client, waits):
    one = waits()
    client.post(f"{ADDRESS}{one.pk}/", {"do": "remove"})
    send_due(at(hours=2))
    assert not Message.objects.exists()


def test_nobody_elses(alice, client_of, waits):
    one = waits()
    client = client_of(alice)
    assert "Good morning" not in page(client)
    for form in ({"do": "send"}, {"do": "remove"}, {"body": "x", "at": field(at(days=1))}):
        assert client.post(f"{ADDRESS}{one.pk}/", form).status_code == 404


def test_what_was_sent_meanwhile_is_not_sent_again(waits):
    one = waits()
    send_due(at(hours=2))
    for act in (
        lambda: scheduled.change_scheduled(one, "another", at(days=1)),
        lambda: scheduled.remove_scheduled(one),
        lambda: send_scheduled(one.pk),
    ):
        with pytest.raises(Rejected, match="not here any longer"):
            act()
    assert Message.objects.count() == 1


# -- It is sent --------------------------------------------------------------------------


def test_when_it_is_due_and_once(alice, bob, waits):
    waits("Hello @alice")
    send_due(at(minutes=59))
    assert not Message.objects.exists()
    for hours in (1.1, 1.2):
        send_due(at(hours=hours))
    message = Message.objects.get()
    assert (message.author, message.body, message.room.slug) == (bob, "Hello @alice", "general")
    assert message.mentions.filter(person=alice).exists()
    assert not Reminder.objects.exists()


def test_an_answer_stays_one(alice, waits):
    answered = say(alice, "general", "Who comes?")
    waits("I do", reply_to=answered)
    send_due(at(hours=2))
    assert Message.objects.latest("pk").reply_to == answered


def lose(how: str, room: Room, bob) -> None:
    """Let bob write in the room no longer."""
    match how:
        case "left":
            Membership.objects.filter(person=bob, room=room).delete()
        case "gone":
            room.delete()
        case "archived":
            Room.objects.filter(pk=room.pk).update(archived_at=timezone.now())
        case "moderators":
            Room.objects.filter(pk=room.pk).update(who_posts="moderators")
        case "muted":
            bob.muted_until = at(days=3)
            bob.save()
        case "slow":
            Room.objects.filter(pk=room.pk).update(slow_seconds=3600)
            say(bob, room.slug, "just now")
        case "call":
            Room.objects.filter(pk=room.pk).update(who_calls="moderators")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("left", "You are not in that room any longer"), ("gone", "You are not in that room any longer"),
        ("archived", "This room is archived"), ("moderators", "Only its moderators"),
        ("muted", "You are muted until"), ("slow", "Slow mode"), ("call", "Only a moderator"),
    ],
)  # fmt: skip
def test_with_the_rights_of_then_what_cannot_be_stays_and_its_author_is_told(client, bob, waits, how, why):
    one = waits("Hello @room")
    lose(how, one.room, bob)
    before = Message.objects.count()
    for hours in (2, 3):
        send_due(at(hours=hours))
    assert Message.objects.count() == before
    html = page(client)
    assert f"Not sent: {why}" in html
    assert "Hello @room" in html
    (told,) = Reminder.objects.due()
    assert why in told.text
    bob.refresh_from_db()
    assert bob.reminders_due == 1


def test_its_author_is_told_in_their_language(bob, waits, translated):
    translated("de", {"You are not in that room any longer.": "Da bist du nicht mehr."})
    bob.language = "de"
    bob.save()
    lose("left", waits().room, bob)
    send_due(at(hours=2))
    assert Scheduled.objects.get().problem == "Da bist du nicht mehr."
    assert "Da bist du nicht mehr." in Reminder.objects.get().text


def test_what_stayed_is_sent_once_it_can_be(client, bob, waits):
    one = waits()
    Room.objects.update(archived_at=timezone.now())
    send_due(at(hours=2))
    assert client.post(f"{ADDRESS}{one.pk}/", {"do": "send"}).status_code == 422
    Room.objects.update(archived_at=None)
    client.post(f"{ADDRESS}{one.pk}/", {"do": "send"})
    assert Message.objects.get().body == "Good morning"


def test_what_it_answers_is_gone(alice, waits, client):
    answered = say(alice, "general", "Who comes?")
    waits("I do", reply_to=answered)
    remove_message(answered)
    send_due(at(hours=2))
    assert "no longer there" in page(client)


def test_more_than_a_person_may_say_in_a_minute_goes_in_the_next(waits, monkeypatch):
    few = FixedWindowLimit("few", 1, 60)
    monkeypatch.setattr(messages_post, "MESSAGE_LIMIT", few)
    monkeypatch.setattr(few, "take_each", lambda people, most: [False for _ in people])
    waits()
    send_due(at(hours=2))
    assert Scheduled.objects.get().problem == ""
    monkeypatch.undo()
    send_due(at(hours=2))
    assert Message.objects.count() == 1


def test_one_that_cannot_be_sent_holds_up_no_other(alice, bob, waits, person):
    waits("/shrug" + "\n" * 3, slug=closed_room(bob).slug)
    Room.objects.filter(slug="board").update(archived_at=timezone.now())
    waits("the other")
    send_due(at(hours=2))
    assert Message.objects.get().body == "the other"


@pytest.mark.django_db(transaction=True)
def test_wherever_a_worker_ends_it_is_posted_once(alice, bob, client, uploads, waits):
    step, is_over = 0, False
    while not is_over:
        waits(f"number {step}.", attachments=(attach(client, "a.pdf", PDF).pk,))
        with suppress(Ended), connection.execute_wrapper(end_before(step)):
            send_due(at(hours=2))
            is_over = True
        connection.close()
        connection.connect()
        send_due(at(hours=2))
        assert Message.objects.get(body=f"number {step}.").attachments.count() == 1, step
        assert not Scheduled.objects.exists()
        step += 1
    assert step > 8
