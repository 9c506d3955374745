"""`/rooms/new/`: a room of one's own making."""

import re

import pytest
from django.utils.html import escape

from rooms.actions.rooms import create_room
from rooms.models import Membership, Room
from rooms.tests.saying import closed_room


def test_shows_a_form(alice, client_of):
    response = client_of(alice).get("/rooms/new/")

    assert response.status_code == 200
    assert re.findall(r'<input type="text" name="(\w+)"', response.content.decode()) == ["name", "topic"]


def test_makes_a_room_and_leads_there(alice, bob, client_of):
    response = client_of(bob).post("/rooms/new/", {"name": "The attic", "topic": "Boxes"})

    assert (response.status_code, response["Location"]) == (303, "/rooms/the-attic/")
    room = Room.objects.get(slug="the-attic")
    assert (room.name, room.topic, room.kind, room.created_by) == ("The attic", "Boxes", Room.Kind.OPEN, bob)


def test_whoever_makes_it_is_its_moderator_and_alone(alice, bob, client_of):
    client_of(bob).post("/rooms/new/", {"name": "attic"})

    membership = Membership.objects.get(room__slug="attic")
    assert (membership.person, membership.role) == (bob, Membership.Role.MODERATOR)


@pytest.mark.parametrize(
    ("there", "name"),
    [("Attic", "Attic"), ("Attic", "  aTTIC "), ("Straße", "STRASSE"), ("Élan", "elan"), ("서울", "서울"),
     ("Ａｔｔｉｃ", "attic"), ("a <b>", "A <B>")],
)  # fmt: skip
def test_a_name_that_is_there_is_said_with_a_link(alice, bob, client_of, there, name):
    room = create_room(alice, there)

    response = client_of(bob).post("/rooms/new/", {"name": name})

    assert response.status_code == 422
    link = f'There is a room called <a href="{room.get_absolute_url()}">{escape(there)}</a>.'
    assert link in response.content.decode()
    assert Room.objects.filter(created_by=bob).count() == 0


def test_nobody_learns_of_a_room_that_is_not_theirs_but_by_its_address(alice, bob, client_of):
    for _ in range(2):
        closed_room(alice, "Attic")

    assert client_of(bob).post("/rooms/new/", {"name": "Attic"})["Location"] == "/rooms/attic-3/"


@pytest.mark.parametrize(
    "name", ["новости", "日本語", "الأخبار", "new", "!1", "x" * 60, "İstanbul", "a/b?c#d"]
)
def test_a_name_in_any_script_has_an_address_that_works(alice, client_of, name):
    client = client_of(alice)

    address = client.post("/rooms/new/", {"name": name})["Location"]

    assert f'<h1 class="room-title is-open" dir="auto">{name}</h1>' in client.get(address).content.decode()


def test_white_space_that_nobody_sees_is_not_part_of_the_name(alice, client_of):
    client_of(alice).post("/rooms/new/", {"name": "  the \t attic "})

    assert Room.objects.filter(name="the attic").exists()


@pytest.mark.parametrize("field", ["name", "topic"])
def test_nothing_in_a_name_or_a_topic_deceives(alice, client_of, field):
    typed = "\u202ecit\u2066ta\u200b 👩\u200d🚀 می\u200cخواهم\u00a0\u200e"

    client_of(alice).post("/rooms/new/", {"name": "attic", "topic": "", field: typed})

    assert getattr(Room.objects.latest("pk"), field) == "citta 👩\u200d🚀 می\u200cخواهم"


@pytest.mark.parametrize("name", ["\u202e", "\u3164", "\u200b\u200d"])
def test_a_name_of_nothing_that_is_seen_is_none(alice, client_of, name):
    assert client_of(alice).post("/rooms/new/", {"name": name}).status_code == 422


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "…"),
        ("name", "a" * 61),
        ("name", "a\x00b"),
        ("topic", "a" * 201),
        ("topic", "a\x00b"),
    ],
)
def test_refuses_what_cannot_be_a_name_or_a_topic(alice, client_of, field, text):
    response = client_of(alice).post("/rooms/new/", {"name": "attic", "topic": "", field: text})

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Room.objects.exclude(slug="general").exists()


def test_says_again_what_was_typed(alice, client_of):
    response = client_of(alice).post("/rooms/new/", {"name": "", "topic": "Boxes & more"})

    assert 'value="Boxes &amp; more"' in response.content.decode()


@pytest.mark.usefixtures("alice")
def test_asks_to_sign_in(client):
    response = client.post("/rooms/new/", {"name": "attic"})

    assert response["Location"] == "/accounts/login/?next=/rooms/new/"
    assert not Room.objects.filter(slug="attic").exists()


def test_refuses_a_form_of_another_site(alice, client_of):
    response = client_of(alice, enforce_csrf_checks=True).post("/rooms/new/", {"name": "attic"})

    assert response.status_code == 403
    assert not Room.objects.filter(slug="attic").exists()
