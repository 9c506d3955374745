"""ws/rooms/<slug>/: what the page of a room says, and hears."""

import re
import time
from types import SimpleNamespace

import channels.layers
import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse

from accounts.models import Person
from live import server_process
from rooms.actions.members import leave_room
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_post import post_message
from rooms.actions.rooms import create_room
from rooms.models import Attachment, Membership, Message, Room
from rooms.models.message import BODY_LIMIT
from tests.page import Page, takes_away
from tests.sockets import Sockets

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")

ROOM = "/ws/rooms/general/"


def rows_with(words: str, arrived: str) -> set[str]:
    """The ids of the rows in which `words` arrived."""
    rows = re.findall(r'<li id="message-(\d+)"(.*?)</li>', arrived)
    return {pk for pk, row in rows if words in row}


@sync_to_async
def leave(username: str, slug: str = "general") -> None:
    leave_room(Membership.objects.select_related("room").get(person__username=username, room__slug=slug))


@sync_to_async
def rename(username: str, name: str) -> None:
    Person.objects.filter(username=username).update(display_name=name)


async def test_a_message_reaches_everybody_once(sockets: Sockets) -> None:
    alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    await alice.send(type="message", body="Hello, Bob", token="t1")
    for socket in (alice, bob):
        arrived = await socket.until("Hello, Bob") + await socket.quiet()
        # Who sends may be brought the row in their own answer as well: it is one row of the page.
        assert len(rows_with("Hello, Bob", arrived)) == 1
        assert arrived.count("Hello, Bob") == 1 or socket is alice
        assert 'id="seen" name="seen" value="1"' in arrived


async def test_the_sender_gets_a_fresh_token(sockets: Sockets) -> None:
    alice = await sockets(ROOM, "alice")
    await alice.send(type="message", body="Hello", token="t1")
    assert 'name="token" value="t1"' not in await alice.until('id="token"')


async def test_other_rooms_hear_nothing(sockets: Sockets, alice) -> None:
    await sync_to_async(create_room)(alice, "elsewhere")
    here, elsewhere = await sockets(ROOM, "bob"), await sockets("/ws/rooms/elsewhere/", "alice")
    await here.send(type="message", body="Hello")
    await here.until("Hello")
    assert "Hello" not in await elsewhere.quiet()


async def test_everybody_has_the_same_order(sockets: Sockets) -> None:
    alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    for number in range(20):
        await (alice, bob)[number % 2].send(type="message", body=f"number {number}.")

    # A row may come twice: a page has it once.
    def all_arrived(text: str) -> bool:
        return len(set(re.findall(r"number \d+\.", text))) == 20

    orders = []
    for socket in (alice, bob):
        page = Page('<ol id="messages"></ol>')
        page.apply(await socket.until(all_arrived))
        orders.append(re.findall(r"number (\d+)\.", "".join(page.shown)))
    assert len(orders[0]) == 20
    assert orders[0] == orders[1]


async def test_a_frame_twice_is_one_message(sockets: Sockets) -> None:
    alice, again = await sockets(ROOM, "alice"), await sockets(ROOM, "alice")
    for socket in (alice, alice, again):
        await socket.send(type="message", body="only once", token="t1")
        await socket.until('id="token"')
    assert await Message.objects.acount() == 1


async def test_what_was_deleted_does_not_come_back_from_a_page_that_had_not_heard_of_it(
    sockets: Sockets,
) -> None:
    """A page whose line took the answer with it sends again, when somebody has deleted it already."""
    alice, again = await sockets(ROOM, "alice"), await sockets(ROOM, "alice")
    await alice.send(type="message", body="a slip", token="t1")
    await alice.until("#sent-t1")
    await sync_to_async(remove_message)(await Message.objects.select_related("room").aget())
    await again.send(type="message", body="a slip", token="t1")
    assert (
        "#messages" not in (await again.until('hx-target="#sent-t1" hx-swap="delete"')).rpartition("#seen")[2]
    )
    assert await Message.objects.acount() == 1


async def test_two_messages_with_a_stale_token_are_two(sockets: Sockets) -> None:
    alice = await sockets(ROOM, "alice")
    await alice.send(type="message", body="one", token="t1")
    await alice.send(type="message", body="two", token="t1")
    await alice.until("two")
    assert await Message.objects.acount() == 2


