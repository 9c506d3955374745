"""`/rooms/<slug>/pins/` and `…/messages/<id>/pin/`: what everybody in a room should find again."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from rooms.actions import pins as pin_actions
from rooms.actions.messages_delete import remove_message
from rooms.actions.rooms import create_room
from rooms.models import Message
from rooms.render import room_page
from rooms.tests.panel import panel
from rooms.tests.saying import say
from rooms.views import pins

HTMX = {"HX-Request": "true"}


def address(message: Message) -> str:
    return reverse("message_pin", args=[message.room.slug, message.pk])


def is_pinned(message: Message) -> bool:
    return Message.objects.get(pk=message.pk).pinned_at is not None


def test_any_member_pins_and_unpins(alice, bob, client_of):
    message = say(alice, "general", "Remember")
    client = client_of(bob)

    response = client.post(address(message))
    assert (response.status_code, response["Location"]) == (303, message.get_absolute_url())
    pinned = Message.objects.get()
    assert (pinned.pinned_by, pinned.revision) == (bob, 2)
    assert 'class="mark pinned"' in client.get("/rooms/general/").content.decode()

    client.post(address(message))
    assert not is_pinned(message)
    assert 'class="mark pinned"' not in client.get("/rooms/general/").content.decode()


def test_to_htmx_the_menu_goes_and_its_row_has_the_focus(alice, client_of):
    message = say(alice, "general", "Remember")

    html = client_of(alice).post(address(message), {"pinned": "on"}, headers=HTMX).content.decode()

    assert f'hx-target="#menu:has(#menu-{message.pk})" hx-swap="innerHTML"></hx-partial>' in html
    # Where it is open alone: a press in the row itself leaves the focus where it is.
    place = f"#live:has(:popover-open #menu-{message.pk}) #message-{message.pk} .when"
    assert f'hx-target="{place}" hx-swap="outerHTML"><a class=when' in html
    assert "autofocus" in html


def test_what_is_meant_is_what_happens_however_often(alice, client_of):
    message = say(alice, "general", "Remember")
    client = client_of(alice)

    client.post(address(message), {"pinned": "on"})
    client.post(address(message), {"pinned": "on"})

    assert is_pinned(message)
    assert Message.objects.get().revision == 2


def test_the_list_has_the_newest_pin_first(alice, bob, client_of):
    one, two, three = (say(alice, "general", text) for text in ("one", "two", "three"))
    client = client_of(alice)
    for message in (two, one):
        client.post(address(message))

    html = panel(client_of(bob).get("/rooms/general/pins/").content.decode())

    assert html.index(f'id="beside-message-{one.pk}"') < html.index(f'id="beside-message-{two.pk}"')
    assert f'id="beside-message-{three.pk}"' not in html
    assert one.get_absolute_url() in html


def test_the_list_is_paged(alice, client_of, monkeypatch):
    monkeypatch.setattr(pins, "PINS_ON_A_PAGE", 2)
    client = client_of(alice)
    for number in range(3):
        client.post(address(say(alice, "general", f"number {number}")))

    assert "number 0" not in panel(client.get("/rooms/general/pins/").content.decode())
    assert "number 0" in panel(client.get("/rooms/general/pins/?page=2").content.decode())


def test_a_list_that_is_open_is_asked_for_again(alice, bob, client_of):
    one, two = (say(alice, "general", text) for text in ("one", "two"))
    client = client_of(alice)
    client.post(address(one))
    opened = client_of(bob).get("/rooms/general/pins/", headers=HTMX).content.decode()
    client.post(address(two))

    again = client_of(bob).get("/rooms/general/pins/", {"list": "", "page": "1"}, headers=HTMX)

    assert 'hx-get="/rooms/general/pins/?list=&amp;page=1" hx-target="#pins"' in opened
    html = again.content.decode()
    assert html.index(f'<li id="pin-{two.pk}"') < html.index(f'<li id="pin-{one.pk}"')
    assert "hx-partial" not in html
    assert "HX-Push-Url" not in again


def asking_lists(message: Message, panel: str) -> int:
    """How many lists of pins, of those on `panel`, ask anew where everybody hears that `message` changed."""
    (row,) = Message.objects.filter(pk=message.pk).rows()
    frame = BeautifulSoup(room_page.message_changed(row), "html.parser")
    page = BeautifulSoup(panel, "html.parser")
    targets = [str(part["hx-target"]) for part in frame.select("hx-partial")]
    return len([one for target in targets if "#newly-pinned" in target for one in page.select(target)])


def test_a_list_asks_where_something_is_pinned_that_it_has_not(alice, client_of):
    one, two = (say(alice, "general", text) for text in ("one", "two"))
    client = client_of(alice)
    client.post(address(one))
    html = client.get("/rooms/general/pins/", headers=HTMX).content.decode()
    client.post(address(two))

    assert asking_lists(two, html) == 1
    # What is changed besides changes where it is.
    assert asking_lists(one, html) == 0
    client.post(address(two))
    assert asking_lists(two, html) == 0
    assert asking_lists(one, client.get("/rooms/general/").content.decode()) == 0


def test_a_list_asks_where_what_was_a_pin_is_one_again(alice, client_of):
    one = say(alice, "general", "one")
    client = client_of(alice)
    client.post(address(one))
    html = client.get("/rooms/general/pins/", headers=HTMX).content.decode()
    # As its row is in the list once the pin is taken away.
    html = html.replace("is-pinned", "")

    assert asking_lists(one, html) == 1


def test_an_empty_list_says_what_to_do(alice, client_of):
    assert "Nothing is pinned here." in client_of(alice).get("/rooms/general/pins/").content.decode()


def test_unpinned_from_the_list_one_is_back_there(alice, client_of):
    message = say(alice, "general", "Remember")
    client = client_of(alice)
    client.post(address(message))

    assert client.post(address(message), {"pinned": "off", "back": ""})["Location"] == "/rooms/general/pins/"


def test_gone_with_the_message(alice, client_of):
    message = say(alice, "general", "Remember")
    client = client_of(alice)
    client.post(address(message))
    remove_message(Message.objects.select_related("room").get())

    assert not is_pinned(message)
    assert "Nothing is pinned here." in client.get("/rooms/general/pins/").content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["a page", "to htmx"])
def test_a_room_has_so_many(alice, client_of, monkeypatch, headers):
    monkeypatch.setattr(pin_actions, "PINS", 1)
    client = client_of(alice)
    client.post(address(say(alice, "general", "one")))
    two = say(alice, "general", "two")

    html = client.post(address(two), headers=headers, follow=not headers).content.decode()

    assert "1 messages are pinned here, which is the most. Unpin one first." in html
    assert not is_pinned(two)
    assert two.room.messages.get(pk=two.pk).revision == two.revision


def test_not_one_of_another_room(alice, client_of):
    create_room(alice, "attic")
    message = say(alice, "general", "Hello")

    assert client_of(alice).post(f"/rooms/attic/messages/{message.pk}/pin/").status_code == 404
    assert not is_pinned(message)


def test_not_by_who_is_not_in_the_room(alice, bob, client_of):
    create_room(alice, "attic")
    message = say(alice, "attic", "for members")

    assert client_of(bob).post(address(message)).status_code == 404
    assert client_of(bob).get("/rooms/attic/pins/").status_code == 404
    assert not is_pinned(message)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["a page", "to htmx"])
def test_not_one_that_is_gone_meanwhile(alice, client_of, headers):
    message = say(alice, "general", "Hello")
    remove_message(message)

    response = client_of(alice).post(address(message), headers=headers)

    assert response.status_code == 404
    assert not is_pinned(message)
    if headers:
        assert "That message is no longer there." in response.content.decode()


def test_not_with_a_link(alice, client_of):
    message = say(alice, "general", "Hello")

    assert client_of(alice).get(address(message)).status_code == 405
    assert not is_pinned(message)


def test_asks_to_sign_in(alice, client):
    message = say(alice, "general", "Hello")

    assert client.post(address(message))["Location"].startswith("/accounts/login/")
    assert client.get("/rooms/general/pins/")["Location"].startswith("/accounts/login/")
    assert not is_pinned(message)
