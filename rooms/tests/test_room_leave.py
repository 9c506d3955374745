"""`/rooms/<slug>/leave/`."""

from rooms.models import Membership, Room
from rooms.tests.saying import say


def test_goes_out_and_says_so(alice, bob, client_of):
    client = client_of(bob)

    response = client.post("/rooms/general/leave/")

    assert (response.status_code, response["Location"]) == (303, "/rooms/")
    assert not Membership.objects.filter(person=bob).exists()
    assert "You left general." in client.get("/rooms/").content.decode()


def test_what_one_said_stays(alice, bob, client_of):
    say(bob, "general", "I was here")
    client_of(bob).post("/rooms/general/leave/")

    assert "I was here" in client_of(alice).get("/rooms/general/").content.decode()


def test_one_can_come_back(alice, bob, client_of):
    client = client_of(bob)
    client.post("/rooms/general/leave/")
    client.post("/rooms/general/join/")

    assert Membership.objects.filter(person=bob, room__slug="general").exists()


def test_for_who_comes_back_it_is_as_it_was(alice, bob, client_of):
    client, room = client_of(bob), Room.objects.get(slug="general")
    say(alice, "general", "First")
    own = Membership.objects.filter(person=bob, room=room)
    own.update(involvement="mentions", is_favourite=True, role="moderator", read=1)
    say(alice, "general", "Look, @bob")
    client.post("/rooms/general/leave/")
    say(alice, "general", "While nobody looked")

    client.post("/rooms/general/join/")

    place = own.get()
    assert (place.involvement, place.is_favourite) == ("mentions", True)
    assert (place.read, place.mentioned) == (1, 2)
    # What they were allowed there is for others to say.
    assert place.role == "member"
    # It is among the favourites, with what is meant for them.
    page = client.get("/rooms/").content.decode()
    favourites = page.partition('id="favourites"')[2].partition("</ul>")[0]
    assert f"side-{room.pk}" in favourites
    assert "is-mention" in favourites


def test_tells_the_sockets_after_the_commit(
    alice, bob, client_of, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr("live.bus.close_place", lambda place, person_id: told.append((place, person_id)))
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        client_of(bob).post("/rooms/general/leave/")
    assert told == []

    for callback in callbacks:
        callback()

    assert [person_id for _, person_id in told] == [bob.pk]


def test_who_is_not_in_it_cannot_leave(alice, bob, client_of):
    client = client_of(bob)
    client.post("/rooms/general/leave/")

    assert client.post("/rooms/general/leave/").status_code == 404
    assert Membership.objects.filter(person=alice).exists()


def test_a_link_does_not_leave(alice, client_of):
    assert client_of(alice).get("/rooms/general/leave/").status_code == 405
    assert Membership.objects.filter(person=alice).exists()


def test_asks_to_sign_in(alice, client):
    assert client.post("/rooms/general/leave/")["Location"].startswith("/accounts/login/")
    assert Membership.objects.filter(person=alice).exists()


def test_refuses_a_form_of_another_site(alice, client_of):
    assert client_of(alice, enforce_csrf_checks=True).post("/rooms/general/leave/").status_code == 403
    assert Membership.objects.filter(person=alice).exists()
