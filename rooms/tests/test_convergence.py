"""Whatever a page missed, got twice or got late: after catching up it is the page loaded afresh."""

import random
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from hypermedia.joining import join
from hypermedia.locales import fill, site_locale
from live import bus, server_process
from rooms.actions.messages_delete import delete_message, remove_message
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.messages_post import post_message
from rooms.actions.notices import post_notice
from rooms.actions.pins import pin_message, unpin_message
from rooms.actions.reactions import toggle_reaction
from rooms.actions.topic import change_topic
from rooms.models import Attachment, Membership, Message, Room
from rooms.models.message import PAGE_SIZE
from rooms.render import room_page
from tests.page import Page, parsed
from tests.sockets import Arrived, Sockets, TestSocket, signed_in_client

pytestmark = pytest.mark.usefixtures("alice", "bob")

ROOM = "/ws/rooms/general/"
BEGINNINGS = ("message", "/me does number", "**bold** `code` :tada:\n\n> quoted\n\n```python\nx = 1\n```\n")


@sync_to_async
def page_afresh(client: Client) -> Page:
    return Page(client.get("/rooms/general/").content.decode())


def some_files(chance: random.Random, member: Membership) -> tuple[int, ...]:
    """The ids of up to three files that wait for a message of `member`."""
    kinds = chance.choices([("image", 90), ("video", None), ("file", None)], k=chance.choice((0, 0, 0, 1, 3)))
    return tuple(
        Attachment.objects.create(
            room=member.room, uploader=member.person, name=f"a <{kind}>", kind=kind, size=9, width=size,
            height=size, file="aa/a", thumbnail="aa/b" if size else "",
        ).pk
        for kind, size in kinds
    )  # fmt: skip


@sync_to_async
def something_happens(chance: random.Random, times: int) -> None:
    """Posts, some with files, and answers, edits, reactions, pins, deletions, and new topics."""
    members = list(Membership.objects.select_related("room", "person"))
    for number in range(times):
        member, text = chance.choice(members), f"{chance.choice(BEGINNINGS)} {number} of {times}"
        said = list(Message.objects.undeleted().select_related("room").order_by("-pk")[:PAGE_SIZE])
        message = chance.choice(said) if said else None
        match chance.random():
            case luck if message is None or luck < 0.35:
                post_message(member, text, attachments=some_files(chance, member))
            case luck if luck < 0.5:
                post_message(member, text, reply_to=message.pk)
            case luck if luck < 0.75:
                toggle_reaction(member, message, chance.choice("👍🎉"))
            case luck if luck < 0.77:
                change_topic(next(one for one in members if one.role == "moderator"), f"{text} & more")
            case luck if luck < 0.78:
                post_notice(
                    member.room, member.person, Message.Notice.ADDED, [one.person_id for one in members]
                )
            case luck if luck < 0.8:
                pin = unpin_message if message.pinned_at else pin_message
                pin(member, message)
            case luck if luck < 0.88:
                author = next(one for one in members if one.person_id == message.author_id)
                edit_message(author, message, f"other words {number}", edit_state(message))
            case _:
                remove_message(message)


@sync_to_async
def revision() -> int:
    return Room.objects.get(slug="general").revision


async def frames_up_to(socket: TestSocket, last: int) -> list[str]:
    """The frames that a page got, one by one, until the one that says it has seen `last`."""
    frames: list[str] = []
    while not frames or f'value="{last}"' not in frames[-1]:
        frames.append(await socket.next())
    return frames


@pytest.mark.parametrize("seed", range(4))
async def test_frames_in_any_order_with_repeats_and_gaps_then_caught_up(sockets: Sockets, seed: int) -> None:
    chance = random.Random(seed)
    client = await sockets.client("alice")
    await something_happens(chance, 10)
    socket = await sockets(ROOM, client)
    old = await page_afresh(client)
    await something_happens(chance, 30)
    frames = await frames_up_to(socket, await revision())
    expected = await page_afresh(client)
    started = old.seen
    await socket.leave()

    for _ in range(5):
        page = await sync_to_async(Page)(await _old_page(old))
        kept = [frame for frame in frames if chance.random() < 0.7]
        kept += chance.choices(frames, k=5)
        chance.shuffle(kept)
        for frame in kept:
            page.apply(frame)
        again = await sockets(ROOM, client)
        page.apply(await again.resume(started))
        assert (page.shown, page.topic) == (expected.shown, expected.topic)
        assert page.seen == await revision()
        await again.leave()


async def _old_page(page: Page) -> str:
    """A page as it was, once more."""
    return (
        f'<p id="topic">{page.topic}</p><ol id="messages">{"".join(page.shown)}</ol>'
        f'<input id="seen" name="seen" value="{page.seen}">'
        f'<input id="oldest" name="before" value="{page.oldest}">'
    )


@pytest.mark.parametrize("cut", [0, 1, 7, 19])
async def test_a_connection_cut_anywhere_is_caught_up_from_what_the_page_says(
    sockets: Sockets, cut: int
) -> None:
    chance = random.Random(cut)
    client = await sockets.client("alice")
    socket = await sockets(ROOM, client)
    page = await page_afresh(client)
    await something_happens(chance, 20)
    for frame in (await frames_up_to(socket, await revision()))[:cut]:
        page.apply(frame)
    await socket.leave()
    await something_happens(chance, 10)
    page.apply(await (await sockets(ROOM, client)).resume(page.seen))
    afresh = await page_afresh(client)
    assert (page.shown, page.topic) == (afresh.shown, afresh.topic)


