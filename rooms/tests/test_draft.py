"""What somebody has begun to write: ws/rooms/<slug>/ keeps it, the room's page shows it."""

import re

import pytest
from asgiref.sync import sync_to_async

from rooms.actions.drafts import save_draft
from rooms.actions.messages_post import post_messages
from rooms.actions.messages_prepare import NewMessage
from rooms.actions.rooms import create_room
from rooms.models import Draft, Membership, Message
from rooms.models.message import BODY_LIMIT
from rooms.tests.panel import panel
from rooms.tests.saying import say
from tests.sockets import Sockets
from tests.sockets import TestSocket as OpenPage

ROOM = "/ws/rooms/general/"
GENERAL = "/rooms/general/"
KEPT = 'id="drafted" name="drafted" value="on"'
GONE = 'id="drafted" name="drafted" value=""'


def keep(person, text: str, slug: str = "general") -> None:
    membership = Membership.objects.get(person=person, room__slug=slug)
    save_draft(membership, text)


# -- Through the socket --------------------------------------------------------------------


@pytest.mark.usefixtures("alice", "bob")
class TestSocket:
    async def test_it_is_kept(self, sockets: Sockets) -> None:
        alice = await sockets(ROOM, "alice")
        await alice.send(type="draft", body="Well, ")
        await alice.until(KEPT)
        draft = await Draft.objects.select_related("person", "room").aget()
        assert (draft.person.username, draft.room.slug, draft.text) == ("alice", "general", "Well, ")

    async def test_the_last_one_counts_wherever_it_was_written(self, sockets: Sockets) -> None:
        for text in ("one", "two"):
            page = await sockets(ROOM, "alice")
            await page.send(type="draft", body=text)
            await page.until(KEPT)
        assert [draft.text async for draft in Draft.objects.all()] == ["two"]

    async def test_it_is_nobody_elses_and_of_that_room_alone(self, sockets: Sockets) -> None:
        bob = await sockets(ROOM, "bob")
        alice = await sockets(ROOM, "alice")
        await alice.send(type="draft", body="secret")
        await alice.until(KEPT)
        assert "secret" not in await bob.quiet()
        assert "secret" not in await sync_to_async(page_of)("bob")

    async def test_emptied_it_is_gone(self, sockets: Sockets) -> None:
        alice = await sockets(ROOM, "alice")
        await alice.send(type="draft", body="Well")
        await alice.until(KEPT)
        await alice.send(type="draft", body="", drafted="on")
        await alice.until(GONE)
        assert not await Draft.objects.aexists()

    @pytest.mark.parametrize("text", ["Hello", "/shrug", "/help"])
    async def test_sent_it_is_gone(self, sockets: Sockets, text: str) -> None:
        alice = await sockets(ROOM, "alice")
        await alice.send(type="draft", body=text)
        await alice.until(KEPT)
        await alice.send(type="message", body=text, token="a")
        await alice.until(GONE)
        assert not await Draft.objects.aexists()

    async def test_sent_through_another_socket_it_is_gone(self, sockets: Sockets) -> None:
        first = await sockets(ROOM, "alice")
        await first.send(type="draft", body="Hello")
        await first.until(KEPT)
        await first.leave()
        again = await sockets(ROOM, "alice")
        await again.send(type="message", body="Hello", token="a", drafted="on")
        await again.until(GONE)
        assert not await Draft.objects.aexists()

    async def test_sent_before_the_page_heard_that_it_is_kept_it_is_gone(self, sockets: Sockets) -> None:
        alice = await sockets(ROOM, "alice")
        await alice.send(type="draft", body="Hello")
        await alice.send(type="message", body="Hello", drafted="")
        await alice.until('id="token"')
        assert not await Draft.objects.aexists()

    async def test_a_late_one_does_not_bring_back_what_was_sent(self, sockets: Sockets) -> None:
        """The page says what is in its box when the frame leaves: after a message, nothing."""
        alice = await sockets(ROOM, "alice")
        for frame in (
            {"type": "draft", "body": "Hel"},
            {"type": "message", "body": "Hello"},
            {"type": "draft", "body": ""},
        ):
            await alice.send(**frame)
        await alice.send(type="message", body="the end")
        await alice.until("the end")
        assert not await Draft.objects.aexists()

    async def test_what_could_not_be_sent_is_still_there(self, sockets: Sockets) -> None:
        alice = await sockets(ROOM, "alice")
        await alice.send(type="draft", body="/nothing of the kind")
        await alice.until(KEPT)
        await alice.send(type="message", body="/nothing of the kind")
        await alice.until("There is no command /nothing")
        assert await Draft.objects.aexists()

    @pytest.mark.parametrize(
        ("body", "sentence"),
        [
            ("x" * (BODY_LIMIT + 1), "10,001 characters; 10,000 is the most."),
            ("a\x00b", "There is a NUL character in that text."),
            ("\ud800", "There is half a character in that text."),
            (7, "must be text"),
            (None, "must be text"),
        ],
    )
    async def test_what_cannot_be_kept_is_answered(self, sockets: Sockets, body, sentence: str) -> None:
        alice = await sockets(ROOM, "alice")
        await alice.send(type="draft", body=body)
        await alice.until(sentence)
        assert not await Draft.objects.aexists()

    async def test_who_left_the_room_keeps_nothing_there(self, sockets: Sockets) -> None:
        alice = await sockets(ROOM, "alice")
        await Membership.objects.filter(person__username="alice").adelete()
        await alice.send(type="draft", body="still here?")
        assert await alice.closed() == 4403
        assert not await Draft.objects.aexists()

    async def test_programs_have_none(self, sockets: Sockets) -> None:
        alice = await sockets(ROOM, "alice")
        await alice.send(type="draft", body="Well")
        await alice.until(KEPT)
        program = await sockets("/ws/chat/general/", "alice")
        await program.send(message="from a program")
        await program.until("from a program")
        assert await Draft.objects.aexists()


