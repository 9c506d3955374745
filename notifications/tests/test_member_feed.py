"""The Atom feed of a room: for a member, at a secret address, for as long as they are in it."""

import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Block, Person
from notifications.models import MemberFeed
from rooms import access
from rooms.actions.direct import open_direct
from rooms.actions.members import leave_room
from rooms.actions.messages_delete import remove_message
from rooms.actions.rooms import join_room
from rooms.models import Room
from rooms.tests.saying import say

ATOM = "{http://www.w3.org/2005/Atom}"
HERE = "/rooms/general/feed/"


@pytest.fixture
def client(client_of, bob, alice) -> Client:
    return client_of(bob)


def made(client: Client, address: str = HERE) -> str:
    """The address of a new feed, which is shown once."""
    page = client.post(address, {"do": "make"}, follow=True).content.decode()
    found = re.search(r'value="http://localhost:8000(/feeds/rooms/[^"]+)"', page)
    assert found
    assert found[1] not in client.get(address).content.decode()
    return found[1]


def summaries(address: str) -> list[str]:
    answer = Client().get(address)
    assert answer.status_code == 200
    root = ElementTree.fromstring(answer.content)
    return [entry.findtext(f"{ATOM}summary") or "" for entry in root.findall(f"{ATOM}entry")]


def test_it_has_what_is_said_there_and_is_seen(client, alice, bob, charlie):
    address = made(client)
    assert summaries(address) == []
    say(alice, "general", "first")
    gone = say(alice, "general", "slip")
    say(charlie, "general", "from charlie")
    say(bob, "general", "<look> & **see**")
    remove_message(gone)
    Block.objects.create(person=bob, blocked=charlie)
    Person.objects.filter(pk=bob.pk).update(has_blocked=True)

    assert summaries(address) == ["<p>&lt;look&gt; &amp; see</p>", "<p>first</p>"]
    answer = Client().get(address)
    assert Client().get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert b"<title>general in " in answer.content


def test_it_ends(client, alice, bob):
    first = made(client)
    address = made(client)
    assert Client().get(first).status_code == 404
    Person.objects.filter(pk=bob.pk).update(is_active=False)
    assert Client().get(address).status_code == 404
    Person.objects.filter(pk=bob.pk).update(is_active=True)
    client.post(HERE, {"do": "revoke"})
    assert Client().get(address).status_code == 404

    address = made(client)
    leave_room(access.membership(bob.pk, "general"))
    assert Client().get(address).status_code == 404
    # Who comes back makes another.
    join_room(bob, Room.objects.get(slug="general"))
    assert Client().get(address).status_code == 404
    assert not MemberFeed.objects.exists()


def test_a_direct_conversation_is_called_by_the_others(client, alice, bob):
    slug = open_direct(bob, [alice]).slug
    say(alice, slug, "between us")
    assert b"<title>alice in " in Client().get(made(client, f"/rooms/{slug}/feed/")).content


def test_its_queries_do_not_grow(client, alice):
    address = made(client)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            Client().get(address)
        return len(asked)

    say(alice, "general", "one")
    few = queries()
    for _ in range(5):
        say(alice, "general", "more")
    assert queries() == few <= 4
