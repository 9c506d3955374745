"""`/rooms/<slug>/messages/<id>/edit/`: putting one's own message in other words."""

import pytest
from django.urls import reverse

from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.messages_post import post_message
from rooms.actions.reactions import toggle_reaction
from rooms.actions.rooms import create_room
from rooms.models import Mention, Message, Version
from rooms.models.message import BODY_LIMIT
from rooms.tests.saying import say

HTMX = {"HX-Request": "true"}


def address(message: Message) -> str:
    return reverse("message_edit", args=[message.room.slug, message.pk])


def edited(message: Message) -> Message:
    return Message.objects.select_related("room", "author").get(pk=message.pk)


def test_the_page_has_a_box_with_the_text(alice, client_of):
    message = say(alice, "general", "one & <two>")

    html = client_of(alice).get(address(message)).content.decode()

    assert "one &amp; &lt;two&gt;</textarea>" in html
    assert 'method="post"' in html


def test_to_htmx_the_box_comes_after_the_row_once_and_the_menu_goes(alice, client_of):
    message = say(alice, "general", "Hello")

    html = client_of(alice).get(address(message), headers=HTMX).content.decode()

    assert f' #message-{message.pk}):not(:has(~ #edit-{message.pk}))" hx-swap="afterend"' in html
    assert '<hx-partial hx-target="#menu" hx-swap="innerHTML"></hx-partial>' in html
    # The words are out of sight while the box is there.
    assert f"#message-{message.pk}{{" in html
    assert "hx-nonce" in html


def test_saved_with_what_it_said_before(alice, client_of):
    message = say(alice, "general", "frist")

    response = client_of(alice).post(address(message), {"body": "**first**", "seen": ""})

    assert (response.status_code, response["Location"]) == (303, message.get_absolute_url())
    now = edited(message)
    assert (now.body, now.first_revision, now.revision) == ("**first**", 1, 2)
    assert "<strong>first</strong>" in now.html
    assert now.edited_at is not None
    version = Version.objects.get()
    assert (version.body, version.html, version.written_at) == ("frist", message.html, message.posted_at)


def test_to_htmx_the_box_goes_and_the_row_comes_to_everybody(alice, client_of):
    message = say(alice, "general", "frist")

    response = client_of(alice).post(address(message), {"body": "first", "seen": ""}, headers=HTMX)

    assert response.status_code == 200
    assert f'hx-target="#edit-{message.pk}" hx-swap="delete"' in response.content.decode()


def test_the_row_says_so_with_a_link_to_what_it_said(alice, bob, client_of):
    message = say(alice, "general", "frist")
    client_of(alice).post(address(message), {"body": "first", "seen": ""})

    html = client_of(bob).get("/rooms/general/").content.decode()

    assert f'href="{message.get_absolute_url()}versions/"' in html
    assert ">edited</a>" in html


def test_who_is_named_in_it_now_is_told_and_who_no_longer_is_not(alice, bob, charlie, client_of):
    message = say(alice, "general", "@bob look")

    client_of(alice).post(address(message), {"body": "@charlie look", "seen": ""})

    assert [mention.person for mention in Mention.objects.all()] == [charlie]


def test_an_answer_stays_an_answer(alice, bob, client_of):
    first = say(alice, "general", "Who?")
    membership = bob.memberships.select_related("room", "person").get()
    answer = Message.objects.get(pk=post_message(membership, "Me", reply_to=first.pk).pk)

    client_of(bob).post(address(answer), {"body": "Me, @alice", "seen": ""})

    assert (edited(answer).reply_to, edited(answer).body) == (first, "Me, @alice")
    assert [mention.person for mention in Mention.objects.all()] == [alice]


def test_what_is_the_same_is_no_edit(alice, client_of):
    message = say(alice, "general", "Hello")

    assert client_of(alice).post(address(message), {"body": "Hello\r\n", "seen": ""}).status_code == 303

    assert (edited(message).revision, edited(message).edited_at) == (1, None)
    assert not Version.objects.exists()


