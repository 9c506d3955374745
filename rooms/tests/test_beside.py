"""What opens beside a room, at any address: a page with both, its part for htmx, what history takes of it."""

import re

import pytest
from django.test import Client

from accounts.models import Person
from rooms.actions.messages_delete import remove_message
from rooms.actions.rooms import create_room
from rooms.models import Membership, Message, Room
from rooms.render.beside import beside
from rooms.tests.files import HTMX
from rooms.tests.panel import RESTORED, panel
from rooms.tests.saying import say
from rooms.tests.test_reply import answer, row

GENERAL = "/rooms/general/"
# The menu that it was chosen from is closed.
OPEN = (
    '<hx-partial hx-target="#menu" hx-swap="innerHTML"></hx-partial>'
    '<hx-partial hx-target="#panel" hx-swap="innerHTML"><section class="beside-sheet'
)
ADDRESSES = {
    "thread": f"{GENERAL}messages/{{pk}}/thread/",
    "pins": f"{GENERAL}pins/",
    "versions": f"{GENERAL}messages/{{pk}}/versions/",
    "reactions": f"{GENERAL}messages/{{pk}}/reactions/?who=",
    "person": "/people/alice/?room=general",
    "search": "/search/?q=tea&room=general",
}
# As long as what pictures are asked for by.
AVATAR = "0123456789ab"
EACH = pytest.mark.parametrize("kind", ADDRESSES)


@pytest.fixture
def message(alice) -> Message:
    return say(alice, "general", "Tea?")


@pytest.fixture
def client(alice, bob, client_of) -> Client:
    return client_of(bob)


@EACH
def test_as_a_page_it_stands_beside_its_room(client, message, kind):
    html = client.get(ADDRESSES[kind].format(pk=message.pk)).content.decode()

    assert f'<li id="message-{message.pk}"' in html.partition('id="panel"')[0]
    assert 'class="beside-sheet' in panel(html)
    assert f'href="{GENERAL}" aria-current="page"' in html


@EACH
def test_to_htmx_it_is_the_panel_and_its_address(client, message, kind):
    address = ADDRESSES[kind].format(pk=message.pk)

    response = client.get(address, headers=HTMX)

    assert response.content.decode().replace("\n", "").startswith(OPEN)
    assert "<html" not in response.content.decode()
    assert response["HX-Push-Url"] == address


@pytest.mark.parametrize("address", [GENERAL, f"{GENERAL}messages/{{pk}}/", "/rooms/"])
def test_where_nothing_is_beside_history_takes_the_empty_panel(client, message, address):
    response = client.get(address.format(pk=message.pk), headers=RESTORED)

    html = response.content.decode().strip()
    assert html.startswith('<aside id="panel"')
    assert html.endswith("></aside>")
    assert "<script" not in html


@EACH
def test_history_takes_the_panel_alone(client, message, kind):
    response = client.get(ADDRESSES[kind].format(pk=message.pk), headers=RESTORED)

    assert response.content.decode().lstrip().startswith('<aside id="panel" class="beside"')
    assert 'class="beside-sheet' in response.content.decode()
    assert "HX-Push-Url" not in response


@EACH
def test_it_says_what_its_answer_depends_on(client, message, kind):
    varies = client.get(ADDRESSES[kind].format(pk=message.pk))["Vary"]

    assert {"HX-Request", "HX-History-Restore-Request"} <= set(varies.split(", "))


