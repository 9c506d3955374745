"""`/rooms/<slug>/messages/<id>/votes/`: what people choose in a poll, and the command that makes one."""

import re

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rooms import access
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.votes import toggle_vote
from rooms.models import Message, Vote
from rooms.polls import CHOICE_LIMIT, CHOICES, poll_in
from rooms.render.message import render_messages
from rooms.tests.saying import closed_room, say
from tests.sockets import Sockets

HTMX = {"HX-Request": "true"}
ASKED = "/poll What shall we eat?\n- Pizza\n- Soup"


def address(message: Message) -> str:
    return f"{message.get_absolute_url()}votes/"


def vote(person, message: Message, choice: str) -> None:
    """Let `person` press `choice` under `message`, through the one door there is."""
    membership, found = access.message(person.pk, message.room.slug, message.pk)
    toggle_vote(membership, found, choice)


def row(message: Message) -> str:
    """The row of `message`, as it is now."""
    return render_messages(Message.objects.filter(pk=message.pk).rows())


def choices(html: str) -> list[tuple[str, str]]:
    """The choices in a row, with how many want each."""
    return re.findall(r'<button id="v[^>]* value="([^"]*)".*?<b>(\d+)</b>', html)


def given() -> list[tuple[str, str]]:
    return list(Vote.objects.order_by("pk").values_list("person__username", "choice"))


@pytest.mark.parametrize(
    "typed",
    [
        ASKED,
        "/poll What shall we eat? | Pizza | Soup",
        "/POLL  What shall we eat?\r\n\r\n1. Pizza\r\n2) Soup\r\n",
        "\n/poll\nWhat shall we eat?\n* Pizza\n+ Soup\n+ Soup",
    ],
)
def test_a_command_asks(alice, client_of, typed):
    client_of(alice).post("/rooms/general/", {"body": typed})

    (message,) = Message.objects.rows()
    assert message.html == "<p>What shall we eat?</p>"
    assert choices(render_messages([message])) == [("Pizza", "0"), ("Soup", "0")]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("/poll", "Say the question and at least two choices"),
        ("/poll What?", "Say the question and at least two choices"),
        ("/poll What? | One", "Say the question and at least two choices"),
        ("/poll | |", "Say the question and at least two choices"),
        ("/poll What? | Same | Same", "Say the question and at least two choices"),
        (
            "/poll What?\n" + "\n".join(map(str, range(CHOICES + 1))),
            "A poll has 20 choices at most; there are 21.",
        ),
        ("/poll What? | A | " + "b" * (CHOICE_LIMIT + 1), "A choice has 100 characters at most."),
    ],
)
def test_what_asks_nothing_is_said_and_stays_in_the_box(alice, client_of, typed, why):
    response = client_of(alice).post("/rooms/general/", {"body": typed})

    assert response.status_code == 422
    assert why in response.content.decode()
    assert not Message.objects.exists()


def test_a_press_gives_a_vote_and_another_takes_it_back(alice, bob, client_of):
    message = say(alice, "general", ASKED)
    client = client_of(bob)

    assert client.post(address(message), {"choice": "Soup"}).status_code == 303
    assert given() == [("bob", "Soup")]
    assert choices(row(message)) == [("Pizza", "0"), ("Soup", "1")]
    assert f'value="Soup" data-people="{bob.pk}"' in row(message)

    client.post(address(message), {"choice": "Soup"})
    assert given() == []
    assert choices(row(message)) == [("Pizza", "0"), ("Soup", "0")]


def test_one_may_want_several(alice, bob):
    message = say(alice, "general", ASKED)

    vote(bob, message, "Soup")
    vote(bob, message, "Pizza")
    vote(alice, message, "Soup")

    assert choices(row(message)) == [("Pizza", "1"), ("Soup", "2")]


async def test_open_pages_see_it(sockets: Sockets, alice, bob):
    message = await sync_to_async(say)(alice, "general", ASKED)
    socket = await sockets("/ws/rooms/general/", "bob")

    await sync_to_async(vote)(alice, message, "Soup")

    assert choices(await socket.until('data-people="')) == [("Pizza", "0"), ("Soup", "1")]


