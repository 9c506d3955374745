"""`/mentions/`, and whom messages name, answer and call."""

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from live.models import GRACE, Connection
from rooms import access
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_edit import edit_message
from rooms.actions.messages_post import post_message
from rooms.actions.rooms import create_room, join_room
from rooms.models import Membership, Message, Room
from rooms.render.badges import EMPTY, MENTIONS, badge_html, badge_of
from rooms.tests.saying import closed_room, say
from tests.sockets import Sockets

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")

PATH = "/mentions/"


def mentioned(message: Message) -> dict[str, str]:
    """Why a message is for whom."""
    return dict(message.mentions.values_list("person__username", "why"))


@pytest.fixture
def mentions(bob, client_of):
    """The page of bob's mentions, as HTML."""
    return lambda **query: client_of(bob).get(PATH, query).content.decode()


# -- Whom a message means ------------------------------------------------------------------


def test_a_name_is_marked_and_written_down(alice, bob):
    message = say(alice, "general", "Ask @Bob, or @nobody")

    assert f'<b class="mention" data-person="{bob.pk}">@Bob</b>' in message.html
    assert "@nobody" in message.html
    assert mentioned(message) == {"bob": "named"}
    assert Membership.objects.get(person=bob, room__slug="general").mentioned == message.number


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("_@bob_ and __@charlie__", {"bob", "charlie"}),
        ("@bob_ **@charlie**", {"bob", "charlie"}),
        ("请@bob看一下，@charlie", {"bob", "charlie"}),
        (r"@b.o\_b @bob.lee", {"b.o_b"}),
        (r"\@bob `@charlie`", set()),
        ("> @bob @room\n\n@charlie", {"charlie"}),
    ],
)
def test_who_is_marked_is_told_after_an_edit_too(alice, bob, charlie, person, text, told):
    person("b.o_b")
    message = say(alice, "general", text)
    assert set(mentioned(message)) == told
    assert message.html.count("data-person") == len(told)

    edited = say(alice, "general", "Nobody")
    edit_message(access.membership(alice.pk, "general"), edited, text, "")

    edited.refresh_from_db()
    assert (set(mentioned(edited)), edited.html) == (told, message.html)


def test_who_is_not_in_the_room_is_not_named(alice, bob):
    closed_room(alice)

    message = say(alice, "board", "Ask @bob")

    assert "data-person" not in message.html
    assert mentioned(message) == {}


def test_nobody_names_themselves(alice):
    assert mentioned(say(alice, "general", "I, @alice")) == {}


def test_an_answer_is_for_who_is_answered(alice, bob, charlie):
    question = say(bob, "general", "Who comes?")
    membership = access.membership(alice.pk, "general")

    answer = post_message(membership, "I, and @charlie", reply_to=question.pk)

    assert mentioned(Message.objects.get(pk=answer.pk)) == {"bob": "answered", "charlie": "named"}


def test_here_calls_those_who_are_here(alice, bob, charlie):
    general = Room.objects.get(slug="general")
    until = timezone.now() + GRACE
    for person, place in ((alice, general.group), (bob, general.group), (charlie, "")):
        Connection.objects.create(person=person, session="", place=place, present_until=until)

    message = say(alice, "general", "@here: quickly")

    assert 'class="mention is-call"' in message.html
    assert mentioned(message) == {"bob": "here"}


def test_a_call_to_the_room_is_one_number(alice, bob):
    message = say(alice, "general", "@room, and @bob: tea")

    assert mentioned(message) == {}
    assert Room.objects.get(slug="general").called == message.number


def test_many_names_are_no_call(alice, person):
    for number in range(60):
        person(f"member-{number}")

    message = say(alice, "general", " ".join(f"@member-{number}" for number in range(60)))

    assert message.mentions.count() == message.html.count("data-person") == 50


def test_an_edit_names_others(alice, bob, charlie):
    message = say(alice, "general", "Ask @bob")

    edit_message(access.membership(alice.pk, "general"), message, "Ask @charlie", "")

    assert mentioned(message) == {"charlie": "named"}


# -- The page ------------------------------------------------------------------------------