async def test_the_same_token_of_somebody_else_is_theirs(sockets: Sockets) -> None:
    alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    await alice.send(type="message", body="same", token="t1")
    await bob.send(type="message", body="same", token="t1")
    await alice.until(lambda text: len(rows_with("same", text)) == 2)


@pytest.mark.parametrize("body", ["", "   \n ", "\u200b\u200b", "x" * (BODY_LIMIT + 1), "a\x00b", "\ud800"])
async def test_what_cannot_be_said_comes_back_to_its_author_alone(sockets: Sockets, body: str) -> None:
    alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    await alice.send(type="message", body=body, token="t1")
    await alice.until("problem")
    assert "message-" not in await bob.quiet()
    assert not await Message.objects.aexists()


async def test_the_text_of_a_refused_message_is_not_lost(sockets: Sockets) -> None:
    alice = await sockets(ROOM, "alice")
    await alice.send(type="message", body="keep me " * 2000, token="t1")
    assert "keep me" in await alice.until("#composer-error")


async def test_the_longest_message_is_fine(sockets: Sockets) -> None:
    alice = await sockets(ROOM, "alice")
    await alice.send(type="message", body="é" * BODY_LIMIT)
    await alice.until("é" * BODY_LIMIT)


@pytest.mark.parametrize("body", [7, None, ["x"], {"x": 1}, True])
async def test_a_body_that_is_no_text_is_answered(sockets: Sockets, body: object) -> None:
    alice = await sockets(ROOM, "alice")
    await alice.send(type="message", body=body)
    await alice.until("must be text")


HOSTILE = [
    "<script>alert(1)</script>",
    "</hx-partial><hx-partial hx-target='body' hx-swap='innerHTML'>gone</hx-partial>",
    "<template><li id='message-1'>x</li></template>",
    "<img src=x onerror=alert(1) hx-get='/x' hx-trigger='load'>",
    "javascript:alert(1) data:text/html,x",
]


@pytest.mark.parametrize("body", HOSTILE)
async def test_markup_is_text(sockets: Sockets, body: str) -> None:
    await rename("alice", body[:60])
    alice = await sockets(ROOM, "alice")
    await alice.send(type="message", body=body)
    arrived = await alice.until("class=text") + await alice.quiet()
    for tag in ("<script", "<template", "<img", "<hx-partial hx-target='", 'href="javascript', 'href="data'):
        assert tag not in arrived
    assert arrived.count("<hx-partial ") == arrived.count("</hx-partial>")


async def test_a_link_is_a_link(sockets: Sockets) -> None:
    alice = await sockets(ROOM, "alice")
    await alice.send(type="message", body='see https://example.org/a?b=1&c="2"')
    await alice.until('href="https://example.org/a?b=1&amp;c=')


async def test_typing_is_seen_by_the_others_only(sockets: Sockets, alice) -> None:
    first, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    await first.send(type="typing")
    await bob.until(f'id="typing-{alice.pk}"')
    assert "typing" not in await first.quiet()


async def test_nobody_types_behind_what_they_have_said(sockets: Sockets) -> None:
    alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    await alice.send(type="message", body="That is it")
    await bob.until("That is it")
    # What the page of its box held back until now.
    await alice.send(type="typing")
    assert 'id="typing-' not in await bob.quiet()


async def test_typing_too_often_is_passed_on_seldom(sockets: Sockets) -> None:
    alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    for _ in range(10):
        await alice.send(type="typing")
    arrived = await bob.until('id="typing-') + await bob.quiet(0.5)
    assert arrived.count('id="typing-') <= 3


async def test_who_is_in_the_room(sockets: Sockets, bob, monkeypatch) -> None:
    bobs = await sockets.client("bob")
    alice = await sockets(ROOM, "alice")
    elsewhere = await sockets("/ws/live/", bobs)
    arrived = await alice.until(f'id="online-{bob.pk}"') + await alice.quiet()
    assert f'id="here-{bob.pk}"' not in arrived
    await sockets(ROOM, bobs)
    await alice.until(f'id="here-{bob.pk}"')
    await elsewhere.leave()


async def test_an_outsider_is_told_and_closed_with_4403(sockets: Sockets) -> None:
    await leave("bob")
    bob = await sockets(ROOM, "bob")
    assert await bob.closed() == 4403
    assert "not here, or not yours" in bob.texts[0]


async def test_an_unknown_room_is_closed_with_4403(sockets: Sockets) -> None:
    assert await (await sockets("/ws/rooms/nowhere/", "bob")).closed() == 4403


