"""Messages that are deleted, or mean others than they did: nothing counts them any longer."""

import re

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils.html import strip_tags

from accounts.models import Person
from rooms import access
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.messages_post import post_message
from rooms.models import Membership, Message, Room
from rooms.tests.saying import say
from tests.sockets import Sockets

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")


def badges(client: Client, address: str = "/rooms/new/") -> list[str]:
    """What the badges of a page say that is loaded now, in words."""
    shown = re.findall(r'<b class="unread[^>]*>(.+?)</b>', client.get(address).content.decode())
    return [" ".join(strip_tags(one).split()) for one in shown]


def delete(message: Message) -> None:
    remove_message(Message.objects.select_related("room").get(pk=message.pk))


def edit(author: Person, message: Message, text: str) -> None:
    there = Message.objects.select_related("room").get(pk=message.pk)
    edit_message(Membership.objects.get(person=author, room=there.room), there, text, edit_state(there))


def test_a_deleted_message_is_not_unread(alice, bob, client_of):
    first, second = say(alice, "general", "one"), say(alice, "general", "two")
    assert badges(client_of(bob)) == ["2 unread"]
    delete(first)
    assert badges(client_of(bob)) == ["1 unread"]
    delete(second)
    assert badges(client_of(bob)) == []


def test_one_that_others_answered_leaves_a_trace_and_is_not_unread(alice, bob, charlie, client_of):
    first = say(alice, "general", "one")
    posted = post_message(access.membership(charlie.pk, "general"), "two", reply_to=first.pk)
    answer = Message.objects.get(pk=posted.pk)
    delete(first)
    assert badges(client_of(bob)) == ["1 unread"]
    delete(answer)
    assert badges(client_of(bob)) == []
    assert "New messages" not in client_of(bob).get("/rooms/general/").content.decode()


def test_what_was_read_before_it_was_deleted_counts_for_nothing(alice, bob, client_of):
    first = say(alice, "general", "one")
    client_of(bob).get("/rooms/general/")
    say(alice, "general", "two")
    delete(first)
    assert badges(client_of(bob)) == ["1 unread"]


@pytest.mark.parametrize("text", ["@bob look", "@room look"])
@pytest.mark.parametrize("how", ["deleted", "edited"])
def test_what_means_nobody_any_longer_is_not_for_them(alice, bob, client_of, text, how):
    say(alice, "general", "plain")
    message = say(alice, "general", text)
    assert badges(client_of(bob)) == ["1 unread, for you", "2 unread, for you"]
    if how == "deleted":
        delete(message)
        assert badges(client_of(bob)) == ["1 unread"]
    else:
        edit(alice, message, "nobody")
        assert badges(client_of(bob)) == ["2 unread"]


@pytest.mark.parametrize("text", ["@bob look", "@room look"])
def test_an_earlier_one_is_for_them_still(alice, bob, client_of, text):
    say(alice, "general", text)
    last = say(alice, "general", text)
    delete(last)
    assert badges(client_of(bob)) == ["1 unread, for you", "1 unread, for you"]


@pytest.mark.parametrize("page", ["/ws/live/", "/ws/rooms/general/"])
async def test_open_pages_hear_of_it(sockets: Sockets, alice, bob, page):
    message = await sync_to_async(say)(alice, "general", "@bob look")
    socket = await sockets("/ws/live/", "bob")
    assert "1<span class='hidden'> unread, for you" in await socket.resume(0)
    await sync_to_async(delete)(message)
    general = await Room.objects.aget(slug="general")
    await socket.until(f'unread-of-{general.pk}"></b>')
    await socket.until('unread-of-mentions"></b>')


async def test_a_title_counts_no_message_that_is_gone(sockets: Sockets, alice, bob):
    socket = await sockets("/ws/rooms/general/", "bob")
    await socket.resume(0)
    await socket.send(type="away")
    message = await sync_to_async(say)(alice, "general", "a slip")
    await socket.until("(1) general")
    await sync_to_async(delete)(message)
    await socket.until('hx-target="title" hx-swap="textContent">general')


def test_the_history_of_a_room_counts_as_the_side_does(alice, bob, client_of):
    first = say(alice, "general", "one")
    say(alice, "general", "two")
    delete(first)
    assert badges(client_of(bob), "/rooms/general/history/") == ["1 unread", "1 unread"]
