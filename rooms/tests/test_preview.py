"""`/rooms/<slug>/preview/`: a message before it is sent."""

import pytest

from rooms.actions.rooms import create_room
from rooms.models import Draft, Message
from rooms.models.message import BODY_LIMIT
from rooms.tests.saying import say

PREVIEW = "/rooms/general/preview/"
TO_HTMX = {"HX-Request": "true"}


def test_shows_what_the_message_will_be(alice, bob, client_of):
    text = "*Well*, @bob :tada: https://example.org"

    response = client_of(alice).post(PREVIEW, {"body": text}, headers=TO_HTMX)

    html = response.content.decode()
    assert response.status_code == 200
    assert say(alice, "general", text).html in html
    assert f'data-person="{bob.pk}"' in html
    assert "<html" not in html


def test_nothing_is_stored(alice, client_of):
    client = client_of(alice)

    for headers in ({}, TO_HTMX):
        client.post(PREVIEW, {"body": "Hello", "token": "a"}, headers=headers)

    assert not Message.objects.exists()
    assert not Draft.objects.exists()


def test_without_a_script_it_is_the_page_with_the_text_in_its_box(alice, client_of):
    message = say(alice, "general", "There already")

    response = client_of(alice).post(PREVIEW, {"body": "**Well** <b>", "drafted": "on"})

    html = response.content.decode()
    assert response.status_code == 200
    assert "<strong>Well</strong> &lt;b&gt;</p>" in html
    assert ">**Well** &lt;b&gt;</textarea>" in html
    assert 'id="drafted" name="drafted" value="on"' in html
    assert f'id="message-{message.pk}"' in html


def test_an_answer_stays_one(alice, client_of):
    message = say(alice, "general", "Shall we?")

    html = client_of(alice).post(PREVIEW, {"body": "Yes", "reply_to": message.pk}).content.decode()

    assert f'name="reply_to" value="{message.pk}" checked' in html


def test_what_is_said_of_oneself_has_the_name(alice, client_of):
    html = client_of(alice).post(PREVIEW, {"body": "/me waves"}, headers=TO_HTMX).content.decode()

    assert f"{alice.name}</b> <p>waves</p>" in html


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "There is nothing in that message yet."),
        (" \n", "There is nothing in that message yet."),
        ("a" * (BODY_LIMIT + 1), "10,001 characters; 10,000 is the most."),
        ("a\x00b", "There is a NUL character in that text."),
    ],
)
@pytest.mark.parametrize(("headers", "status"), [({}, 422), (TO_HTMX, 200)], ids=["page", "htmx"])
def test_what_cannot_be_said_cannot_be_shown(alice, client_of, body, sentence, headers, status):
    response = client_of(alice).post(PREVIEW, {"body": body}, headers=headers)

    assert response.status_code == status
    assert sentence in response.content.decode()


def test_whoever_comes_back_to_the_address_is_in_the_room(alice, client_of):
    response = client_of(alice).get(PREVIEW)

    assert (response.status_code, response["Location"]) == (303, "/rooms/general/")


def test_not_for_who_is_not_in_the_room(alice, bob, client_of):
    create_room(alice, "attic")

    assert client_of(bob).post("/rooms/attic/preview/", {"body": "x"}).status_code == 404
    assert client_of(bob).post("/rooms/nowhere/preview/", {"body": "x"}).status_code == 404


@pytest.mark.usefixtures("alice")
def test_asks_to_sign_in(client):
    assert client.post(PREVIEW, {"body": "x"})["Location"].startswith("/accounts/login/")


def test_refuses_a_form_of_another_site(alice, client_of):
    assert client_of(alice, enforce_csrf_checks=True).post(PREVIEW, {"body": "x"}).status_code == 403
