"""/go/: rooms and people by a few letters of a name."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Person
from accounts.roles import Role
from rooms.actions.direct import open_direct
from rooms.actions.rooms import create_room, join_room
from rooms.models import Membership, Room
from rooms.tests.saying import say

ADDRESS = "/go/"
NAME = re.compile(r'class="offer goal".*?<b\s+dir="auto">(.*?)</b>', re.DOTALL)
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")


@pytest.fixture
def found(client_of: Callable[..., Client], bob: Person) -> Callable[[str], list[str]]:
    """The names that bob finds, the best first."""

    def look(text: str) -> list[str]:
        return NAME.findall(client_of(bob).get(ADDRESS, {"q": text}, headers=HTMX).content.decode())

    return look


def test_the_page_has_a_list_and_a_box(bob: Person, client_of: Callable[..., Client]):
    page = client_of(bob).get(ADDRESS).content.decode()
    assert "<html" in page
    assert NAME.findall(page) == ["general"]


def test_to_htmx_the_list_alone(bob: Person, client_of: Callable[..., Client]):
    assert "<html" not in client_of(bob).get(ADDRESS, headers=HTMX).content.decode()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Tea & Code", "code"),
        ("Tea & Code", "te co"),
        ("kitchen", "tch"),
        ("Übung", "ubu"),
        ("Übung", "BUN"),
        ("会議室", "議"),
        ("שלום", "לום"),
        ("re-view", "re-view"),
        ("release 2", "2"),
    ],
)
def test_any_part_of_any_word(bob: Person, found: Callable, name: str, text: str):
    create_room(bob, name)
    assert found(text) == [name.replace("&", "&amp;")]


def test_people_by_either_name(alice: Person, found: Callable):
    alice.display_name = "Ada L."
    alice.save()
    assert found("lic") == found("ada") == found("ADA l") == ["Ada L."]


def test_oneself_is_not_found(found: Callable):
    assert found("bob") == []


def test_who_left_is_not_found(alice: Person, found: Callable):
    alice.is_active = False
    alice.save()
    assert found("alice") == []


def test_where_a_word_begins_so_comes_first_then_what_was_active_last(
    alice: Person, bob: Person, found: Callable
):
    for name in ("tea", "team", "steam"):
        create_room(bob, name)
    join_room(bob, Room.objects.get(slug="tea"))
    say(bob, "tea", "hello")
    say(bob, "steam", "hello")
    create_room(alice, "teak")
    assert found("tea") == ["tea", "team", "teak", "steam"]


def test_who_was_spoken_with_last_is_first(alice: Person, bob: Person, found: Callable):
    charlie = Person.objects.get(username="charlie")
    for one in (charlie, alice):
        say(bob, open_direct(bob, [one]).slug, "hello")
    assert found("")[:2] == ["alice", "charlie"]
    say(bob, open_direct(bob, [charlie]).slug, "hello")
    assert found("")[:2] == ["charlie", "alice"]


def test_a_person_with_a_conversation_is_there_once(alice: Person, bob: Person, found: Callable):
    say(bob, open_direct(bob, [alice]).slug, "hello")
    assert found("alice") == ["alice"]


def test_what_others_say_to_each_other_is_not_found(alice: Person, found: Callable):
    create_room(alice, "secret", kind=Room.Kind.CLOSED)
    say(alice, open_direct(alice, [Person.objects.get(username="charlie")]).slug, "hello")
    assert found("secret") == []
    assert found("charlie") == ["charlie"]
    assert found("") == ["general"]


def test_a_conversation_that_nobody_has_said_a_word_in_is_for_who_began_it(
    alice: Person, bob: Person, client_of: Callable[..., Client], found: Callable
):
    room = open_direct(alice, [bob])
    assert room.slug not in client_of(bob).get(ADDRESS, {"q": "alice"}).content.decode()
    assert found("alice") == ["alice"]


def test_looking_begins_nothing(found: Callable):
    found("alice")
    assert not Room.objects.filter(kind=Room.Kind.DIRECT).exists()


def test_on_to_the_best(bob: Person, client_of: Callable[..., Client]):
    response = client_of(bob).post(ADDRESS, {"q": "gen"})
    assert (response.status_code, response["Location"]) == (303, "/rooms/general/")


def test_on_to_somebody(alice: Person, bob: Person, client_of: Callable[..., Client]):
    response = client_of(bob).post(ADDRESS, {"q": "ali"})
    assert response.status_code == 303
    assert response["Location"] == open_direct(alice, [bob]).get_absolute_url()


def test_on_to_nothing_says_so_and_keeps_what_was_typed(bob: Person, client_of: Callable[..., Client]):
    response = client_of(bob).post(ADDRESS, {"q": "nowhere"})
    assert response.status_code == 422
    assert 'value="nowhere"' in response.content.decode()


@pytest.mark.parametrize("text", ["\x00", "%", "_", "\\", "'", "<b>", "a" * 5000, "\u202e", "*", "("])
def test_what_is_typed_is_only_a_text(bob: Person, client_of: Callable[..., Client], text: str):
    assert client_of(bob).get(ADDRESS, {"q": text}).status_code == 200
    assert client_of(bob).post(ADDRESS, {"q": text}).status_code in (303, 422)


def test_nobody_is_sent_to_sign_in(client: Client):
    assert "/accounts/login/" in client.get(ADDRESS)["Location"]


def test_a_guest_finds_what_they_were_put_in_and_who_is_there(
    alice: Person, bob: Person, client_of: Callable[..., Client], found: Callable
):
    create_room(alice, "attic")
    Membership.objects.filter(person__username="charlie").delete()
    bob.role = Role.GUEST
    bob.save()
    assert found("a") == ["alice", "general"]
    assert client_of(bob).post(ADDRESS, {"q": "charlie"}).status_code == 422


def test_people_have_their_pictures(alice: Person, bob: Person, client_of: Callable[..., Client]):
    Person.objects.filter(username__in=["alice", "charlie"]).update(avatar="b" * 22)
    open_direct(bob, [alice])
    for name in ("alice", "charlie"):
        html = client_of(bob).get(ADDRESS, {"q": name}, headers=HTMX).content.decode()
        assert html.count(f'src="/avatars/{"b" * 22}/"') == 1