def test_shows_what_is_for_me(alice, bob, mentions):
    say(alice, "general", "Not for Bob")
    first, second = say(alice, "general", "Ask @bob"), say(alice, "general", "@room: tea")

    html = mentions()

    assert "Not for Bob" not in html
    assert html.index("@room") < html.index("@bob")
    for message in (first, second):
        assert f"/rooms/general/messages/{message.pk}/" in html


def test_says_what_is_unread(alice, bob, mentions, client_of):
    say(alice, "general", "Ask @bob")
    assert mentions().count('class="is-unread"') == 1
    assert badge_html(MENTIONS, badge_of(1, True)) in mentions()

    client_of(bob).get("/rooms/general/")

    assert "is-unread" not in mentions()
    assert badge_html(MENTIONS, EMPTY) in mentions()


def test_is_empty_with_an_invitation(mentions):
    assert "Nobody has called you yet." in mentions()


def test_goes_back_page_by_page(alice, bob, mentions):
    for number in range(60):
        say(alice, "general", f"@bob: number {number}." if number % 2 else f"@room: number {number}.")
    seen: list[int] = []
    query: dict[str, str] = {}
    for _ in range(3):
        html = mentions(**query)
        seen += [number for number in range(60) if f"number {number}." in html]
        query = {"before": html.partition('rel="next" href="?before=')[2].partition('"')[0]}
    assert sorted(seen) == list(range(60))
    assert query == {"before": ""}


def test_does_not_show_what_was_deleted(alice, bob, mentions):
    remove_message(say(alice, "general", "Ask @bob about it"))
    assert "about it" not in mentions()


def test_does_not_show_rooms_that_one_has_left(alice, bob, mentions, client_of):
    say(alice, "general", "Ask @bob about it")
    say(alice, "general", "@room: and you about it")
    client_of(bob).post("/rooms/general/leave/")
    assert "about it" not in mentions()


def test_does_not_show_calls_from_before_one_came(alice, bob, mentions):
    room = create_room(alice, "tea")
    say(alice, "tea", "@room: the kettle is on")
    join_room(bob, room)
    assert "kettle" not in mentions()


def test_does_not_show_what_is_for_others(alice, bob, charlie, mentions):
    say(bob, "general", "@room: my own words")
    say(alice, "general", "Ask @charlie")
    assert "my own words" not in mentions()
    assert "@charlie" not in mentions()


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "²", ""])
def test_any_cursor_is_a_page(mentions, alice, before):
    say(alice, "general", "Ask @bob")
    assert "Ask" in mentions(before=before)


def test_asks_to_sign_in(client):
    assert client.get(PATH)["Location"].startswith("/accounts/login/")


# -- Live ----------------------------------------------------------------------------------


async def test_the_badge_says_that_it_is_for_me(sockets: Sockets, alice, bob, charlie):
    general = await Room.objects.aget(slug="general")
    bobs, charlies = await sockets("/ws/live/", "bob"), await sockets("/ws/live/", "charlie")
    for socket in (bobs, charlies):
        await socket.resume(0)

    await sync_to_async(say)(alice, "general", "Ask @bob")

    arrived = await bobs.until(badge_html(general.pk, badge_of(1, True)))
    assert badge_html(MENTIONS, badge_of(1, True)) in arrived + await bobs.quiet(0.1)
    heard = await charlies.until(badge_html(general.pk, badge_of(1, False)))
    assert badge_html(MENTIONS, badge_of(1, True)) not in heard


async def test_a_call_is_for_everybody_but_its_author(sockets: Sockets, alice, bob):
    general = await Room.objects.aget(slug="general")
    bobs, alices = await sockets("/ws/live/", "bob"), await sockets("/ws/live/", "alice")
    for socket in (bobs, alices):
        await socket.resume(0)

    await sync_to_async(say)(alice, "general", "@room: tea")

    await bobs.until(badge_html(general.pk, badge_of(1, True)))
    assert "is-mention" not in await alices.quiet(0.1)


async def test_mentions_are_counted_down_by_reading(sockets: Sockets, alice, bob):
    await sync_to_async(say)(alice, "general", "Ask @bob")
    elsewhere = await sockets("/ws/live/", "bob")
    assert badge_html(MENTIONS, badge_of(1, True)) in await elsewhere.resume(0)

    await sync_to_async((await sockets.client("bob")).get)("/rooms/general/")

    await elsewhere.until(badge_html(MENTIONS, EMPTY))
