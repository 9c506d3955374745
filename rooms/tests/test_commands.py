"""What a line that begins with a slash means, through both doors."""

import pytest
from asgiref.sync import sync_to_async

from rooms.actions.messages_prepare import clean_body
from rooms.actions.rooms import create_room
from rooms.actions.topic import change_topic
from rooms.models import Membership, Message, Room
from rooms.tests.saying import closed_room, say
from tests.sockets import Sockets

ROOM = "/ws/rooms/general/"
GENERAL = "/rooms/general/"
SHRUGGED = r"¯\_(ツ)_/¯"


# -- What is said --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"), [("/me waves", "waves"), ("/ME *waves*\nand goes", "<em>waves</em><br>\nand goes")]
)
def test_me_says_it_of_its_author(alice, client_of, text, words):
    message = say(alice, "general", text)

    html = client_of(alice).get(GENERAL).content.decode()

    assert message.is_action
    assert message.body == text
    assert f"{alice.name}</a> <p>{words}</p></div>" in html
    assert f'id="message-{message.pk}" class="message starts-day is-action"' in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/shrug", f"<p>{SHRUGGED}</p>"),
        ("/shrug who *knows*", f"<p>who <em>knows</em> {SHRUGGED}</p>"),
        ("/shrug one\ntwo", f"<p>one<br>\ntwo<br>\n{SHRUGGED}</p>"),
    ],
)
def test_shrug_is_written_out(alice, text, shown):
    message = say(alice, "general", text)

    assert message.html == shown
    assert "/shrug" not in message.body
    # Edited, it is what it was.
    assert clean_body(message.body) == message.body


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (" /me waves", "/me waves"),
        ("//me waves", "/me waves"),
        ("//nothing", "/nothing"),
        ("//nothing//at all", "//nothing//at all"),
        ("// TODO", "// TODO"),
        ("/usr/bin/env", "/usr/bin/env"),
        ("/1 or /2", "/1 or /2"),
        ("/", "/"),
        ("/ me", "/ me"),
        ("/me-too", "/me-too"),
        ("well /me waves", "well /me waves"),
    ],
)
def test_what_only_looks_like_a_command_is_said(alice, client_of, text, shown):
    response = client_of(alice).post(GENERAL, {"body": text})

    assert response.status_code == 303
    message = Message.objects.get()
    assert (message.html, message.is_action) == (f"<p>{shown}</p>", False)


# -- What is answered, without a script ----------------------------------------------------


def test_help_is_on_the_page(alice, client_of):
    response = client_of(alice).post(GENERAL, {"body": "/help"})

    html = response.content.decode()
    assert response.status_code == 200
    assert "What can be typed" in html
    assert "/topic Release on Friday" in html
    assert "></textarea>" in html
    assert not Message.objects.exists()


@pytest.mark.parametrize("text", ["/nothing", "/nothing of the kind", "/Nothing\nat all", "\n/nothing"])
def test_what_is_no_command_is_said_to_be_none(alice, client_of, text):
    response = client_of(alice).post(GENERAL, {"body": text})

    html = response.content.decode()
    assert response.status_code == 422
    assert "There is no command /nothing;" in html
    assert f"{text.lstrip()}</textarea>" in html
    assert not Message.objects.exists()


def test_me_needs_words(alice, client_of):
    response = client_of(alice).post(GENERAL, {"body": "/me "})

    assert response.status_code == 422
    assert "Say what you do" in response.content.decode()


# -- The topic -----------------------------------------------------------------------------


def test_a_moderator_changes_the_topic(alice, client_of):
    response = client_of(alice).post(GENERAL, {"body": "/topic  Tea &\n <b>biscuits</b> "})

    html = response.content.decode()
    assert response.status_code == 200
    assert "The topic is now: Tea &amp; &lt;b&gt;biscuits&lt;/b&gt;" in html
    assert 'id="topic" class="topic" dir="auto">Tea &amp; &lt;b&gt;biscuits&lt;/b&gt;</p>' in html
    room = Room.objects.get()
    # The topic, and the quiet line that says it.
    assert (room.topic, room.revision) == ("Tea & <b>biscuits</b>", 2)
    assert Message.objects.get().notice == "topic"


def test_an_administrator_does_too(person, alice, client_of):
    assert client_of(person("dora", is_superuser=True)).post(GENERAL, {"body": "/topic x"}).status_code == 200
    assert Room.objects.get().topic == "x"