def page_of(username: str) -> str:
    from tests.sockets import signed_in_client

    return signed_in_client(username).get(GENERAL).content.decode()


# -- On the page ---------------------------------------------------------------------------


def test_is_in_the_box_on_another_device(alice, client_of):
    keep(alice, "Well, <b>\nas I")

    html = client_of(alice).get(GENERAL).content.decode()

    assert ">Well, &lt;b&gt;\nas I</textarea>" in html
    assert KEPT in html


def test_is_of_its_room_and_its_person(alice, bob, client_of):
    create_room(alice, "attic")
    keep(alice, "Well", "attic")

    assert "Well</textarea>" in client_of(alice).get("/rooms/attic/").content.decode()
    assert "Well" not in client_of(alice).get(GENERAL).content.decode()
    assert "Well" not in client_of(bob).get(GENERAL).content.decode()


def test_without_one_the_box_is_empty(alice, client_of):
    html = client_of(alice).get(GENERAL).content.decode()

    assert "></textarea>" in html
    assert GONE in html


@pytest.mark.parametrize("body", ["Well", "/help"])
def test_posted_without_a_script_it_is_gone(alice, client_of, body):
    keep(alice, body)

    client_of(alice).post(GENERAL, {"body": body, "drafted": "on"})

    assert not Draft.objects.exists()


def test_refused_without_a_script_it_is_still_there(alice, client_of):
    keep(alice, "Well")

    html = client_of(alice).post(GENERAL, {"body": " ", "drafted": "on"}).content.decode()

    assert KEPT in html
    assert Draft.objects.exists()


def test_those_of_others_stay(alice, bob, client_of):
    for person in (alice, bob):
        keep(person, "Well")

    client_of(alice).post(GENERAL, {"body": "Well", "drafted": "on"})

    assert Draft.objects.get().person == bob


def test_those_of_several_who_post_together_go_in_one_query(alice, bob, charlie, django_assert_num_queries):
    people = (alice, bob, charlie)
    memberships = [Membership.objects.get(person=person) for person in people]
    for person in people:
        keep(person, "Well")
    wanted = [
        NewMessage(membership.pk, person.pk, "Well", is_drafted=person != charlie)
        for membership, person in zip(memberships, people, strict=True)
    ]

    # How much one may say, whose these are, the revisions, what stands before, the messages, what was read,
    # and the drafts; a savepoint in place of the transaction.
    with django_assert_num_queries(7 + 2):
        post_messages(wanted)

    assert Draft.objects.get().person == charlie
    assert Message.objects.count() == 3


def test_only_white_space_is_none(alice):
    keep(alice, "Well")
    keep(alice, " \n ")

    assert not Draft.objects.exists()
    assert say(alice, "general", "Hello")


def test_the_box_of_a_room_with_news_holds_the_draft_and_nothing_else(alice, bob, client_of):
    box = re.compile(r'<textarea id="body".*?>(.*?)</textarea>', re.DOTALL)
    say(alice, "general", "news")
    assert box.findall(client_of(bob).get("/rooms/general/").content.decode()) == [""]

    keep(bob, "begun")
    say(alice, "general", "more of it")
    assert box.findall(client_of(bob).get("/rooms/general/").content.decode()) == ["begun"]


# -- In a thread ---------------------------------------------------------------------------


THREAD_KEPT = 'id="answer-drafted" name="drafted" value="on"'
THREAD_GONE = 'id="answer-drafted" name="drafted" value=""'


@pytest.fixture
def first(alice) -> Message:
    """What a thread begins with."""
    return say(alice, "general", "Tea?")


def thread_page(client, first: Message) -> str:
    """What stands beside the room on the page of that thread."""
    return panel(client.get(f"{first.get_absolute_url()}thread/").content.decode())


async def begin(page: OpenPage, text: str, first: Message) -> None:
    """Write in the box of a thread until that is kept."""
    await page.send(type="draft", body=text, thread=str(first.pk))
    await page.until(THREAD_KEPT)


