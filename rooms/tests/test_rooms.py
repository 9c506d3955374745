"""`/rooms/`: the rooms that one may know of."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.models import Person
from rooms.actions.rooms import create_room
from rooms.models import Room
from rooms.tests.saying import closed_room, say
from rooms.views.rooms import ROOMS_ON_A_PAGE


def names(response) -> list[str]:
    """The rooms on the page, in its order."""
    return [room.name for room in response.context["rooms"]]


def test_lists_open_rooms_by_name_whatever_the_case(alice, bob, client_of):
    for name in ("Zoo", "attic"):
        create_room(alice, name)

    assert names(client_of(bob).get("/rooms/")) == ["attic", "general", "Zoo"]


def test_marks_those_one_is_in_and_offers_the_others(alice, bob, client_of):
    create_room(alice, "attic")

    html = client_of(bob).get("/rooms/").content.decode()

    assert html.count("You are in") == 1
    assert html.count('action="/rooms/attic/join/"') == 1
    assert "/rooms/general/join/" not in html


def test_a_closed_room_is_on_the_list_of_its_members_alone(alice, bob, client_of):
    closed_room(alice, "board")

    assert "board" in names(client_of(alice).get("/rooms/"))
    assert names(client_of(bob).get("/rooms/")) == ["general"]


@pytest.mark.parametrize("query", ["attic", "ATT", "  tti "])
def test_finds_by_a_part_of_the_name(alice, client_of, query):
    create_room(alice, "attic")

    assert names(client_of(alice).get("/rooms/", {"q": query})) == ["attic"]


@pytest.mark.parametrize(
    ("name", "query"), [("Übung", "übu"), ("Übung", "UBUNG"), ("会議室", "議室"), ("ОФИС", "офис")]
)
def test_finds_in_whatever_letters(alice, client_of, name, query):
    create_room(alice, name)

    assert names(client_of(alice).get("/rooms/", {"q": query})) == [name]


def test_does_not_find_a_closed_room_of_others(alice, bob, client_of):
    closed_room(alice, "board")

    response = client_of(bob).get("/rooms/", {"q": "board"})

    assert "No room is called that." in response.content.decode()


@pytest.mark.parametrize("query", ["%", "_", "\x00", "'; --", "\\", "(", "a" * 5000])
def test_a_query_is_only_a_text(alice, client_of, query):
    response = client_of(alice).get("/rooms/", {"q": query})

    assert response.status_code == 200
    assert names(response) == (["general"] if query == "\x00" else [])


@pytest.fixture
def many_rooms(alice):
    """One more room than fits on a page, `general` included."""
    Room.objects.bulk_create(
        Room(name=f"room {number:02}", slug=f"room-{number}") for number in range(ROOMS_ON_A_PAGE)
    )


def test_more_than_a_page_of_rooms_is_two_pages(alice, many_rooms, client_of):
    first = client_of(alice).get("/rooms/")
    second = client_of(alice).get("/rooms/", {"page": 2})

    assert len(names(first)) == ROOMS_ON_A_PAGE
    assert names(second) == [f"room {ROOMS_ON_A_PAGE - 1}"]
    assert '<a rel="next" href="?q=&amp;page=2">' in first.content.decode()
    assert '<a rel="prev" href="?q=&amp;page=1">' in second.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "99", "nothing", ""])
def test_a_page_that_is_none_is_the_nearest(alice, many_rooms, client_of, page):
    assert client_of(alice).get("/rooms/", {"page": page}).status_code == 200


def test_pages_keep_what_one_looks_for(alice, many_rooms, client_of):
    html = client_of(alice).get("/rooms/", {"q": "o"}).content.decode()

    assert "general" in html
    assert "page=2" not in html
    Room.objects.bulk_create(Room(name=f"o & {n}", slug=f"o-{n}") for n in range(ROOMS_ON_A_PAGE + 1))
    assert 'href="?q=o%20%26&amp;page=2"' in client_of(alice).get("/rooms/", {"q": "o &"}).content.decode()


@pytest.mark.usefixtures("alice")
def test_asks_to_sign_in(client):
    assert client.get("/rooms/")["Location"] == "/accounts/login/?next=/rooms/"


def test_nobody_keeps_a_copy(alice, client_of):
    assert client_of(alice).get("/rooms/")["Cache-Control"] == "no-store"


def test_says_of_each_who_is_in_it_and_when_something_was_said(
    bob: Person, alice: Person, client_of: Callable
):
    create_room(alice, "attic")
    say(alice, "general", "hello")
    page = " ".join(client_of(bob).get("/rooms/").content.decode().split())
    assert "1 member · nothing said yet" in page
    assert "2 members · last message today" in page


def test_joined_in_place(bob: Person, alice: Person, client_of: Callable):
    create_room(alice, "attic")
    response = client_of(bob).post("/rooms/attic/join/", headers={"HX-Request": "true"})
    row = response.content.decode()
    assert response.status_code == 200
    assert row.startswith('<li class="directory-row">')
    assert "You are in" in row
    assert "2 members" in " ".join(row.split())


def test_what_cannot_be_joined_says_so_in_its_place(bob: Person, alice: Person, client_of: Callable):
    create_room(alice, "attic")
    Room.objects.filter(slug="attic").update(archived_at=timezone.now())
    response = client_of(bob).post("/rooms/attic/join/", headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_archived_rooms_are_found_by_asking_for_them(bob: Person, alice: Person, client_of: Callable):
    create_room(alice, "attic")
    Room.objects.filter(slug="attic").update(archived_at=timezone.now())
    assert "attic" not in client_of(bob).get("/rooms/").content.decode()
    page = client_of(bob).get("/rooms/", {"archived": "yes"}).content.decode()
    assert "attic" in page
    assert "/rooms/general/join/" not in page
