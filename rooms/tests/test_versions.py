"""`/rooms/<slug>/messages/<id>/versions/`: what a message said before."""

import pytest
from django.urls import reverse

from rooms import access
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.rooms import create_room
from rooms.models import Message, Version
from rooms.render.diff import COMPARED_WORDS, word_diff
from rooms.tests.panel import panel
from rooms.tests.saying import say
from rooms.views.versions import VERSIONS_ON_A_PAGE

# More words than are compared, as a text that words are put into.
MANY = " ".join(["{0}"] * COMPARED_WORDS)


def edit(message: Message, text: str) -> None:
    """Let its author put it in other words."""
    now = Message.objects.get(pk=message.pk)
    membership, found = access.message(now.author_id, now.room.slug, now.pk)
    edit_message(membership, found, text, edit_state(now))


def address(message: Message) -> str:
    return reverse("message_versions", args=[message.room.slug, message.pk])


def test_a_member_sees_each_text_the_newest_first_and_what_changed(alice, bob, client_of):
    message = say(alice, "general", "I like tea")
    edit(message, "I like <coffee>")
    edit(message, "I love <coffee>")

    html = panel(client_of(bob).get(address(message)).content.decode())

    newest = html.index("I <del>like</del><ins>love</ins> &lt;coffee&gt;")
    between = html.index("I like <del>tea</del><ins>&lt;coffee&gt;</ins>")
    assert newest < between < html.index(">I like tea<")
    assert "Everybody in this room can see this." in html


def test_one_that_was_never_edited(alice, client_of):
    message = say(alice, "general", "Hello")

    assert ">Hello<" in panel(client_of(alice).get(address(message)).content.decode())


def test_many_are_paged(alice, client_of):
    message = say(alice, "general", "text 0")
    for number in range(1, VERSIONS_ON_A_PAGE + 5):
        edit(message, f"text {number}")
    client = client_of(alice)

    first = client.get(address(message)).content.decode()
    second = client.get(address(message), {"page": "2"}).content.decode()

    assert first.count('class="version"') == VERSIONS_ON_A_PAGE
    assert second.count('class="version"') == 5
    assert "<del>4</del><ins>5</ins>" in first
    assert "<del>3</del><ins>4</ins>" in second
    assert ">text 0<" in second


def test_gone_with_the_message(alice, client_of):
    message = say(alice, "general", "secret")
    edit(message, "public")
    remove_message(Message.objects.select_related("room").get(pk=message.pk))

    assert client_of(alice).get(address(message)).status_code == 404
    assert not Version.objects.exists()


def test_not_for_who_is_not_in_the_room(alice, bob, client_of):
    create_room(alice, "attic")
    message = say(alice, "attic", "for members")
    edit(message, "for members only")

    assert client_of(bob).get(address(message)).status_code == 404


def test_not_through_another_room(alice, client_of):
    create_room(alice, "attic")
    message = say(alice, "general", "Hello")

    assert client_of(alice).get(f"/rooms/attic/messages/{message.pk}/versions/").status_code == 404


def test_asks_to_sign_in(alice, client):
    message = say(alice, "general", "Hello")

    assert client.get(address(message))["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("before", "after", "html"),
    [
        ("", "new", "<ins>new</ins>"),
        ("same", "same", "same"),
        ("<b>", "&", "<del>&lt;b&gt;</del><ins>&amp;</ins>"),
        ("a b c", "a c", "a <del>b </del>c"),
        ("one\ntwo", "one\n\ntwo", "one<del>\n</del><ins>\n\n</ins>two"),
        ("<del>", "<ins>", "&lt;<del>del</del><ins>ins</ins>&gt;"),
        (
            "x " * COMPARED_WORDS,
            "y " * COMPARED_WORDS,
            f"<del>{MANY.format('x')}</del><ins>{MANY.format('y')}</ins> ",
        ),
    ],
)
def test_a_difference(before, after, html):
    assert word_diff(before, after) == html