async def test_what_is_begun_in_a_thread_is_in_its_box_alone(sockets: Sockets, first, bob) -> None:
    other = await sync_to_async(say)(bob, "general", "Coffee?")
    page = await sockets(ROOM, "alice")
    await begin(page, "Yes, and", first)
    await page.send(type="draft", body="for the room")
    await page.until(KEPT)

    client = await sockets.client("alice")
    html = await sync_to_async(thread_page)(client, first)
    assert ">Yes, and</textarea>" in html
    assert THREAD_KEPT in html
    assert THREAD_GONE in await sync_to_async(thread_page)(client, other)
    assert "Yes, and" not in await sync_to_async(thread_page)(await sockets.client("bob"), first)
    assert ">for the room</textarea>" in await sync_to_async(page_of)("alice")


async def test_answered_it_is_gone_and_what_is_in_the_rooms_box_stays(sockets: Sockets, first) -> None:
    page = await sockets(ROOM, "alice")
    await page.send(type="draft", body="for the room")
    await page.until(KEPT)
    await begin(page, "Ye", first)
    await page.send(type="message", body="Yes", thread=str(first.pk), token="a")
    await page.until(THREAD_GONE)
    assert [draft.text async for draft in Draft.objects.all()] == ["for the room"]


async def test_said_in_the_room_what_is_begun_in_a_thread_stays(sockets: Sockets, first) -> None:
    page = await sockets(ROOM, "alice")
    await begin(page, "Yes, and", first)
    await page.send(type="draft", body="Hello")
    await page.until(KEPT)
    await page.send(type="message", body="Hello", token="a")
    await page.until(GONE)
    assert [draft.text async for draft in Draft.objects.all()] == ["Yes, and"]


@pytest.mark.parametrize("body", ["", "  "])
async def test_emptied_in_a_thread_it_is_gone(sockets: Sockets, first, body) -> None:
    page = await sockets(ROOM, "alice")
    await begin(page, "Yes", first)
    await page.send(type="draft", body=body, thread=str(first.pk), drafted="on")
    await page.until(THREAD_GONE)
    assert not await Draft.objects.aexists()


@pytest.mark.parametrize("body", ["Yes", "/help"])
def test_answered_without_a_script_it_is_gone(alice, client_of, first, body):
    for thread in (None, first.pk):
        save_draft(Membership.objects.get(person=alice, room=first.room), body, thread)

    client_of(alice).post(f"{first.get_absolute_url()}thread/", {"body": body, "drafted": "on"})

    assert [draft.thread_id for draft in Draft.objects.all()] == [None]


def test_refused_in_a_thread_without_a_script_it_is_still_there(alice, client_of, first):
    save_draft(Membership.objects.get(person=alice, room=first.room), "Yes", first.pk)

    response = client_of(alice).post(f"{first.get_absolute_url()}thread/", {"body": " ", "drafted": "on"})

    assert (response.status_code, THREAD_KEPT in response.content.decode()) == (422, True)
    assert Draft.objects.exists()


async def test_in_a_thread_of_another_room_nothing_is_kept(sockets: Sockets, bob, alice) -> None:
    await sync_to_async(create_room)(bob, "attic")
    there = await sync_to_async(say)(bob, "attic", "Tea?")
    page = await sockets(ROOM, "alice")
    await page.send(type="draft", body="Yes", thread=str(there.pk))
    await page.send(type="message", body="the end")
    await page.until("the end")
    assert not await Draft.objects.aexists()


async def test_what_is_no_thread_is_answered(sockets: Sockets, first) -> None:
    page = await sockets(ROOM, "alice")
    await page.send(type="draft", body="Yes", thread="one")
    await page.until("must be a whole number")
    assert not await Draft.objects.aexists()


# -- How much more the box takes -----------------------------------------------------------


@pytest.mark.usefixtures("alice")
class TestRoomLeft:
    async def test_it_is_said_where_a_text_is_nearly_too_long(self, sockets: Sockets) -> None:
        page = await sockets(ROOM, "alice")
        await page.send(type="draft", body="x" * 9_000)
        await page.send(type="draft", body="x" * 8_998 + "🎉" * 3)
        assert (await page.until('hx-target="#left"')).count("#left") == 1
        assert "996 characters left" in "".join(page.texts)

    async def test_and_no_longer_than_it_is_so(self, sockets: Sockets) -> None:
        page = await sockets(ROOM, "alice")
        await page.send(type="draft", body="x" * 10_000)
        await page.until("That is as long as a message may be.")
        await page.send(type="draft", body="x")
        await page.until('<hx-partial hx-target="#left" hx-swap="textContent"></hx-partial>')

    async def test_in_a_thread_too_where_nothing_is_kept(self, sockets: Sockets) -> None:
        page = await sockets(ROOM, "alice")
        await page.send(type="draft", body="x" * 9_999, thread="1")
        await page.until("1 character left")
        assert not await Draft.objects.aexists()

    async def test_each_box_has_its_own(self, sockets: Sockets) -> None:
        page = await sockets(ROOM, "alice")
        await page.send(type="draft", body="x" * 9_999, thread="1")
        await page.until('<hx-partial hx-target="#answer-left" hx-swap="textContent">1 character left')
        await page.send(type="draft", body="x" * 9_998)
        await page.until('<hx-partial hx-target="#left" hx-swap="textContent">2 characters left')
        await page.send(type="draft", body="x", thread="1")
        await page.until('<hx-partial hx-target="#answer-left" hx-swap="textContent"></hx-partial>')
