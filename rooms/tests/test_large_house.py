"""A house of 10,000 people and 1,000 rooms, half of them direct, asks no more than one of twelve people."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from hypermedia.cache import rendered
from live.models import Connection
from rooms.models import Membership, Message, Room
from rooms.models.direct import people_key
from rooms.tests.files import HTMX

PAGES = {
    "room": "/rooms/general/",
    "side": "/rooms/new/",
    "rooms": "/rooms/",
    "rooms found": "/rooms/?q=room",
    "directory": "/people/",
    "directory found": "/people/?q=member-1",
    "card": "/people/member-1/",
    "members": "/rooms/general/members/",
    "members found": "/rooms/general/members/?q=member",
    "whom to add": "/rooms/room-1/members/add/?q=member",
    "new conversation": "/direct/new/?q=member",
    "settings": "/rooms/general/settings/",
    "mentions": "/mentions/",
    "go": "/go/?q=o",
    "go, nothing asked": "/go/",
    "community's people": "/administration/people/?q=member",
    "community's rooms": "/administration/rooms/",
}


def grow(alice: Person, people: int, rooms: int) -> None:
    """Make a house of it: as many rooms with a name, of which alice is in all, as conversations of hers."""
    there, now = Person.objects.count(), timezone.now()
    new = Person.objects.bulk_create(
        Person(username=f"member-{number}", display_name=f"Zoë {number}") for number in range(there, people)
    )
    general = Room.objects.get(slug="general")
    begun = Room.objects.exclude(pk=general.pk).count() // 2
    named = Room.objects.bulk_create(
        Room(name=f"room {number}", slug=f"room-{number}", active_at=now)
        for number in range(begun + 1, rooms // 2)
    )
    partners = Person.objects.exclude(pk=alice.pk).order_by("pk")[begun : rooms // 2 - 1]
    direct = Room.objects.bulk_create(
        Room(kind="direct", slug=f"direct-{one.pk}", people_key=people_key([alice.pk, one.pk]), posts=1,
             active_at=now)
        for one in partners
    )  # fmt: skip
    pairs = [(room, one) for room, one in zip(direct, partners, strict=True)]
    Membership.objects.bulk_create(
        [Membership(room=general, person=one) for one in new]
        + [Membership(room=room, person=alice, role="moderator") for room in (*named, *direct)]
        + [Membership(room=room, person=one) for room, one in pairs]
    )
    Message.objects.bulk_create(
        Message(room=room, author=one, body="Hello", html="Hello", number=1, first_revision=1, revision=1)
        for room, one in pairs
    )
    Connection.objects.bulk_create(
        Connection(person=one, place=general.group, present_until=now + datetime.timedelta(hours=1))
        for one in new[: len(new) // 10]
    )


def asked(client: Client) -> dict[str, int]:
    """How many queries each page asks when it is first rendered, and saying something."""
    counts = {}
    # Whoever comes for the first time has everything there to read.
    client.get("/rooms/general/")
    for name, address in PAGES.items():
        rendered.clear()
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address, headers=HTMX if name == "go" else {})
        assert answer.status_code == 200, name
        counts[name] = len(captured)
    with CaptureQueriesContext(connection) as captured:
        assert client.post("/rooms/general/", {"body": "Hello @member-1", "token": "a"}).status_code == 303
    Message.objects.filter(room__slug="general").delete()
    return counts | {"post": len(captured)}


@pytest.mark.django_db
def test_no_page_asks_more_where_there_are_more(alice, client_of):
    Person.objects.filter(pk=alice.pk).update(role="owner")
    Room.objects.filter(slug="general").update(posts=1)
    client = client_of(alice)
    grow(alice, people=12, rooms=12)
    small = asked(client)
    grow(alice, people=10_000, rooms=1_000)
    assert (Person.objects.count(), Room.objects.count()) == (10_000, 999)
    assert asked(client) == small
