"""`/people/<username>/message/` and `/direct/new/`: conversations between some people."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from rooms import access
from rooms.actions.direct import open_direct
from rooms.actions.messages_post import post_message
from rooms.models import Membership, Room
from rooms.models.direct import people_in, people_key
from rooms.tests.saying import say


def begin(client, username: str) -> str:
    """Begin a conversation: the slug of its room."""
    response = client.post(f"/people/{username}/message/")
    assert response.status_code == 303
    return response["Location"].split("/")[2]


def side(client) -> str:
    """The list of rooms at the side of a page."""
    html = client.get("/search/").content.decode()
    return re.findall(r'<ul id="direct".*?</ul>', html, re.DOTALL)[0]


def test_begins_and_goes_on(alice, bob, client_of):
    slug = begin(client_of(alice), "bob")

    assert begin(client_of(alice), "BOB") == begin(client_of(bob), "alice") == slug
    assert Room.objects.get(slug=slug).people_key == people_key([bob.pk, alice.pk])


@pytest.mark.parametrize("others", [0, 1, 4, 3000])
def test_who_is_in_however_many_is_one_query(alice, bob, client_of, others, django_assert_num_queries):
    room = Room.objects.get(slug=begin(client_of(alice), "bob"))
    asked = [room.pk, *range(room.pk + 1, room.pk + 1 + others)]

    with django_assert_num_queries(1):
        found = people_in(asked, bob.pk)

    assert {pk: [one.username for one in people] for pk, people in found.items()} == {room.pk: ["alice"]}


def test_each_sees_it_called_by_the_other(alice, bob, client_of):
    slug = begin(client_of(alice), "bob")
    say(alice, slug, "hi")

    assert f'<h1 class="room-title is-direct" dir="auto"><span data-name="{bob.pk}">bob</span></h1>' in page(
        client_of(alice), slug
    )
    assert "<title>alice</title>" in page(client_of(bob), slug)
    assert ">bob</span>" in side(client_of(alice))
    assert ">alice</span>" in side(client_of(bob))


def page(client, slug: str) -> str:
    return client.get(f"/rooms/{slug}/").content.decode()


def test_with_oneself_it_is_for_notes(alice, client_of):
    slug = begin(client_of(alice), "alice")

    assert "Notes to yourself" in page(client_of(alice), slug)
    assert "Notes to yourself" in side(client_of(alice))


def test_nobody_else_knows_of_it(alice, bob, charlie, client_of):
    slug = begin(client_of(alice), "bob")
    say(alice, slug, "between us")
    stranger = client_of(charlie)

    assert stranger.get(f"/rooms/{slug}/").status_code == 404
    assert stranger.post(f"/rooms/{slug}/join/").status_code == 404
    assert slug not in stranger.get("/rooms/").content.decode()
    assert "between us" not in stranger.get("/search/", {"q": "between"}).content.decode()


def test_it_is_no_room_to_browse(alice, bob, client_of):
    slug = begin(client_of(alice), "bob")

    assert slug not in re.sub(
        r'<aside id="side".*?</aside>', "", client_of(alice).get("/rooms/").content.decode(), flags=re.DOTALL
    )


def test_the_other_has_it_with_the_first_message(alice, bob, client_of):
    slug = begin(client_of(alice), "bob")
    assert slug in side(client_of(alice))
    assert slug not in side(client_of(bob))

    say(alice, slug, "hi")

    assert slug in side(client_of(bob))


def test_every_message_is_for_the_other(alice, bob, client_of):
    slug = begin(client_of(alice), "bob")
    say(alice, slug, "no name in it")

    assert re.search(r'class="unread is-mention[^>]*>1<', side(client_of(bob)))
    assert "unread is-mention" not in side(client_of(alice))


def test_with_several(alice, bob, charlie, client_of):
    response = client_of(alice).post("/direct/new/", {"person": ["bob", "charlie"]})

    room = Room.objects.get(slug=response["Location"].split("/")[2])
    assert room.memberships.count() == 3
    assert "<title>alice, charlie</title>" in page(client_of(bob), room.slug)


def test_the_picker_takes_one_after_the_other(alice, bob, charlie, client_of):
    client = client_of(alice)
    html = client.get("/direct/new/", {"q": "CHAR"}).content.decode()
    assert "offer-charlie" in html
    assert "offer-bob" not in html

    html = client.get(
        "/direct/new/", {"q": "char", "first": "1", "person": "bob"}, HTTP_HX_REQUEST="true"
    ).content.decode()

    assert html.strip().startswith('<div id="picker"')
    assert "chip-bob" in html
    assert "chip-charlie" in html
    assert "chip-bob" not in client.get("/direct/new/", {"person": "bob", "without": "bob"}).content.decode()


def test_ten_are_too_many(alice, person, client_of):
    names = [person(f"person{number}").username for number in range(9)]
    client = client_of(alice)

    response = client.post("/direct/new/", {"person": names})

    assert response.status_code == 422
    assert "between 9 people at most" in response.content.decode()
    assert client.post("/direct/new/", {"person": names[:8]}).status_code == 303
    assert Room.objects.get(kind="direct").memberships.count() == 9


def test_somebody_more_is_a_new_one(alice, bob, charlie, client_of):
    client = client_of(alice)
    slug = begin(client, "bob")
    say(alice, slug, "not for others")

    response = client.post(f"/rooms/{slug}/members/add/", {"person": "charlie"})

    other = response["Location"].split("/")[2]
    assert other != slug
    assert "not for others" not in page(client_of(charlie), other)
    assert Membership.objects.filter(room__slug=slug).count() == 2


def test_it_cannot_be_left_or_set(alice, bob, client_of):
    client = client_of(alice)
    slug = begin(client, "bob")

    client.post(f"/rooms/{slug}/leave/")

    assert Membership.objects.filter(room__slug=slug).count() == 2
    assert client.get(f"/rooms/{slug}/settings/").status_code == 404
    assert client.post(f"/rooms/{slug}/settings/delete/", {"name": ""}).status_code == 404


def test_an_administrator_moderates_no_conversation(alice, bob, client_of):
    alice.is_superuser = True
    alice.save()
    slug = begin(client_of(alice), "bob")
    message = say(bob, slug, "mine")

    assert client_of(alice).post(f"/rooms/{slug}/messages/{message.pk}/").status_code == 303
    assert Room.objects.get(slug=slug).messages.undeleted().count() == 1


def test_nobody_there(alice, bob, client_of):
    bob.is_active = False
    bob.save()

    for name in ("bob", "nobody", "..", "<b>"):
        assert client_of(alice).post(f"/people/{name}/message/").status_code == 404


def test_a_link_does_not_begin_one(alice, bob, client_of):
    assert client_of(alice).get("/people/bob/message/").status_code == 405


def test_asks_to_sign_in(alice, client):
    assert client.post("/people/alice/message/")["Location"].startswith("/accounts/login/")
    assert client.get("/direct/new/")["Location"].startswith("/accounts/login/")


def test_in_private_begins_with_the_message(alice, bob, client_of):
    message = say(bob, "general", "look")

    response = client_of(alice).post("/people/bob/message/", {"about": message.get_absolute_url()})

    assert message.get_absolute_url() in client_of(alice).get(response["Location"]).content.decode()


def test_a_command_says_it(alice, bob, client_of):
    html = client_of(alice).post("/rooms/general/", {"body": "/msg @Bob are you *there*?"}).content.decode()

    room = Room.objects.get(kind="direct")
    assert room.messages.get().body == "are you *there*?"
    assert "Said to bob." in html
    assert f'href="/rooms/{room.slug}/"' in html
    assert not Room.objects.get(slug="general").messages.filter(author=alice).exists()


@pytest.mark.parametrize("words", ["", "@nobody hi", "hi"])
def test_a_command_without_somebody(words, alice, client_of):
    html = client_of(alice).post("/rooms/general/", {"body": f"/msg {words}"}).content.decode()

    assert "Say whom, and what" in html
    assert not Room.objects.filter(kind="direct").exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_have_one(alice, bob):
    def begin_it(pair) -> int:
        try:
            return open_direct(*pair).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        rooms = set(threads.map(begin_it, [(alice, [bob]), (bob, [alice])] * 4))

    assert len(rooms) == 1


def test_a_stranger_posts_nothing(alice, bob, charlie, client_of):
    slug = begin(client_of(alice), "bob")

    assert client_of(charlie).post(f"/rooms/{slug}/", {"body": "hi"}).status_code == 404
    with pytest.raises(access.NotFound):
        post_message(access.membership(charlie.pk, slug), "hi")


def test_between_whom_a_block_stands_nothing_is_said(alice, bob, charlie, client_of):
    slug = begin(client_of(alice), "bob")
    say(alice, slug, "before")
    client_of(bob).post("/people/alice/block/", {"blocked": "on"})
    client_of(bob).post("/people/charlie/block/", {"blocked": "on"})

    for who in (alice, bob):
        response = client_of(who).post(f"/rooms/{slug}/", {"body": "after"})
        assert response.status_code == 422
        assert "One of you has blocked the other" in response.content.decode()
    assert "before" in page(client_of(alice), slug)
    assert begin(client_of(alice), "bob") == slug
    client_of(charlie).post("/people/bob/message/")
    assert Room.objects.filter(kind="direct").count() == 1

    client_of(bob).post("/people/alice/block/", {"blocked": "off"})
    assert client_of(alice).post(f"/rooms/{slug}/", {"body": "after"}).status_code == 303


def test_a_block_is_none_where_others_listen(alice, bob, charlie, client_of):
    client_of(bob).post("/people/alice/block/", {"blocked": "on"})
    location = client_of(alice).post("/direct/new/", {"person": ["bob", "charlie"]})["Location"]

    assert client_of(alice).post(location, {"body": "to both"}).status_code == 303


def test_the_administration_does_not_read_it(alice, bob, person, client_of):
    slug = begin(client_of(alice), "bob")
    message = say(alice, slug, "between us")
    room = Room.objects.get(slug=slug)
    root = client_of(person("dora", role="administrator"))

    for address in (
        "message/",
        "room/",
        "membership/",
        f"message/{message.pk}/change/",
        f"room/{room.pk}/change/",
    ):
        html = root.get(f"/admin/rooms/{address}", follow=True).content.decode()
        assert "between us" not in html
        assert slug not in html
    assert slug not in root.get("/administration/rooms/").content.decode()


def test_lists_of_messages_say_whom_it_is_with(alice, bob, client_of):
    room = open_direct(alice, [bob])
    message = say(bob, room.slug, "@alice the ladder is here")
    client = client_of(alice)
    client.post(f"/rooms/{room.slug}/messages/{message.pk}/save/", {"saved": "on"})
    say(bob, "general", "@alice which ladder?")

    for path in ("/search/?q=ladder", "/mentions/", "/saved/"):
        page = client.get(path).content.decode().partition('id="main"')[2]
        assert '<span dir="auto">bob</span> ·' in " ".join(page.split()), path
        assert room.slug not in "".join(page.split(f"/rooms/{room.slug}/")), path
    assert '<span dir="auto">#general</span>' in client.get("/mentions/").content.decode()
