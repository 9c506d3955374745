"""`/rooms/<slug>/`: a room's page, its older pages, and posting without a script."""

import re

import pytest
from django.utils import timezone

from live.models import GRACE, Connection
from rooms.actions.messages_delete import remove_message
from rooms.actions.rooms import create_room
from rooms.models import Membership, Message, Room
from rooms.models.message import BODY_LIMIT, PAGE_SIZE
from rooms.tests.saying import closed_room, say

GENERAL = "/rooms/general/"
TO_HTMX = {"HX-Request": "true"}


def shown(response) -> list[int]:
    """The ids of the messages in an answer, in its order."""
    return [int(pk) for pk in re.findall(r'id="message-(\d+)"', response.content.decode())]


@pytest.fixture
def history(alice, bob) -> list[int]:
    """Two pages of messages and one more, oldest first: their ids."""
    return [say(bob if n % 3 else alice, "general", f"number {n}").pk for n in range(2 * PAGE_SIZE + 1)]


# -- The page ------------------------------------------------------------------------------


def test_shows_what_was_said_oldest_first(alice, bob, client_of):
    said = [say(alice, "general", "Hello"), say(bob, "general", "Hello yourself")]

    response = client_of(alice).get(GENERAL)

    assert response.status_code == 200
    assert shown(response) == [message.pk for message in said]


def test_shows_the_newest_page(alice, history, client_of):
    response = client_of(alice).get(GENERAL)

    assert shown(response) == history[-PAGE_SIZE:]
    assert f'id="oldest" name="before" value="{history[-PAGE_SIZE]}"' in response.content.decode()


def test_says_up_to_which_revision_it_is(alice, client_of):
    say(alice, "general", "one")
    remove_message(say(alice, "general", "two"))

    html = client_of(alice).get(GENERAL).content.decode()

    assert '<input type="hidden" id="seen" name="seen" value="3">' in html


def test_does_not_show_what_was_deleted(alice, client_of):
    message = say(alice, "general", "regretted")
    remove_message(message)

    response = client_of(alice).get(GENERAL)

    assert shown(response) == []
    assert "regretted" not in response.content.decode()


def test_does_not_show_what_was_said_elsewhere(alice, client_of):
    create_room(alice, "attic")
    say(alice, "attic", "somewhere else")

    assert "somewhere else" not in client_of(alice).get(GENERAL).content.decode()


def test_marks_the_room_one_is_in(alice, client_of):
    create_room(alice, "attic")

    html = client_of(alice).get(GENERAL).content.decode()

    assert '<a href="/rooms/general/" aria-current="page">' in html
    assert '<a href="/rooms/attic/">' in html


def test_has_what_people_and_tools_rely_on(alice, client_of):
    html = client_of(alice).get(GENERAL).content.decode()

    for expected in (
        'role="log" aria-label="Messages"', 'aria-label="Message"', 'aria-label="In this room"',
        'aria-label="Online"', 'role="status" aria-label="Notices"',
    ):  # fmt: skip
        assert expected in html
    assert len(re.findall("<h1", html)) == 1


def test_shows_who_is_in_it_now(alice, bob, charlie, client_of):
    until = timezone.now() + GRACE
    place = Room.objects.get(slug="general").group
    Connection.objects.create(person=bob, place=place, present_until=until)
    Connection.objects.create(person=charlie, place="elsewhere-1", present_until=until)

    html = client_of(alice).get(GENERAL).content.decode()

    assert f'id="here-{bob.pk}"' in html
    assert f'id="here-{charlie.pk}"' not in html
    assert f'id="online-{charlie.pk}"' in html


def test_asks_to_sign_in(alice, client):
    say(alice, "general", "for members")

    response = client.get(GENERAL)

    assert response["Location"] == "/accounts/login/?next=/rooms/general/"
    assert b"for members" not in response.content


def test_a_room_that_is_not_there(alice, client_of):
    assert client_of(alice).get("/rooms/nowhere/").status_code == 404


def test_who_is_not_in_it_may_join_and_reads_nothing(alice, bob, client_of):
    create_room(alice, "attic", "Boxes")
    say(alice, "attic", "for members")

    html = client_of(bob).get("/rooms/attic/").content.decode()

    assert 'action="/rooms/attic/join/"' in html
    assert "Boxes" in html
    assert "for members" not in html


@pytest.mark.parametrize("address", ["/rooms/attic/?before=99999", "/rooms/attic/"])
def test_who_is_not_in_it_reads_nothing_by_htmx_either(alice, bob, client_of, address):
    create_room(alice, "attic")
    say(alice, "attic", "for members")

    assert "for members" not in client_of(bob).get(address, headers=TO_HTMX).content.decode()


def test_a_closed_room_is_not_there_for_others(alice, bob, client_of):
    closed_room(alice, "board")

    assert client_of(alice).get("/rooms/board/").status_code == 200
    assert client_of(bob).get("/rooms/board/").status_code == 404


# -- Older pages ---------------------------------------------------------------------------


def test_older_messages_are_a_page_of_their_own(alice, history, client_of):
    response = client_of(alice).get(GENERAL, {"before": history[-PAGE_SIZE]})

    assert shown(response) == history[1 : PAGE_SIZE + 1]
    assert "<!doctype html>" in response.content.decode()
    assert "Back to the newest messages" in response.content.decode()


def test_htmx_gets_older_messages_alone(alice, history, client_of):
    response = client_of(alice).get(GENERAL, {"before": history[-PAGE_SIZE]}, headers=TO_HTMX)

    html = response.content.decode()
    assert shown(response) == history[1 : PAGE_SIZE + 1]
    assert html.startswith('<hx-partial hx-target="#messages" hx-swap="upsert sort">')
    assert f'id="oldest" name="before" value="{history[1]}"' in html
    assert "<html" not in html


