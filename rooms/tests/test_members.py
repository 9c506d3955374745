"""`/rooms/<slug>/members/`, and what is done there: who is added, removed, and moderates."""

import pytest

from rooms.actions.rooms import create_room
from rooms.models import Membership, Message, Room
from rooms.tests.saying import closed_room, say


@pytest.fixture
def board(alice) -> Room:
    """A closed room, which alice moderates."""
    return closed_room(alice, "board")


def put(client, *usernames: str, slug: str = "board"):
    return client.post(f"/rooms/{slug}/members/add/", {"person": usernames})


def lines(slug: str = "board") -> list[str | None]:
    return list(Message.objects.filter(room__slug=slug).order_by("pk").values_list("notice", flat=True))


def test_shows_who_is_there(board, alice, bob, client_of):
    put(client_of(alice), "bob")

    html = client_of(bob).get("/rooms/board/members/").content.decode()

    assert "@alice" in html
    assert "@bob" in html
    assert "Moderator" in html
    assert "Remove from the room" not in html


def test_adds_people_and_says_so(board, alice, bob, charlie, client_of):
    response = put(client_of(alice), "bob", "charlie")

    assert (response.status_code, response["Location"]) == (303, "/rooms/board/members/")
    assert board.memberships.count() == 3
    html = client_of(bob).get("/rooms/board/").content.decode()
    assert "added" in html
    assert f'data-name="{charlie.pk}" dir="auto">charlie</b>' in html


def test_whom_is_there_is_not_added(board, alice, bob, client_of):
    put(client_of(alice), "bob")
    put(client_of(alice), "bob")

    assert lines() == ["added"]


def test_any_member_adds(board, alice, bob, charlie, client_of):
    put(client_of(alice), "bob")

    assert put(client_of(bob), "charlie").status_code == 303
    assert board.memberships.filter(person=charlie).exists()


def test_who_was_added_has_read_what_was_said(board, alice, bob, client_of):
    say(alice, "board", "before")
    put(client_of(alice), "bob")

    assert Membership.objects.get(room=board, person=bob).read == Room.objects.get(pk=board.pk).posts


def test_nobody_chosen(board, alice, client_of):
    response = put(client_of(alice))

    assert response.status_code == 422
    assert "Choose somebody first." in response.content.decode()


def test_who_returns_goes_on_where_they_had_read_to(board, alice, bob, client_of):
    put(client_of(alice), "bob")
    say(alice, "board", "one")
    client_of(bob).get("/rooms/board/")
    client_of(bob).post("/rooms/board/leave/")
    say(alice, "board", "two")

    put(client_of(alice), "bob")

    assert Membership.objects.get(room=board, person=bob).read == 1


def test_a_moderator_removes(board, alice, bob, client_of):
    put(client_of(alice), "bob")

    response = client_of(alice).post("/rooms/board/members/Bob/remove/")

    assert response.status_code == 303
    assert not board.memberships.filter(person=bob).exists()
    assert lines() == ["added", "removed"]
    assert client_of(bob).get("/rooms/board/").status_code == 404


def test_a_member_removes_nobody(board, alice, bob, client_of):
    put(client_of(alice), "bob")

    response = client_of(bob).post("/rooms/board/members/alice/remove/")

    assert response.status_code == 422
    assert "Only a moderator" in response.content.decode()
    assert board.memberships.count() == 2


def test_leaving_is_said(board, alice, bob, client_of):
    put(client_of(alice), "bob")
    client_of(bob).post("/rooms/board/leave/")

    assert lines() == ["added", "left"]


def test_the_last_moderator_stays(board, alice, bob, client_of):
    put(client_of(alice), "bob")
    client = client_of(alice)

    assert "needs a moderator" in client.post("/rooms/board/leave/", follow=True).content.decode()
    assert client.post("/rooms/board/members/alice/role/", {"role": "member"}).status_code == 422
    assert client.post("/rooms/board/members/alice/remove/").status_code == 422
    assert Membership.objects.get(room=board, person=alice).role == "moderator"

    client.post("/rooms/board/members/bob/role/", {"role": "moderator"})
    assert client.post("/rooms/board/leave/").status_code == 303
    assert not board.memberships.filter(person=alice).exists()


def test_who_is_alone_may_leave(board, alice, client_of):
    client_of(alice).post("/rooms/board/leave/")

    assert not board.memberships.exists()


def test_a_member_makes_no_moderator(board, alice, bob, client_of):
    put(client_of(alice), "bob")

    assert client_of(bob).post("/rooms/board/members/bob/role/", {"role": "moderator"}).status_code == 422
    assert Membership.objects.get(room=board, person=bob).role == "member"


def test_looks_for_somebody(board, alice, bob, client_of):
    put(client_of(alice), "bob")

    html = client_of(alice).get("/rooms/board/members/", {"q": "BO"}).content.decode()

    assert 'id="member-bob"' in html
    assert 'id="member-alice"' not in html


def test_is_for_members(board, alice, bob, client_of):
    stranger = client_of(bob)

    for address in ("", "add/"):
        assert stranger.get(f"/rooms/board/members/{address}").status_code == 404
    assert put(stranger, "bob").status_code == 404
    assert stranger.post("/rooms/board/members/alice/remove/").status_code == 404
    assert stranger.post("/rooms/board/members/alice/role/").status_code == 404


def test_somebody_who_is_not_in_it(board, alice, bob, client_of):
    assert client_of(alice).post("/rooms/board/members/bob/remove/").status_code == 404
    assert client_of(alice).post("/rooms/board/members/nobody/role/").status_code == 404


def test_a_line_is_unread_for_nobody(board, alice, bob, charlie, client_of):
    put(client_of(alice), "bob")
    client_of(bob).get("/rooms/board/")
    put(client_of(alice), "charlie")

    html = client_of(bob).get("/search/").content.decode()
    assert "unread</span>" not in html


def test_nothing_is_done_with_a_line(board, alice, bob, client_of):
    put(client_of(alice), "bob")
    line = Message.objects.get(notice="added")
    client = client_of(alice)

    assert client.get(f"/rooms/board/messages/{line.pk}/").status_code == 404
    assert client.post(f"/rooms/board/messages/{line.pk}/reactions/", {"emoji": "👍"}).status_code == 404
    assert client.get(f"/rooms/board/messages/{line.pk}/thread/").status_code == 404
    assert client.post("/rooms/board/", {"body": "hm", "reply_to": line.pk}).status_code == 422


def test_in_an_open_room_too(alice, bob, charlie, client_of):
    create_room(alice, "tea")

    put(client_of(alice), "bob", slug="tea")

    assert Membership.objects.filter(room__slug="tea").count() == 2
    assert lines("tea") == ["added"]
