"""`/saved/` and `…/messages/<id>/save/`: what somebody keeps for themselves."""

import pytest
from django.urls import reverse

from rooms.actions.messages_delete import remove_message
from rooms.actions.rooms import create_room
from rooms.models import Message, Saved
from rooms.tests.saying import say
from rooms.views import saved

HTMX = {"HX-Request": "true"}
EMPTY = "You have saved nothing yet."


def address(message: Message) -> str:
    return reverse("message_save", args=[message.room.slug, message.pk])


def test_saved_and_found_again_by_oneself_alone(alice, bob, client_of):
    message = say(alice, "general", "Remember")
    client = client_of(bob)

    response = client.post(address(message))

    assert (response.status_code, response["Location"]) == (303, message.get_absolute_url())
    html = client.get("/saved/").content.decode()
    assert f'id="message-{message.pk}"' in html
    assert message.get_absolute_url() in html
    assert EMPTY in client_of(alice).get("/saved/").content.decode()


def test_nobody_is_told(alice, client_of):
    message = say(alice, "general", "Remember")

    client_of(alice).post(address(message))

    assert Message.objects.get().revision == message.revision
    assert Message.objects.get().room.revision == 1


def test_once_more_and_it_is_no_longer(alice, client_of):
    message = say(alice, "general", "Remember")
    client = client_of(alice)

    client.post(address(message))
    client.post(address(message))

    assert not Saved.objects.exists()


def test_to_htmx_a_banner_says_so_and_the_menu_later(alice, bob, client_of):
    message = say(alice, "general", "Remember")

    html = client_of(alice).post(address(message), {"saved": "on"}, headers=HTMX).content.decode()

    assert f'hx-target="#menu:has(#menu-{message.pk})" hx-swap="innerHTML"></hx-partial>' in html
    assert '<p class="notice">Saved' in html
    html = client_of(alice).post(address(message), {"saved": "off"}, headers=HTMX).content.decode()
    assert '<p class="notice">No longer saved' in html
    client_of(alice).post(address(message), {"saved": "on"}, headers=HTMX)
    mine = client_of(alice).get(message.get_absolute_url(), headers=HTMX).content.decode()
    assert 'name="saved" value="off"' in mine
    theirs = client_of(bob).get(message.get_absolute_url(), headers=HTMX).content.decode()
    assert 'name="saved" value="on"' in theirs


def test_what_was_saved_last_comes_first(alice, client_of):
    create_room(alice, "attic")
    one, two = say(alice, "general", "one"), say(alice, "attic", "two")
    client = client_of(alice)
    for message in (two, one):
        client.post(address(message))

    html = client.get("/saved/").content.decode()

    assert html.index(f'id="message-{one.pk}"') < html.index(f'id="message-{two.pk}"')
    assert "#attic" in html


def test_the_list_is_paged(alice, client_of, monkeypatch):
    monkeypatch.setattr(saved, "SAVED_ON_A_PAGE", 2)
    client = client_of(alice)
    for number in range(3):
        client.post(address(say(alice, "general", f"number {number}")))

    assert "number 0" not in client.get("/saved/").content.decode()
    assert "number 0" in client.get("/saved/?page=2").content.decode()


def test_not_of_a_room_that_one_has_left(alice, bob, client_of):
    message = say(alice, "general", "for members")
    client = client_of(bob)
    client.post(address(message))
    bob.memberships.all().delete()

    assert "for members" not in client.get("/saved/").content.decode()


def test_gone_with_the_message(alice, client_of):
    message = say(alice, "general", "Remember")
    client = client_of(alice)
    client.post(address(message))
    remove_message(message)

    assert EMPTY in client.get("/saved/").content.decode()
    assert not Saved.objects.exists()


def test_removed_from_the_list_one_is_back_there(alice, client_of):
    message = say(alice, "general", "Remember")

    response = client_of(alice).post(address(message), {"saved": "off", "back": ""})

    assert response["Location"] == "/saved/"


def test_not_one_of_another_room(alice, client_of):
    create_room(alice, "attic")
    message = say(alice, "general", "Hello")

    assert client_of(alice).post(f"/rooms/attic/messages/{message.pk}/save/").status_code == 404
    assert not Saved.objects.exists()


def test_not_by_who_is_not_in_the_room(alice, bob, client_of):
    create_room(alice, "attic")
    message = say(alice, "attic", "for members")

    assert client_of(bob).post(address(message)).status_code == 404
    assert not Saved.objects.exists()


def test_not_one_that_is_gone_meanwhile(alice, client_of):
    message = say(alice, "general", "Hello")
    remove_message(message)

    response = client_of(alice).post(address(message), headers=HTMX)

    assert response.status_code == 404
    assert "That message is no longer there." in response.content.decode()
    assert not Saved.objects.exists()


def test_not_with_a_link(alice, client_of):
    message = say(alice, "general", "Hello")

    assert client_of(alice).get(address(message)).status_code == 405


@pytest.mark.parametrize("path", ["/saved/", "/rooms/general/messages/1/save/"])
def test_asks_to_sign_in(alice, client, path):
    assert client.post(path)["Location"].startswith("/accounts/login/")