def test_one_reads_back_to_the_beginning_and_nothing_twice(alice, history, client_of):
    client, before = client_of(alice), str(history[-1] + 1)
    read: list[int] = []
    while before:
        response = client.get(GENERAL, {"before": before}, headers=TO_HTMX)
        read = shown(response) + read
        (before,) = re.findall(r'id="oldest" name="before" value="(\d*)"', response.content.decode())

    assert read == history


def test_an_older_page_begins_with_its_day(alice, history, client_of):
    html = client_of(alice).get(GENERAL, {"before": history[-PAGE_SIZE]}, headers=TO_HTMX).content.decode()

    assert re.search('<p id="top-day" class="day"><time ', html)


def test_the_first_page_of_all_brings_its_own_day(alice, history, client_of):
    html = client_of(alice).get(GENERAL, {"before": history[1]}, headers=TO_HTMX).content.decode()

    assert '<p id="top-day" class="day"></p>' in html
    assert html.count('<p class="day">') == 1


@pytest.mark.parametrize("before", ["", "nothing", "-5", "1e3", "²", "9" * 30, "\x00"])
def test_a_place_that_is_none_is_the_newest_page(alice, client_of, before):
    message = say(alice, "general", "here")

    assert shown(client_of(alice).get(GENERAL, {"before": before})) == [message.pk]


# -- Posting without a script --------------------------------------------------------------


def test_posts(alice, client_of):
    response = client_of(alice).post(GENERAL, {"body": "Hello", "token": "a"})

    assert (response.status_code, response["Location"]) == (303, "/rooms/general/#newest")
    message = Message.objects.get()
    assert (message.body, message.author, message.room.slug) == ("Hello", alice, "general")


def test_lines_stay_lines(alice, client_of):
    client_of(alice).post(GENERAL, {"body": "\r\n  one\r\ntwo\n\nthree  \r\n"})

    assert Message.objects.get().body == "  one\ntwo\n\nthree"


def test_the_same_form_twice_is_one_message(alice, client_of):
    client, form = client_of(alice), {"body": "Hello", "token": "a"}

    assert [client.post(GENERAL, form).status_code for _ in range(2)] == [303, 303]
    assert Message.objects.count() == 1
    assert Room.objects.get(slug="general").revision == 1


def test_the_same_words_again_are_two_messages(alice, client_of):
    client = client_of(alice)

    for token in ("a", "b"):
        client.post(GENERAL, {"body": "Hello", "token": token})

    assert Message.objects.count() == 2


def test_a_token_is_its_authors_own(alice, bob, client_of):
    for person in (alice, bob):
        client_of(person).post(GENERAL, {"body": "Hello", "token": "a"})

    assert Message.objects.count() == 2


def test_other_words_with_an_old_token_are_not_lost(alice, client_of):
    client = client_of(alice)

    for body in ("Hello", "And another thing"):
        client.post(GENERAL, {"body": body, "token": "a"})

    assert Message.objects.count() == 2


def test_needs_no_token(alice, client_of):
    client = client_of(alice)

    for _ in range(2):
        client.post(GENERAL, {"body": "Hello"})

    assert Message.objects.count() == 2


def test_takes_the_longest_that_is_allowed(alice, client_of):
    client_of(alice).post(GENERAL, {"body": "é" * BODY_LIMIT})

    assert len(Message.objects.get().body) == BODY_LIMIT


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "There is nothing in that message yet."),
        (" \n\t ", "There is nothing in that message yet."),
        ("\u200b\u2060", "There is nothing in that message yet."),
        ("a" * (BODY_LIMIT + 1), "10,001 characters; 10,000 is the most."),
        ("before\x00after", "There is a NUL character in that text."),
    ],
)
def test_refuses_and_keeps_the_text(alice, client_of, body, sentence):
    response = client_of(alice).post(GENERAL, {"body": body, "token": "a"})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert response.context["draft"] == body
    assert f">{body}</textarea>" in response.content.decode()
    assert not Message.objects.exists()


def test_refuses_a_form_without_a_message(alice, client_of):
    assert client_of(alice).post(GENERAL, {}).status_code == 422


def test_a_refusal_shows_the_page_all_the_same(alice, client_of):
    message = say(alice, "general", "still here")

    assert shown(client_of(alice).post(GENERAL, {"body": " "})) == [message.pk]


def test_nobody_posts_where_they_are_not(alice, bob, client_of):
    create_room(alice, "attic")

    for slug in ("attic", "nowhere"):
        assert client_of(bob).post(f"/rooms/{slug}/", {"body": "Hello"}).status_code == 404
    assert not Message.objects.exists()


def test_nobody_posts_after_leaving(alice, bob, client_of):
    client = client_of(bob)
    Membership.objects.filter(person=bob).delete()

    assert client.post(GENERAL, {"body": "Hello"}).status_code == 404
    assert not Message.objects.exists()


@pytest.mark.usefixtures("alice")
def test_nobody_posts_who_is_signed_out(client):
    assert client.post(GENERAL, {"body": "Hello"})["Location"] == "/accounts/login/?next=/rooms/general/"
    assert not Message.objects.exists()


def test_nobody_posts_whose_account_was_closed(alice, bob, client_of):
    client = client_of(bob)
    type(bob).objects.filter(pk=bob.pk).update(is_active=False)

    assert client.post(GENERAL, {"body": "Hello"}).status_code == 302
    assert not Message.objects.exists()


def test_refuses_a_form_of_another_site(alice, client_of):
    assert client_of(alice, enforce_csrf_checks=True).post(GENERAL, {"body": "Hello"}).status_code == 403
    assert not Message.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_knows_no_other_methods(alice, client_of, method):
    assert getattr(client_of(alice), method)(GENERAL).status_code == 405