def test_nothing_in_a_topic_deceives(alice, client_of):
    client_of(alice).post(GENERAL, {"body": "/topic \u202eaeT\u200b at\u00a0four"})

    assert Room.objects.get().topic == "aeT at four"


def test_the_same_topic_again_is_no_change(alice, client_of):
    for _ in range(2):
        client_of(alice).post(GENERAL, {"body": "/topic Tea"})

    assert Room.objects.get().revision == 2


def test_anybody_may_ask_for_it(alice, bob, client_of):
    Room.objects.update(topic="Tea")

    html = client_of(bob).post(GENERAL, {"body": "/topic"}).content.decode()

    assert "The topic is: Tea" in html


@pytest.mark.parametrize(
    ("who", "text", "sentence"),
    [
        ("bob", "/topic mine", "Only a moderator of this room can change its topic."),
        ("alice", "/topic " + "x" * 201, "That topic has 201 characters; 200 is the most."),
        ("alice", "/topic a\x00b", "There is a NUL character in that text."),
    ],
)
def test_a_topic_that_is_refused(alice, bob, client_of, who, text, sentence):
    before = Room.objects.get().topic

    response = client_of({"alice": alice, "bob": bob}[who]).post(GENERAL, {"body": text})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert (Room.objects.get().topic, Room.objects.get().revision) == (before, 0)


def test_a_moderator_of_another_room_does_not(alice, bob, client_of):
    create_room(bob, "attic")

    assert client_of(bob).post(GENERAL, {"body": "/topic mine"}).status_code == 422


def test_nobody_changes_that_of_a_room_they_are_not_in(alice, bob, client_of):
    closed_room(alice, "board")

    assert client_of(bob).post("/rooms/board/", {"body": "/topic mine"}).status_code == 404


# -- Through the socket --------------------------------------------------------------------


@pytest.mark.usefixtures("alice", "bob")
class TestSocket:
    async def test_help_is_for_who_asked_alone(self, sockets: Sockets) -> None:
        alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
        await alice.send(type="message", body="/help", token="a")
        assert "What can be typed" in await alice.until('#composer-answer" hx-swap')
        assert "What can be typed" not in await bob.quiet()
        assert not await Message.objects.aexists()

    async def test_what_is_no_command_comes_back_with_its_text(self, sockets: Sockets) -> None:
        alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
        await alice.send(type="message", body="/nothing <b>", token="a")
        arrived = await alice.until("There is no command /nothing;")
        assert "/nothing &lt;b&gt;</pre>" in arrived
        assert "nothing" not in await bob.quiet()

    async def test_me_is_on_every_page(self, sockets: Sockets) -> None:
        alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
        await alice.send(type="message", body="/me waves")
        await bob.until("alice</a> <p>waves</p>")

    async def test_a_topic_is_on_every_page(self, sockets: Sockets) -> None:
        alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
        await alice.send(type="message", body="/topic Tea & <b>biscuits</b>")
        topic = '<hx-partial hx-target="#topic" hx-swap="textContent">Tea &amp; &lt;b&gt;biscuits'
        assert 'name="seen" value="1"' in await bob.until(topic) + await bob.quiet()
        await alice.until("The topic is now: Tea")

    async def test_a_page_that_missed_a_topic_catches_up(self, sockets: Sockets, alice) -> None:
        membership = await Membership.objects.select_related("room", "person").aget(person=alice)
        await sync_to_async(change_topic)(membership, "Tea")
        bob = await sockets(ROOM, "bob")
        arrived = await bob.resume(0)
        assert '#topic" hx-swap="textContent">Tea</hx-partial>' in arrived
        assert 'name="seen" value="2"' in arrived

    async def test_who_may_not_is_told(self, sockets: Sockets) -> None:
        bob = await sockets(ROOM, "bob")
        await bob.send(type="message", body="/topic mine")
        await bob.until("Only a moderator")

    async def test_who_left_commands_nothing(self, sockets: Sockets) -> None:
        alice = await sockets(ROOM, "alice")
        await Membership.objects.filter(person__username="alice").adelete()
        await alice.send(type="message", body="/topic mine")
        assert await alice.closed() == 4403

    async def test_what_programs_say_is_said(self, sockets: Sockets) -> None:
        program = await sockets("/ws/chat/general/", "alice")
        await program.send(message="/nothing of the kind")
        assert (await program.next_json())["message"] == "/nothing of the kind"
