"""`/rooms/<slug>/up/`: what one said last, in a box."""

from rooms import access
from rooms.actions.members import leave_room
from rooms.actions.messages_delete import delete_message
from rooms.actions.messages_post import post_message
from rooms.models.message import PAGE_SIZE
from rooms.tests.saying import say

HTMX = {"HX-Request": "true"}
LAST = "/rooms/general/up/"


def test_the_box_of_ones_own_last_message(alice, bob, client_of):
    say(alice, "general", "first")
    mine = say(alice, "general", "second")
    say(bob, "general", "of bob")

    html = client_of(alice).get(LAST, headers=HTMX).content.decode()

    assert f'<li id="edit-{mine.pk}" class="editing">' in html
    assert "second</textarea>" in html
    # Without htmx it is the page.
    assert client_of(alice).get(LAST)["Location"] == f"{mine.get_absolute_url()}edit/"


def test_in_a_thread_that_of_the_thread(alice, client_of):
    first = say(alice, "general", "first")
    answer = post_message(access.membership(alice.pk, "general"), "answer", reply_to=first.pk)
    say(alice, "general", "elsewhere")

    html = client_of(alice).get(LAST, {"thread": first.pk}, headers=HTMX).content.decode()

    assert f'id="edit-{answer.pk}"' in html


def test_not_one_that_is_deleted(alice, client_of):
    kept, gone = say(alice, "general", "kept"), say(alice, "general", "gone")
    delete_message(access.membership(alice.pk, "general"), gone)

    assert f'id="edit-{kept.pk}"' in client_of(alice).get(LAST, headers=HTMX).content.decode()


def test_nothing_where_one_has_said_nothing_on_the_newest_page(alice, bob, client_of):
    client = client_of(alice)
    assert client.get(LAST, headers=HTMX).status_code == 204

    say(alice, "general", "long ago")
    for number in range(PAGE_SIZE + 1):
        say(bob, "general", f"number {number}")
    assert client.get(LAST, headers=HTMX).status_code == 204
    assert client.get(LAST)["Location"] == "/rooms/general/"


def test_not_in_a_room_of_others(alice, bob, client_of):
    leave_room(access.membership(bob.pk, "general"))

    assert client_of(bob).get(LAST, headers=HTMX).status_code == 404