async def test_leaving_closes_the_rooms_pages_with_4403(sockets: Sockets) -> None:
    bobs = await sockets.client("bob")
    room, elsewhere, alice = (
        await sockets(ROOM, bobs),
        await sockets("/ws/live/", bobs),
        await sockets(ROOM, "alice"),
    )
    await sync_to_async(bobs.post)(reverse("room_leave", args=["general"]))
    assert await room.closed() == 4403
    assert "no longer in this room" in "".join(room.texts)
    await elsewhere.resume(0)
    await alice.resume(0)


async def test_membership_is_looked_at_again_with_every_message(sockets: Sockets) -> None:
    bob = await sockets(ROOM, "bob")
    await bob.next()
    # As a database that was restored would: without an action that closes sockets.
    await Membership.objects.filter(person__username="bob").adelete()
    await bob.send(type="message", body="still here?")
    assert await bob.closed() == 4403
    assert not await Message.objects.aexists()


async def test_a_deletion_is_seen(sockets: Sockets, alice) -> None:
    page = await sockets(ROOM, "bob")
    await page.send(type="message", body="a slip")
    await page.until("a slip")
    message = await Message.objects.select_related("room").aget()
    await sync_to_async(remove_message)(message)
    await page.until(takes_away(f"#message-{message.pk}"))


async def test_another_process_change_is_seen_without_an_event(sockets: Sockets, alice, monkeypatch) -> None:
    monkeypatch.setattr(server_process, "LOOK_INTERVAL", 0.1)
    page = await sockets(ROOM, "bob")
    await page.resume(0)
    monkeypatch.setattr("live.bus.publish", lambda *args, **values: None)
    membership = await Membership.objects.select_related("room", "person").aget(person=alice)
    await sync_to_async(post_message)(membership, "from a worker")
    await page.until("from a worker")


async def test_the_title_counts_while_nobody_looks(sockets: Sockets, monkeypatch) -> None:
    monkeypatch.setattr(server_process, "LOOK_INTERVAL", 0.1)
    alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    await bob.send(type="away")
    await bob.until('id="away" name="away" value="0"')
    for body in ("one", "two"):
        await alice.send(type="message", body=body)
    await bob.until("(2) general</hx-partial>")
    await bob.send(type="looking")
    await bob.until('hx-target="title" hx-swap="textContent">general</hx-partial>')
    await alice.send(type="message", body="three")
    assert "(1) general" not in await bob.quiet(0.5)


async def test_the_count_goes_on_after_a_lost_connection(sockets: Sockets) -> None:
    alice = await sockets(ROOM, "alice")
    for body in ("one", "two"):
        await alice.send(type="message", body=body)
    await alice.until("two")
    bob = await sockets(ROOM, "bob")
    assert "(4) general" in await bob.resume(1, away="3")


@pytest.mark.parametrize(("body", "is_new"), [("two", True), ("three", True), ("one", False)])
async def test_what_is_deleted_after_a_lost_connection_is_not_counted(
    sockets: Sockets, monkeypatch, body: str, is_new: bool
) -> None:
    monkeypatch.setattr(server_process, "LOOK_INTERVAL", 0.1)
    alice = await sockets(ROOM, "alice")
    for text in ("one", "two", "three"):
        await alice.send(type="message", body=text)
    await alice.until("three")
    two = await Message.objects.aget(body="two")
    bob = await sockets(ROOM, "bob")
    # It showed the second as new already, and has missed the third.
    assert "(2) general" in await bob.resume(two.revision, away="1")

    await sync_to_async(remove_message)(await Message.objects.aget(body=body))

    arrived = await (bob.until("(1) general") if is_new else bob.quiet(0.5))
    assert ("(1) general" in arrived) is is_new


@pytest.mark.parametrize(
    "frame", [{"seen": "x"}, {"seen": -1}, {"seen": 1.5}, {"seen": "9" * 40}, {}, {"seen": True}]
)
async def test_a_bad_resume_is_answered(sockets: Sockets, frame: dict) -> None:
    bob = await sockets(ROOM, "bob")
    await bob.send(type="resume", **frame)
    await bob.until("whole number")