def test_to_htmx_the_row_comes_with_the_broadcast(alice, client_of):
    message = say(alice, "general", ASKED)

    response = client_of(alice).post(address(message), {"choice": "Soup"}, headers=HTMX)

    assert (response.status_code, response.content) == (200, b"")


def test_the_page_says_who(alice, bob, client_of):
    message = say(alice, "general", ASKED)
    vote(bob, message, "Soup")

    html = client_of(alice).get(address(message)).content.decode()

    assert f'<span data-name="{bob.pk}">bob</span>' in html.replace("<span\n          ", "<span ")


def test_without_a_token_it_takes_one_more_click(alice):
    """The row is the same for everybody, so that the form in it has no token."""
    message = say(alice, "general", ASKED)
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    response = client.post(address(message), {"choice": "Soup"})

    assert response.status_code == 403
    assert 'name="choice" value="Soup"' in response.content.decode().replace("\n          ", " ")
    assert given() == []


def test_refuses_what_is_no_choice(alice, client_of):
    message = say(alice, "general", ASKED)

    response = client_of(alice).post(address(message), {"choice": "Fish"}, headers=HTMX)

    assert response.status_code == 422
    assert "That is none of the choices any more." in response.content.decode()


def test_a_message_that_asks_nothing_has_no_votes(alice, client_of):
    message = say(alice, "general", "Soup?")

    assert client_of(alice).post(address(message), {"choice": "Soup"}).status_code == 404
    assert client_of(alice).get(address(message)).status_code == 404


def test_nobody_outside_votes(alice, person, client_of):
    closed_room(alice)
    message = say(alice, "board", ASKED)

    assert client_of(person("dora")).post(address(message), {"choice": "Soup"}).status_code == 404
    assert given() == []


def test_an_edit_keeps_the_votes_of_the_choices_that_stay(alice, bob):
    message = say(alice, "general", ASKED)
    vote(bob, message, "Soup")
    vote(bob, message, "Pizza")
    membership, found = access.message(alice.pk, "general", message.pk)

    edit_message(membership, found, "/poll And now?\n- Soup\n- Fish", edit_state(found))

    assert choices(row(message)) == [("Soup", "1"), ("Fish", "0")]
    assert given() == [("bob", "Soup")]


def test_an_edit_that_asks_nothing_any_more_takes_all_of_them(alice, bob):
    message = say(alice, "general", ASKED)
    vote(bob, message, "Soup")
    membership, found = access.message(alice.pk, "general", message.pk)

    edit_message(membership, found, "never mind", edit_state(found))

    assert given() == []
    assert "poll" not in row(message)


def test_a_deletion_takes_the_votes(alice, bob):
    message = say(alice, "general", ASKED)
    vote(bob, message, "Soup")

    remove_message(message)

    assert given() == []


def test_what_is_typed_is_text(alice):
    message = say(alice, "general", '/poll <b>**Who**</b>? | <script>"x" | :tada: | مرحبا')

    html = row(message)
    assert "<script" not in html
    assert '<span dir="auto">&lt;script&gt;&#34;x&#34;</span>' in html
    assert '<span dir="auto">🎉</span>' in html
    assert '<span dir="auto">مرحبا</span>' in html


def test_a_page_asks_once_for_all_polls(alice, bob):
    messages = [say(alice, "general", ASKED) for _ in range(5)]
    for message in messages:
        vote(bob, message, "Soup")

    with CaptureQueriesContext(connection) as captured:
        render_messages(Message.objects.filter(pk__in=[message.pk for message in messages]).rows())

    assert sum("rooms_vote" in query["sql"] for query in captured) == 1


def test_only_the_command_itself_asks():
    assert poll_in("see /poll a | b | c") is None
    assert poll_in("//poll a | b | c") is None
    assert poll_in("/polls a | b | c") is None