async def test_a_line_is_lost_before_the_page_could_say_what_it_shows(sockets: Sockets) -> None:
    """What is pushed says up to where a page shows everything: this one has missed what was before."""
    client = await sockets.client("alice")
    page = await page_afresh(client)
    await something_happens(random.Random(1), 5)
    socket = await sockets(f"{ROOM}?resumes=1", client)
    await something_happens(random.Random(2), 5)
    page.apply(await socket.quiet())
    await socket.leave()
    page.apply(await (await sockets(f"{ROOM}?resumes=1", client)).resume(page.seen))
    assert page.shown == (await page_afresh(client)).shown


async def test_a_page_that_has_not_said_what_it_shows_is_told_that_it_is_over(sockets: Sockets) -> None:
    client = await sockets.client("alice")
    socket = await sockets(f"{ROOM}?resumes=1", client)
    await sync_to_async(client.post)("/accounts/logout/")
    assert await socket.closed() == 4401
    assert "#farewell" in "".join(socket.texts)


async def test_too_far_behind_is_the_newest_page(sockets: Sockets) -> None:
    client = await sockets.client("alice")
    await something_happens(random.Random(1), 3)
    page = await page_afresh(client)
    await something_happens(random.Random(2), 3 * PAGE_SIZE)
    page.apply(await (await sockets(ROOM, client)).resume(page.seen))
    afresh = await page_afresh(client)
    assert (page.shown, page.oldest, page.seen) == (afresh.shown, afresh.oldest, afresh.seen)


async def test_a_page_from_the_future_is_caught_up(sockets: Sockets) -> None:
    """A database that was restored has smaller revisions than an open page."""
    client = await sockets.client("alice")
    await something_happens(random.Random(1), 5)
    page = await page_afresh(client)
    page.find("#messages").append(parsed('<li id="message-1000000">not here any longer</li>'))
    page.apply(await (await sockets(ROOM, client)).resume(10**6))
    afresh = await page_afresh(client)
    assert (page.shown, page.seen) == (afresh.shown, afresh.seen)


@pytest.mark.parametrize("seed", range(3))
async def test_a_layer_that_loses_repeats_and_swaps_events(sockets: Sockets, monkeypatch, seed: int) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr(server_process, "LOOK_INTERVAL", 0.1)
    held: list[tuple[str, dict[str, Any]]] = []
    send = bus.send

    async def unreliable(group: str, event: dict[str, Any]) -> None:
        if event["kind"] != "fragment":
            return await send(group, event)
        held.append((group, event))
        chance.shuffle(held)
        while held and chance.random() < 0.6:
            delivery = chance.choice(held)
            if chance.random() < 0.8:
                held.remove(delivery)
            if chance.random() < 0.8:
                await send(*delivery)

    client = await sockets.client("alice")
    page = await page_afresh(client)
    socket = await sockets(ROOM, client)
    await socket.resume(0)
    monkeypatch.setattr(bus, "send", unreliable)
    await something_happens(chance, 40)
    for frame in await frames_up_to(socket, await revision()):
        page.apply(frame)
    afresh = await page_afresh(client)
    assert (page.shown, page.topic) == (afresh.shown, afresh.topic)


@pytest.mark.usefixtures("transactional_db")
def test_what_changes_while_it_is_looked_up_is_brought() -> None:
    client = signed_in_client("alice")
    page = Page(client.get("/rooms/general/").content.decode())
    member = Membership.objects.select_related("room", "person").get(person__username="bob")
    posted = post_message(member, "posted, and then")
    room = Room.objects.get(slug="general")
    toggle_reaction(member, Message.objects.get(pk=posted.pk), "👍")

    page.apply(Arrived(join(fill(room_page.changes_since(room, page.seen).html, site_locale()))))

    assert page.shown == Page(client.get("/rooms/general/").content.decode()).shown


@pytest.mark.usefixtures("transactional_db")
def test_the_page_of_a_browser_without_a_script_is_the_same() -> None:
    client = signed_in_client("alice")
    client.post("/rooms/general/", {"body": "Hello"})
    assert "Hello" in Page(client.get("/rooms/general/").content.decode()).shown[0]


@sync_to_async
def an_answer() -> None:
    """Bob answers alice."""
    alice, bob = Membership.objects.select_related("room", "person").order_by("person__username")
    first = post_message(alice, "first words")
    post_message(bob, "an answer", reply_to=first.pk)


@sync_to_async
def change_the_first(what: str) -> None:
    """Alice edits or deletes what bob answered."""
    alice = Membership.objects.select_related("room", "person").get(person__username="alice")
    first = Message.objects.select_related("room").earliest("pk")
    if what == "edited":
        edit_message(alice, first, "other words", "")
    else:
        delete_message(alice, first)


@pytest.mark.parametrize("what", ["edited", "deleted"])
async def test_a_quote_says_what_became_of_its_message(sockets: Sockets, what: str) -> None:
    client = await sockets.client("alice")
    await an_answer()
    page = await page_afresh(client)
    before = page.shown[1]
    await change_the_first(what)
    page.apply(await (await sockets(ROOM, client)).resume(page.seen))
    assert page.shown == (await page_afresh(client)).shown
    assert page.shown[1] != before