async def test_one_who_does_not_read_is_closed_and_the_others_are_served(
    sockets: Sockets, monkeypatch
) -> None:
    from live import hub

    monkeypatch.setattr(hub, "BACKLOG_LIMIT", 2000)
    alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    await bob.resume(0)
    running = server_process.ServerProcess.current()
    (stuck,) = [
        socket for socket in running.hub.groups["room-" + str(await room_id())] if socket.person_id != 0
    ][:1]
    stuck.hold()
    other = alice if stuck.person_id != await person_id("alice") else bob
    for number in range(20):
        await other.send(type="message", body=f"number {number}")
    await other.until("number 19")
    assert stuck.closed
    assert stuck.close_code == 4408
    assert stuck.waiting <= 4000
    stuck.release()
    slow = bob if other is alice else alice
    assert await slow.closed() == 4408


async def room_id() -> int:
    return (await Room.objects.aget(slug="general")).pk


async def person_id(username: str) -> int:
    return (await Person.objects.aget(username=username)).pk


async def test_a_pushed_row_is_small(sockets: Sockets) -> None:
    alice = await sockets(ROOM, "alice")
    await alice.send(type="message", body="x" * 100)
    arrived = await alice.until('<li id="message-') + await alice.quiet()
    row = arrived[arrived.index('<li id="message-') :].partition("</li>")[0] + "</li>"
    assert len(row.encode()) < 1024
    assert "hx-" not in row.replace(" hx-ignore>", ">")


async def test_a_failure_of_ours_is_a_sentence(sockets: Sockets, monkeypatch, caplog) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("broken on purpose")

    alice = await sockets(ROOM, "alice")
    monkeypatch.setattr("rooms.actions.messages_post.post_messages", fail)
    await alice.send(type="message", body="Hello")
    await alice.until("it is our fault")
    await alice.resume(0)
    assert "broken on purpose" in caplog.text


async def test_a_bus_that_fails_does_not_reach_the_sender(sockets: Sockets, monkeypatch) -> None:
    async def fail(*args: object) -> None:
        raise ConnectionError("the layer is away")

    monkeypatch.setattr(server_process, "LOOK_INTERVAL", 0.1)
    alice = await sockets(ROOM, "alice")
    await alice.resume(0)
    monkeypatch.setattr("live.bus.send", fail)
    await alice.send(type="message", body="stored all the same")
    assert "problem" not in await alice.until("stored all the same")


async def test_a_socket_that_is_a_day_old_still_receives(sockets: Sockets, monkeypatch) -> None:
    """Channels' layers forget a group's members a day after they joined, unless they are told otherwise."""
    # Without the look into the database, which would bring it all the same.
    monkeypatch.setattr(server_process, "LOOK_INTERVAL", 1000)
    alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    now = time.time() + 25 * 3600
    monkeypatch.setattr(channels.layers, "time", SimpleNamespace(time=lambda: now))
    await alice.send(type="message", body="good morning")
    await bob.until("good morning")


@sync_to_async
def a_file_of(username: str) -> int:
    """The id of a file that waits for a message of that person."""
    member = Membership.objects.get(person__username=username, room__slug="general")
    waiting = {"name": "a.pdf", "content_type": "application/pdf", "size": 9, "file": "aa/a"}
    return Attachment.objects.create(room_id=member.room_id, uploader_id=member.person_id, **waiting).pk


@pytest.mark.parametrize("number", [1, 3])
async def test_files_go_with_a_message(sockets: Sockets, number: int) -> None:
    alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    files = [await a_file_of("alice") for _ in range(number)]
    # As htmx says it: a list, or the one by itself.
    named = [str(pk) for pk in files]
    await alice.send(type="message", body="", attachments=named if number > 1 else named[0])
    await bob.until(lambda arrived: arrived.count('class="other"') == number)
    answer = await alice.until('id="token"') + await alice.quiet()
    assert all(f'hx-target="#attached-{pk}" hx-swap="delete"' in answer for pk in files)


async def test_somebody_elses_file_does_not(sockets: Sockets) -> None:
    alice, bob = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    await alice.send(type="message", body="keep my words", attachments=str(await a_file_of("bob")))
    answer = await alice.until("no longer there")
    assert "keep my words" in answer
    assert "attached-" not in answer
    assert "message-" not in await bob.quiet()


@pytest.mark.parametrize("files", ["one", -1, 1.5, {"a": 1}, [["1"]], [None], "9" * 40, True, [1, "x"]])
async def test_files_that_are_no_ids_are_answered(sockets: Sockets, files: object) -> None:
    alice = await sockets(ROOM, "alice")
    await alice.send(type="message", body="x", attachments=files)
    await alice.until("whole number")
    assert not await Message.objects.aexists()
