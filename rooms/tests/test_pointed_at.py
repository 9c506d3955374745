"""`/rooms/<slug>/at/<act>/`: what the bar at a row does with its message."""

import pytest

from rooms import access
from rooms.actions.members import leave_room
from rooms.models import Message, Reaction
from rooms.tests.saying import say

HTMX = {"HX-Request": "true"}


def address(act: str) -> str:
    return f"/rooms/general/at/{act}/"


def row(message: Message) -> dict[str, str]:
    return {"at": f"message-{message.pk}"}


def test_a_reaction_to_the_message_of_the_row(alice, bob, client_of):
    say(alice, "general", "before")
    message = say(alice, "general", "Hello")

    client_of(bob).post(address("react"), row(message) | {"emoji": "👍"}, headers=HTMX)

    assert [(one.message_id, one.person_id) for one in Reaction.objects.all()] == [(message.pk, bob.pk)]


def test_its_menu_and_what_answers_it(alice, client_of):
    message, client = say(alice, "general", "Hello"), client_of(alice)

    assert (
        f'id="menu-{message.pk}"' in client.get(address("menu"), row(message), headers=HTMX).content.decode()
    )
    answering = client.get(address("reply"), row(message), headers=HTMX).content.decode()
    assert f'name="reply_to" value="{message.pk}"' in answering


@pytest.mark.parametrize("act", ["menu", "reply", "unheard"])
def test_nothing_is_deleted_by_it(alice, client_of, act):
    message = say(alice, "general", "Hello")

    assert client_of(alice).post(address(act), row(message), headers=HTMX).status_code == 404
    assert Message.objects.undeleted().filter(pk=message.pk).exists()


@pytest.mark.parametrize("at", ["", "message-", "message-x", "message-1234567", "message-" + "9" * 40])
def test_no_such_row(alice, client_of, at):
    assert client_of(alice).get(address("menu"), {"at": at}).status_code == 404


def test_not_in_a_room_of_others(alice, bob, client_of):
    message = say(alice, "general", "Hello")
    leave_room(access.membership(bob.pk, "general"))

    assert client_of(bob).get(address("menu"), row(message), headers=HTMX).status_code == 404
