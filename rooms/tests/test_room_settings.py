"""`/rooms/<slug>/settings/`: what a moderator sets about a room."""

import datetime

import pytest
from django.utils import timezone

from rooms.actions.members import put_in
from rooms.actions.retention import sweep_old_messages
from rooms.actions.rooms import create_room
from rooms.models import Message, Room
from rooms.tests.saying import closed_room, say

FORM = {
    "name": "tea", "topic": "", "slug": "tea", "kind": "open", "who_posts": "members", "who_calls": "members",
    "slow_seconds": "0", "retention_days": "",
}  # fmt: skip


@pytest.fixture
def tea(alice, bob) -> Room:
    """An open room that alice moderates, with bob in it."""
    room = create_room(alice, "tea")
    put_in(room, [bob])
    return room


def change(client, at: str = "tea", **values: str):
    return client.post(f"/rooms/{at}/settings/", FORM | values)


def test_is_saved_and_said(tea, alice, bob, client_of):
    response = change(client_of(alice), name="Tea & cake", topic="At four")

    assert (response.status_code, response["Location"]) == (303, "/rooms/tea/settings/")
    tea.refresh_from_db()
    assert (tea.name, tea.topic) == ("Tea & cake", "At four")
    html = client_of(bob).get("/rooms/tea/").content.decode()
    assert 'renamed the room to <b dir="auto">Tea &amp; cake</b>' in html
    assert 'changed the topic to <b dir="auto">At four</b>' in html


def test_what_is_as_it_was_says_nothing(tea, alice, client_of):
    change(client_of(alice))

    assert not Message.objects.filter(room=tea).exists()


def test_a_member_reads_them(tea, bob, client_of):
    html = client_of(bob).get("/rooms/tea/settings/").content.decode()

    assert "Its moderators can change this." in html
    assert '<input type="text" name="name"' not in html
    response = change(client_of(bob), name="mine")
    assert response.status_code == 422
    assert Room.objects.get(pk=tea.pk).name == "tea"


