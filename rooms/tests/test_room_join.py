"""`/rooms/<slug>/join/`."""

import re

import pytest

from rooms.actions.rooms import create_room
from rooms.models import Membership, Message, Room
from rooms.tests.saying import closed_room


@pytest.fixture
def attic(alice):
    """A room that alice alone is in."""
    return create_room(alice, "attic")


def test_comes_in(attic, bob, client_of):
    response = client_of(bob).post("/rooms/attic/join/")

    assert (response.status_code, response["Location"]) == (303, "/rooms/attic/")
    assert Membership.objects.get(room=attic, person=bob).role == Membership.Role.MEMBER


def test_the_room_says_so(attic, alice, bob, client_of):
    client_of(bob).post("/rooms/attic/join/")

    page = client_of(alice).get("/rooms/attic/").content.decode()
    assert len(re.findall(r">bob</(?:a|b|bdi|span)>\s*joined", page)) == 1
    # Nobody has to read that.
    assert Membership.objects.get(room=attic, person=alice).read == Room.objects.get(slug="attic").posts == 0


def test_twice_is_once(attic, bob, client_of):
    client = client_of(bob)

    assert [client.post("/rooms/attic/join/").status_code for _ in range(2)] == [303, 303]
    assert Membership.objects.filter(room=attic, person=bob).count() == 1
    assert Message.objects.filter(room=attic, notice="joined").count() == 1


def test_a_moderator_who_joins_again_stays_one(attic, alice, client_of):
    client_of(alice).post("/rooms/attic/join/")

    assert Membership.objects.get(room=attic, person=alice).role == Membership.Role.MODERATOR


def test_a_closed_room_is_not_there(alice, bob, client_of):
    room = closed_room(alice, "board")

    assert client_of(bob).post("/rooms/board/join/").status_code == 404
    assert not room.memberships.filter(person=bob).exists()


def test_who_is_in_a_closed_room_is_led_there(alice, client_of):
    closed_room(alice, "board")

    assert client_of(alice).post("/rooms/board/join/")["Location"] == "/rooms/board/"


def test_a_room_that_is_not_there(alice, client_of):
    assert client_of(alice).post("/rooms/nowhere/join/").status_code == 404


def test_a_link_does_not_join(attic, bob, client_of):
    assert client_of(bob).get("/rooms/attic/join/").status_code == 405
    assert not Membership.objects.filter(room=attic, person=bob).exists()


def test_asks_to_sign_in(attic, client):
    assert client.post("/rooms/attic/join/")["Location"].startswith("/accounts/login/")


def test_refuses_a_form_of_another_site(attic, bob, client_of):
    assert client_of(bob, enforce_csrf_checks=True).post("/rooms/attic/join/").status_code == 403