@EACH
def test_no_id_is_there_twice(client, alice, message, kind):
    Message.objects.filter(pk=message.pk).update(pinned_at=message.posted_at)
    answer(alice, message, "Yes")
    client.post(f"{GENERAL}messages/{message.pk}/reactions/", {"emoji": "🎉"})

    html = client.get(ADDRESSES[kind].format(pk=message.pk)).content.decode()

    ids = [one.partition('"')[0] for one in html.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


@EACH
def test_what_is_new_in_the_room_is_not_read_by_that(client, bob, message, kind):
    client.get(ADDRESSES[kind].format(pk=message.pk))

    assert Membership.objects.get(person=bob).read == 0


@EACH
@pytest.mark.parametrize("headers", [{}, HTMX, RESTORED], ids=["page", "htmx", "history"])
def test_not_for_who_is_not_in_the_room(alice, bob, client_of, kind, headers):
    create_room(alice, "attic")
    hidden = say(alice, "attic", "tea for members")
    address = ADDRESSES[kind].format(pk=hidden.pk).replace("general", "attic")

    response = client_of(bob).get(address, headers=headers)

    assert response.status_code == 404
    assert "tea for members" not in response.content.decode()


def test_history_gets_a_sentence_and_no_panel_for_what_is_gone(client, message):
    remove_message(message)

    response = client.get(ADDRESSES["thread"].format(pk=message.pk), headers=RESTORED)

    assert response.status_code == 404
    html = response.content.decode()
    assert "That is not here, or not yours." in html
    assert "hx-history-elt" in html
    assert panel(html) == ""


def test_to_htmx_what_is_gone_is_a_sentence_and_no_panel(client, message):
    remove_message(message)

    response = client.get(ADDRESSES["thread"].format(pk=message.pk), headers=HTMX)

    assert response.status_code == 404
    html = response.content.decode()
    assert "That is not here, or not yours." in html
    assert '<hx-partial hx-target="#panel" hx-swap="innerHTML"></hx-partial>' in html


@pytest.mark.parametrize("room", ["", "nowhere", "\x00", "general/../attic"])
def test_beside_no_room_there_is_nothing(client, room):
    assert client.get("/people/alice/", {"room": room}).status_code in (400, 404)
    assert client.get("/search/", {"room": room}).status_code in (400, 404)


def test_the_room_closes_it(client, message):
    response = client.get(GENERAL, headers=HTMX)

    assert response["HX-Push-Url"] == GENERAL
    assert '<hx-partial hx-target="#panel" hx-swap="innerHTML"></hx-partial>' in response.content.decode()


@pytest.mark.parametrize(
    ("shown", "follows"),
    [
        (GENERAL, True), (f"{GENERAL}history/?around=1", True), (f"{GENERAL}messages/1/", True),
        (f"{GENERAL}messages/1/thread/", False), (f"{GENERAL}pins/", False), ("/people/alice/", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "read_on", [f"{GENERAL}?newest=", f"{GENERAL}?before={{}}", f"{GENERAL}history/?before={{}}"]
)
def test_the_address_follows_what_one_reads_but_not_beside_something(
    client, message, shown, follows, read_on
):
    there = HTMX | {"HX-Current-URL": f"http://testserver{shown}"}

    assert ("HX-Replace-Url" in client.get(read_on.format(message.pk + 9), headers=there)) is follows


def test_a_row_beside_the_room_has_ids_of_its_own_and_the_words_it_had(alice, bob):
    said = say(alice, "general", 'This: id="x" popovertarget="y" <b id="z">')

    there = beside(row(said))

    assert f'<li id="beside-message-{said.pk}"' in there
    assert there.count("beside-") == 1


def test_what_points_at_an_id_points_at_the_one_beside_the_room():
    there = beside('<button popovertarget="view-1" commandfor="view-1">Open</button><dialog id="view-1">')

    assert there.count('="beside-view-1"') == 3


def test_an_answer_does_not_say_whom_it_answers_in_its_own_thread(alice, bob, message):
    second = answer(bob, message, "Yes")

    assert f'<a class="quote of-first" data-quote="{message.pk}"' in beside(row(second), message.pk)
    assert "of-first" not in beside(row(second))


# -- Who answered --------------------------------------------------------------------------


def answerers(message: Message) -> str:
    return row(message).partition('<span class="answerers">')[2].partition("</li>")[0]


def test_nobody_where_there_is_no_answer(message):
    assert answerers(message) == ""


def test_the_last_who_answered_each_once(alice, bob, person, message):
    for who in (alice, bob, alice, *map(joined, (person("carla"), person("doris")))):
        answer(who, message, "Yes")

    faces = answerers(message)

    assert [name for name in "ABCD" if f">{name}<" in faces] == ["A", "C", "D"]
    assert faces.index(">D<") < faces.index(">C<") < faces.index(">A<")


def joined(person):
    Membership.objects.get_or_create(room=Room.objects.get(slug="general"), person=person)
    return person


def test_not_who_deleted_their_answer(alice, bob, message):
    answer(alice, message, "Yes")
    remove_message(answer(bob, message, "No"))

    assert ">A<" in answerers(message)
    assert ">B<" not in answerers(message)


def test_with_the_pictures_of_those_who_have_one(alice, bob, message):
    Person.objects.filter(pk=bob.pk).update(avatar=AVATAR)
    for who in (alice, bob):
        answer(who, message, "Yes")

    faces = answerers(message)

    assert f'data-face="{bob.pk}">B<img src="/avatars/{AVATAR}/" alt="" loading="lazy"></i>' in faces
    assert f'data-face="{alice.pk}">A</i>' in faces


@pytest.mark.parametrize("avatar", ["", AVATAR], ids=["initials", "pictures"])
def test_a_row_with_all_of_it_is_small(alice, bob, person, message, avatar):
    for who in (alice, bob, joined(person("carla"))):
        answer(who, message, "Yes")
    Person.objects.update(avatar=avatar)

    # The day that starts with it is as long as its name is.
    html = re.sub(r'<p class="day">.*?</p>', "", row(message))
    assert len(html.encode()) < 1024