def test_is_for_members(alice, bob, client_of):
    closed_room(alice)

    for address in ("", "archive/", "delete/"):
        assert client_of(bob).post(f"/rooms/board/settings/{address}").status_code == 404


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": ""}, "required"),
        ({"name": "!!"}, "needs a letter or a digit"),
        ({"name": "General"}, "There is a room called"),
        ({"slug": "general"}, "Another room has that address."),
        ({"slug": "new"}, "Another room has that address."),
        ({"slug": "a b"}, "slug"),
        ({"slow_seconds": "-1"}, "greater than or equal to 0"),
        ({"slow_seconds": "99999999999"}, "less than or equal to"),
        ({"retention_days": "0"}, "greater than or equal to 1"),
        ({"kind": "direct"}, "Select a valid choice"),
        ({"who_posts": "nobody"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said(values, sentence, tea, alice, client_of):
    response = change(client_of(alice), **values)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Room.objects.get(pk=tea.pk).slug == "tea"


def test_the_old_address_leads_on(tea, alice, bob, charlie, client_of):
    say(alice, "tea", "hello")
    change(client_of(alice), slug="coffee")

    assert client_of(bob).get("/rooms/tea/")["Location"] == "/rooms/coffee/"
    assert client_of(charlie).get("/rooms/tea/")["Location"] == "/rooms/coffee/"
    assert "hello" in client_of(bob).get("/rooms/coffee/").content.decode()


def test_of_a_closed_room_it_leads_strangers_nowhere(tea, alice, charlie, client_of):
    change(client_of(alice), slug="coffee", kind="closed")

    assert client_of(charlie).get("/rooms/tea/").status_code == 404
    assert client_of(charlie).get("/rooms/coffee/").status_code == 404


def test_no_new_room_takes_an_address_that_leads_on(tea, alice, client_of):
    change(client_of(alice), slug="coffee", name="coffee")

    assert create_room(alice, "Tea").slug == "tea-2"


def test_a_room_gets_its_old_address_back(tea, alice, client_of):
    change(client_of(alice), slug="coffee")
    change(client_of(alice), "coffee", slug="tea")

    assert client_of(alice).get("/rooms/tea/").status_code == 200
    assert client_of(alice).get("/rooms/coffee/")["Location"] == "/rooms/tea/"


def test_closing_and_opening(tea, alice, bob, charlie, client_of):
    change(client_of(alice), kind="closed")
    assert client_of(charlie).get("/rooms/tea/").status_code == 404
    assert "closed the room" in client_of(bob).get("/rooms/tea/").content.decode()

    change(client_of(alice), kind="open")
    assert client_of(charlie).get("/rooms/tea/").status_code == 200


def test_for_announcements(tea, alice, bob, client_of):
    change(client_of(alice), who_posts="moderators")

    response = client_of(bob).post("/rooms/tea/", {"body": "hi"})
    assert response.status_code == 422
    assert "Only its moderators write in this room." in response.content.decode()
    assert client_of(alice).post("/rooms/tea/", {"body": "hi"}).status_code == 303
    assert 'class="rules for-moderators"' in client_of(bob).get("/rooms/tea/").content.decode()


def test_who_calls_the_room(tea, alice, bob, client_of):
    change(client_of(alice), who_calls="moderators")

    assert client_of(bob).post("/rooms/tea/", {"body": "@room hi"}).status_code == 422
    assert client_of(alice).post("/rooms/tea/", {"body": "@room hi"}).status_code == 303
    message = say(bob, "tea", "quiet")
    response = client_of(bob).post(f"/rooms/tea/messages/{message.pk}/edit/", {"body": "@room", "seen": ""})
    assert response.status_code == 422


def test_slow_mode(tea, alice, bob, client_of):
    change(client_of(alice), slow_seconds="60")
    assert client_of(bob).post("/rooms/tea/", {"body": "one"}).status_code == 303

    response = client_of(bob).post("/rooms/tea/", {"body": "two"})
    assert response.status_code == 422
    assert "Slow mode: you can write here again in" in response.content.decode()
    for text in ("one", "two"):
        assert client_of(alice).post("/rooms/tea/", {"body": text}).status_code == 303

    Message.objects.filter(author=bob).update(posted_at=timezone.now() - datetime.timedelta(seconds=61))
    assert client_of(bob).post("/rooms/tea/", {"body": "two"}).status_code == 303


def test_slow_mode_takes_what_is_sent_twice_for_what_it_is(tea, alice, bob, client_of):
    change(client_of(alice), slow_seconds="60")

    for _ in range(2):
        assert client_of(bob).post("/rooms/tea/", {"body": "one", "token": "t1"}).status_code == 303

    assert Message.objects.filter(author=bob).count() == 1


def test_archived_it_is_read_and_nothing_more(tea, alice, bob, client_of):
    message = say(bob, "tea", "hello")
    client_of(alice).post("/rooms/tea/settings/archive/", {"archived": "on"})
    client = client_of(bob)

    html = client.get("/rooms/tea/").content.decode()
    assert "hello" in html
    assert 'class="rules is-archived"' in html
    assert client.post("/rooms/tea/", {"body": "hi"}).status_code == 422
    for address, form in (
        ("reactions", {"emoji": "👍"}), ("pin", {"pinned": "on"}), ("edit", {"body": "x", "seen": ""}),
    ):  # fmt: skip
        client.post(f"/rooms/tea/messages/{message.pk}/{address}/", form)
    message.refresh_from_db()
    assert (message.body, message.pinned_at, message.reactions.count()) == ("hello", None, 0)
    assert "/rooms/tea/" not in client.get("/search/").content.decode()
    assert "hello" in client.get("/search/", {"q": "hello"}).content.decode()

    client_of(alice).post("/rooms/tea/settings/archive/", {"archived": "off"})
    assert client.post("/rooms/tea/", {"body": "hi"}).status_code == 303


def test_a_member_archives_nothing(tea, bob, client_of):
    client_of(bob).post("/rooms/tea/settings/archive/", {"archived": "on"})

    assert Room.objects.get(pk=tea.pk).archived_at is None


def test_is_deleted_by_its_name(tea, alice, bob, client_of):
    client = client_of(alice)
    client.post("/rooms/tea/settings/delete/", {"name": "Tea"})
    client_of(bob).post("/rooms/tea/settings/delete/", {"name": "tea"})
    assert Room.objects.filter(pk=tea.pk).exists()

    assert client.post("/rooms/tea/settings/delete/", {"name": " tea "})["Location"] == "/rooms/"
    assert not Room.objects.filter(pk=tea.pk).exists()


def test_what_is_old_goes(tea, alice, client_of):
    change(client_of(alice), retention_days="30")
    old, new = say(alice, "tea", "old"), say(alice, "tea", "new")
    elsewhere = say(alice, "general", "old")
    ago = timezone.now() - datetime.timedelta(days=31)
    Message.objects.filter(pk__in=[old.pk, elsewhere.pk]).update(posted_at=ago)

    assert sweep_old_messages() == 1
    assert set(Message.objects.undeleted().values_list("pk", flat=True)) == {new.pk, elsewhere.pk}
    assert sweep_old_messages() == 0


def test_a_closed_room_is_made(alice, bob, client_of):
    response = client_of(alice).post("/rooms/new/", {"name": "board", "kind": "closed"})

    assert response["Location"] == "/rooms/board/"
    assert client_of(bob).get("/rooms/board/").status_code == 404


def test_no_direct_room_is_made_so(alice, client_of):
    assert client_of(alice).post("/rooms/new/", {"name": "board", "kind": "direct"}).status_code == 422
