"""`/`: where one arrives."""

import pytest

from rooms.actions.rooms import create_room
from rooms.models import Membership


def test_leads_to_the_room_for_everyone(alice, client_of):
    create_room(alice, "a room before it by name")

    assert client_of(alice).get("/")["Location"] == "/rooms/general/"


def test_leads_to_the_first_of_ones_rooms_where_one_is_not_in_that(alice, client_of):
    for name in ("kitchen", "attic"):
        create_room(alice, name)
    Membership.objects.filter(person=alice, room__slug="general").delete()

    assert client_of(alice).get("/")["Location"] == "/rooms/attic/"


def test_leads_to_the_list_where_one_is_in_no_room(alice, client_of):
    Membership.objects.filter(person=alice).delete()

    assert client_of(alice).get("/")["Location"] == "/rooms/"


@pytest.mark.usefixtures("alice")
def test_leads_to_the_sign_in_first(client):
    assert client.get("/")["Location"] == "/accounts/login/?next=/"
