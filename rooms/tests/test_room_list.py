"""The list of somebody's rooms on their open pages: whoever changes it, by whatever door."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from asgiref.sync import sync_to_async
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from live import server_process
from rooms.actions.members import leave_room
from rooms.actions.rooms import create_room, join_room
from rooms.models import Membership, Room
from rooms.render.badges import badge_html, badge_of
from rooms.tests.saying import say
from rooms.unread.tracker import tracker_of
from tests.sockets import Sockets, TestSocket

LIVE = "/ws/live/"
ROOM = "/ws/rooms/general/"
LISTED = re.compile(r'<hx-partial hx-target="#rooms" hx-swap="innerMorph">(.*?)</hx-partial>', re.DOTALL)
LIST = re.compile(r'<ul id="rooms"[^>]*>(.*?)</ul>', re.DOTALL)
DIRECT_LISTED = re.compile(LISTED.pattern.replace("#rooms", "#direct"), re.DOTALL)
DIRECT = re.compile(r'<ul id="direct"[^>]*>(.*?)</ul>', re.DOTALL)
SHOWN = re.compile(r'id="rooms-shown" name="rooms" value="(\d+)"')
NAME = re.compile(r"<bdi>(.*?)</bdi>")

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")


class OpenPage:
    """A page that is open: the list that it shows, as its frames leave it."""

    def __init__(self, socket: TestSocket | None, html: str) -> None:
        self._socket = socket
        self.list = LIST.findall(html)[0]
        self.direct = DIRECT.findall(html)[0]
        self.shown = SHOWN.findall(html)[0]

    @property
    def socket(self) -> TestSocket:
        """The socket of the page, which a page that was only loaded has not."""
        assert self._socket is not None
        return self._socket

    @property
    def names(self) -> list[str]:
        """The names in the list, from top to bottom."""
        return NAME.findall(self.list)

    def apply(self, frames: str) -> None:
        """Take what frames bring."""
        self.list = (LISTED.findall(frames) or [self.list])[-1]
        self.direct = (DIRECT_LISTED.findall(frames) or [self.direct])[-1]
        self.shown = (SHOWN.findall(frames) or [self.shown])[-1]

    async def becomes(self, *names: str) -> None:
        """Wait until the list has these names, in their order."""

        def is_so(arrived: str) -> bool:
            self.apply(arrived)
            return self.names == list(names)

        if self.names != list(names):
            await self.socket.until(is_so)


@pytest.fixture
def opened(sockets: Sockets) -> Callable:
    """Open a page as somebody in a browser: `opened("bob", "/rooms/general/", ROOM)`."""

    async def open_page(who: str | Client, address: str = "/rooms/new/", path: str = LIVE) -> OpenPage:
        client = await sockets.client(who) if isinstance(who, str) else who
        html = (await sync_to_async(client.get)(address)).content.decode()
        page = OpenPage(await sockets(path, client), html)
        room = re.findall(r'name="room" value="(.*?)"', html)[0]
        seen = {"seen": "0"} if path == LIVE else {"seen": re.findall(r'name="seen" value="(\d+)"', html)[0]}
        page.apply(await page.socket.resume(**{"seen": 0} | seen, room=room, rooms=page.shown))
        return page

    return open_page


async def afresh(who: str, sockets: Sockets, address: str = "/rooms/new/") -> OpenPage:
    """What a page of somebody shows that is loaded now."""
    client = await sockets.client(who)
    return OpenPage(None, (await sync_to_async(client.get)(address)).content.decode())


@sync_to_async
def put_in(username: str, *names: str) -> None:
    """Somebody is in rooms of these names, which alice has made."""
    alice, person = Person.objects.get(username="alice"), Person.objects.get(username=username)
    for name in names:
        join_room(person, create_room(alice, name))


@pytest.fixture
def administrator(alice, client_of) -> Client:
    """The browser of an administrator."""
    # Those of another test are gone, and its log would name them.
    ContentType.objects.clear_cache()
    alice.role = "administrator"
    alice.save()
    return client_of(alice)


@contextmanager
def untold(monkeypatch) -> Iterator[None]:
    """Changes of which no process hears."""
    with monkeypatch.context() as patch:
        patch.setattr("live.bus.publish", lambda *args, **values: None)
        yield


# -- Through the doors ---------------------------------------------------------------------


async def test_a_room_made_in_one_tab_is_on_the_others(sockets: Sockets, opened):
    await put_in("bob", "attic", "tea")
    client = await sockets.client("bob")
    pages = [await opened(client), await opened(client, "/rooms/general/", ROOM)]

    await sync_to_async(client.post)("/rooms/new/", {"name": "kitchen"})

    for page in pages:
        await page.becomes("attic", "general", "kitchen", "tea")
    assert [re.findall(r'href="([^"]+)" aria-current="page"', page.list) for page in pages] == [
        [],
        ["/rooms/general/"],
    ]


async def test_the_others_are_told_nothing(sockets: Sockets, opened):
    page = await opened("charlie")
    client = await sockets.client("bob")

    await sync_to_async(client.post)("/rooms/new/", {"name": "kitchen"})

    assert "kitchen" not in await page.socket.quiet(1.5)


async def test_joined_and_left(sockets: Sockets, opened):
    await put_in("charlie", "Attic")
    client = await sockets.client("bob")
    page = await opened(client)

    await sync_to_async(client.post)(reverse("room_join", args=["attic"]))
    await page.becomes("Attic", "general")
    await sync_to_async(client.post)(reverse("room_leave", args=["general"]))
    await page.becomes("Attic")
    await sync_to_async(client.post)(reverse("room_leave", args=["attic"]))

    await page.becomes()
    assert "You are in no room yet." in page.list


async def test_put_in_and_taken_out_by_an_administrator(opened, administrator, bob):
    await put_in("charlie", "attic")
    attic = await Room.objects.aget(slug="attic")
    await sync_to_async(say)(await Person.objects.aget(username="charlie"), "attic", "before")
    page = await opened("bob")
    form = {"room": attic.pk, "person": bob.pk, "role": "member"}
    form |= {"joined_at_0": "2030-01-01", "joined_at_1": "10:00"}

    await sync_to_async(administrator.post)("/admin/rooms/membership/add/", form)
    await page.becomes("attic", "general")
    assert badge_html(attic.pk, badge_of(0, False)) in page.list

    membership = await Membership.objects.aget(room=attic, person=bob)
    form = {"action": "delete_selected", "_selected_action": [membership.pk], "post": "yes"}
    await sync_to_async(administrator.post)("/admin/rooms/membership/", form)
    await page.becomes("general")


async def test_a_change_of_name_moves_it_and_keeps_its_badge(opened, administrator, alice):
    await put_in("bob", "attic", "tea")
    await sync_to_async(say)(alice, "attic", "unread")
    attic = await Room.objects.aget(slug="attic")
    page = await opened("bob")

    form = {"name": "the zoo & more", "topic": "", "kind": "open"}
    await sync_to_async(administrator.post)(f"/admin/rooms/room/{attic.pk}/change/", form)

    await page.becomes("general", "tea", "the zoo &amp; more")
    assert badge_html(attic.pk, badge_of(1, False)) in page.list


async def test_a_room_is_deleted_with_its_pages(sockets: Sockets, opened, administrator):
    await put_in("bob", "attic")
    page, inside = await opened("bob"), await sockets("/ws/rooms/attic/", "bob")
    alices = await opened("alice")
    attic = await Room.objects.aget(slug="attic")

    await sync_to_async(administrator.post)(f"/admin/rooms/room/{attic.pk}/delete/", {"post": "yes"})

    await page.becomes("general")
    await alices.becomes("general")
    assert await inside.closed() == 4403


# -- From a shell --------------------------------------------------------------------------

DOORS = {
    "joined": lambda bob, attic: Membership.objects.create(person=bob, room=attic),
    "put in with others": lambda bob, attic: Membership.objects.bulk_create(
        [Membership(person=bob, room=attic)]
    ),
    "added": lambda bob, attic: attic.members.add(bob),
    "left": lambda bob, attic: Membership.objects.get(person=bob, room__slug="general").delete(),
    "all taken out": lambda bob, attic: Membership.objects.filter(room__slug="general").delete(),
    "removed": lambda bob, attic: Room.objects.get(slug="general").members.remove(bob),
    "renamed": lambda bob, attic: rename("The pub"),
    "renamed by a query": lambda bob, attic: Room.objects.filter(slug="general").update(name="The pub"),
    "deleted": lambda bob, attic: Room.objects.get(slug="general").delete(),
    "deleted by a query": lambda bob, attic: Room.objects.filter(slug="general").delete(),
}


def rename(name: str) -> None:
    """Call the room `general` otherwise."""
    room = Room.objects.get(slug="general")
    room.name = name
    room.save()


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "untold"])
@pytest.mark.parametrize("door", DOORS)
async def test_by_whatever_door_and_without_an_event(
    sockets: Sockets, opened, bob, monkeypatch, door: str, is_told: bool
):
    await put_in("charlie", "attic")
    attic = await Room.objects.aget(slug="attic")
    pages = [await opened("bob"), await opened("bob", "/rooms/new/")]
    change = sync_to_async(DOORS[door])

    if is_told:
        await change(bob, attic)
    else:
        with untold(monkeypatch):
            await change(bob, attic)

    fresh = await afresh("bob", sockets)
    assert fresh.list != pages[0].list
    for page in pages:
        await page.becomes(*fresh.names)
        assert (page.list, page.shown) == (fresh.list, fresh.shown)


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "untold"])
@pytest.mark.parametrize("door", ["left", "all taken out", "removed", "deleted", "deleted by a query"])
@pytest.mark.parametrize("path", [ROOM, "/ws/chat/general/"], ids=["page", "program"])
async def test_pages_and_programs_in_a_room_that_was_left_are_closed(
    sockets: Sockets, bob, monkeypatch, door: str, is_told: bool, path: str
):
    page = await sockets(path, "bob")
    # So that the process has looked at the lists once.
    await (await sockets(LIVE, "charlie")).resume(0)
    change = sync_to_async(DOORS[door])

    if is_told:
        await change(bob, None)
    else:
        with untold(monkeypatch):
            await change(bob, None)

    assert await page.closed() == 4403


async def test_the_look_is_one_query_while_nothing_changes(opened, monkeypatch):
    await opened("bob")
    asked: list[int] = []
    monkeypatch.setattr("rooms.unread.room_list.changed_since", asked.append)
    unread = tracker_of(server_process.ServerProcess.current())

    for _ in range(3):
        await unread.look_at_lists()

    assert asked == []


async def test_a_message_brings_no_list(opened, alice):
    page = await opened("bob")
    await sync_to_async(say)(alice, "general", "Hello")
    arrived = await page.socket.until("unread-of") + await page.socket.quiet(1.2)
    assert "#rooms" not in arrived


# -- Coming back ---------------------------------------------------------------------------


async def test_a_page_that_returns_shows_what_a_fresh_one_does(sockets: Sockets, opened):
    page = await opened("bob")
    await page.socket.leave()
    await put_in("bob", "attic", "tea")
    await sync_to_async(leave_room)(
        await Membership.objects.select_related("room").aget(person__username="bob", room__slug="general")
    )

    socket = await sockets(LIVE, "bob")
    page.apply(await socket.resume(0, room="", rooms=page.shown))

    fresh = await afresh("bob", sockets)
    assert (page.list, page.shown) == (fresh.list, fresh.shown)


async def test_a_page_that_missed_nothing_is_sent_no_list(sockets: Sockets, opened):
    page = await opened("bob")
    await page.socket.leave()

    assert "#rooms" not in await (await sockets(LIVE, "bob")).resume(0, room="", rooms=page.shown)


async def test_a_page_that_knows_more_than_its_process_keeps_it(sockets: Sockets, opened, monkeypatch):
    monkeypatch.setattr(server_process, "LOOK_INTERVAL", 1000)
    await opened("bob")
    with untold(monkeypatch):
        await put_in("bob", "attic")

    page = await opened("bob")

    assert page.names == ["attic", "general"]


async def test_a_page_from_the_future_gets_the_list(sockets: Sockets):
    """A database that was restored has smaller numbers than an open page."""
    answer = await (await sockets(LIVE, "bob")).resume(0, room="", rooms="999999")

    assert LISTED.search(answer)
    assert int(SHOWN.findall(answer)[0]) == (await Person.objects.aget(username="bob")).rooms_revision


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_order_of_changes_it_is_as_a_fresh_page(
    sockets: Sockets, opened, monkeypatch, side_has, bob, seed: int
):
    """With more rooms than the side has a place for, now and then; and some changes of which nobody tells."""
    side_has(3)
    chance = random.Random(seed)
    await put_in("charlie", "room 10", "room 2", "Éclair", "_x", "zoo", "Attic")
    page = await opened("bob", "/rooms/general/", ROOM)
    room_ids = [pk async for pk in Room.objects.exclude(slug="general").values_list("pk", flat=True)]

    for number in range(25):
        change = sync_to_async(happen)
        if chance.random() < 0.3:
            with untold(monkeypatch):
                await change(bob, chance, room_ids, number)
        else:
            await change(bob, chance, room_ids, number)

    fresh = await afresh("bob", sockets, "/rooms/general/")
    # A change that another took back before anybody looked brings no list.
    await page.becomes(*fresh.names)
    assert page.list == fresh.list
    assert int(page.shown) <= int(fresh.shown)
    assert len(page.names) <= 4


def happen(bob: Person, chance: random.Random, rooms: list[int], number: int) -> None:
    """Bob joins a room or leaves one, or one is called otherwise."""
    pk = chance.choice(rooms)
    mine = Membership.objects.filter(person=bob, room=pk).first()
    if chance.random() < 0.2:
        Room.objects.filter(pk=pk).update(name=chance.choice("abxyz") + str(number))
    elif mine:
        mine.delete()
    else:
        Membership.objects.create(person=bob, room_id=pk)


@pytest.mark.parametrize("frame", [{"rooms": "x"}, {"rooms": -1}, {"rooms": None}, {"room": 7}, {"room": []}])
async def test_a_page_that_says_nonsense_is_answered(sockets: Sockets, frame: dict):
    socket = await sockets(LIVE, "bob")
    await socket.send(type="resume", **frame)
    await socket.until("must be")


async def test_a_page_is_about_no_room_that_is_not_ones_own(sockets: Sockets, monkeypatch, alice):
    await sync_to_async(create_room)(alice, "secret")
    answer = await (await sockets(LIVE, "bob")).resume(0, room="secret", rooms="999")
    assert "secret" not in answer


def test_a_list_of_as_many_as_there_is_a_place_for_has_no_more(side_has, bob, client_of):
    side_has(1)
    assert "The first 1 of your rooms" not in client_of(bob).get("/rooms/new/").content.decode()
    create_room(bob, "tea")
    assert "The first 1 of your rooms" in client_of(bob).get("/rooms/new/").content.decode()