def test_one_that_lost_a_race_is_told_and_nothing_is_lost(alice, client_of):
    message = say(alice, "general", "Hello")
    client = client_of(alice)
    client.post(address(message), {"body": "from the <phone>", "seen": ""})

    response = client.post(address(message), {"body": "from the <desk>", "seen": ""}, headers=HTMX)

    html = response.content.decode()
    assert response.status_code == 409
    assert "edited meanwhile" in html
    assert "from the &lt;phone&gt;</pre>" in html
    assert "from the &lt;desk&gt;</textarea>" in html
    assert edited(message).body == "from the <phone>"
    # The box knows now what it would replace.
    again = {"body": "from the <desk>", "seen": edit_state(edited(message))}
    assert edit_state(edited(message)) in html.replace("&#x27;", "'")
    assert client.post(address(message), again).status_code == 303
    assert edited(message).body == "from the <desk>"
    assert Version.objects.count() == 2


def test_a_reaction_meanwhile_is_no_race(alice, bob, client_of):
    message = say(alice, "general", "Hello")
    toggle_reaction(bob.memberships.select_related("room").get(), message, "👍")

    assert client_of(alice).post(address(message), {"body": "Hello!", "seen": ""}).status_code == 303
    assert edited(message).body == "Hello!"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["a page", "to htmx"])
def test_deleted_meanwhile_the_text_is_kept(alice, client_of, headers):
    message = say(alice, "general", "Hello")
    remove_message(message)

    response = client_of(alice).post(address(message), {"body": "long & dear", "seen": ""}, headers=headers)

    html = response.content.decode()
    assert response.status_code == 404
    assert "That message is no longer there." in html
    assert "long &amp; dear</textarea>" in html
    assert not Version.objects.exists()


def test_deleted_between_the_look_and_the_deed(alice, client_of, monkeypatch):
    message = say(alice, "general", "Hello")
    edit = edit_message

    def after_a_deletion(membership, found, *words):
        remove_message(Message.objects.get(pk=found.pk))
        edit(membership, found, *words)

    monkeypatch.setattr("rooms.views.edit.edit_message", after_a_deletion)
    response = client_of(alice).post(address(message), {"body": "dear", "seen": ""})

    assert response.status_code == 404
    assert "dear</textarea>" in response.content.decode()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * (BODY_LIMIT + 1), "10,000 is the most"),
        ("", "There is nothing in that message yet."),
        (" \n ", "There is nothing in that message yet."),
        ("a\x00b", "There is a NUL character in that text."),
    ],
    ids=["too long", "empty", "blank", "NUL"],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["a page", "to htmx"])
def test_what_cannot_be_stored_stays_in_the_box(alice, client_of, text, sentence, headers):
    message = say(alice, "general", "Hello")

    response = client_of(alice).post(address(message), {"body": text, "seen": ""}, headers=headers)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert f"{text}</textarea>" in response.content.decode()
    assert edited(message).body == "Hello"


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_who_wrote_it_not_even_a_moderator(alice, bob, client_of, method):
    message = say(bob, "general", "mine")

    response = getattr(client_of(alice), method)(address(message), {"body": "not mine"}, headers=HTMX)

    assert response.status_code == 422
    assert "Only who wrote a message can edit it." in response.content.decode()
    assert edited(message).body == "mine"


@pytest.mark.parametrize("method", ["get", "post"])
def test_not_through_another_room(alice, client_of, method):
    create_room(alice, "attic")
    message = say(alice, "general", "Hello")

    response = getattr(client_of(alice), method)(f"/rooms/attic/messages/{message.pk}/edit/", {"body": "Bye"})

    assert response.status_code == 404
    assert edited(message).body == "Hello"


@pytest.mark.parametrize("method", ["get", "post"])
def test_not_by_who_left_the_room(alice, bob, client_of, method):
    message = say(bob, "general", "Hello")
    bob.memberships.all().delete()

    assert getattr(client_of(bob), method)(address(message), {"body": "Bye"}).status_code == 404
    assert edited(message).body == "Hello"


@pytest.mark.parametrize("method", ["get", "post"])
def test_asks_to_sign_in(alice, client, method):
    message = say(alice, "general", "Hello")

    response = getattr(client, method)(address(message), {"body": "Bye"})

    assert response["Location"].startswith("/accounts/login/")
    assert edited(message).body == "Hello"


def test_refuses_a_form_of_another_site(alice, client_of):
    message = say(alice, "general", "Hello")

    client = client_of(alice, enforce_csrf_checks=True)

    assert client.post(address(message), {"body": "Bye"}).status_code == 403
    assert edited(message).body == "Hello"
