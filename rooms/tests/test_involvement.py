"""/rooms/<slug>/involvement/, /favourite/ and /read/, /side/: what one wants of one's rooms."""

import re
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from accounts.models import Person
from rooms.actions.direct import open_direct
from rooms.actions.involvement import set_favourite, set_involvement
from rooms.actions.reading import open_room
from rooms.actions.rooms import create_room, join_room
from rooms.models import Membership, Room
from rooms.tests.saying import say
from tests.sockets import Sockets, TestSocket

ADDRESS = "/rooms/general/involvement/"
LIVE = "/ws/live/"
SECTIONS = ("favourites", "rooms", "direct")
MORE = "of your rooms"

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")


class Side:
    """The side of an open page: what its frames make of it."""

    def __init__(self, html: str, socket: TestSocket | None = None) -> None:
        self.socket = socket
        self.lists = {
            one: re.findall(rf'<ul id="{one}"[^>]*>(.*?)</ul>', html, re.DOTALL)[0] for one in SECTIONS
        }
        self.badges: dict[str, str] = {}
        self._take_badges("".join(self.lists.values()) + html)

    def apply(self, frames: str) -> None:
        """Take what frames bring."""
        for one in SECTIONS:
            pattern = rf'<hx-partial hx-target="#{one}" hx-swap="innerMorph">(.*?)</hx-partial>'
            for found in re.findall(pattern, frames, re.DOTALL):
                self.lists[one] = found
        self._take_badges(frames)

    def _take_badges(self, html: str) -> None:
        for kind, of, words in re.findall(r'<b class="(unread[ \w-]*) unread-of-([\w-]+)">(.*?)</b>', html):
            self.badges[of] = words and f"{re.sub('<.*', '', words)}{'!' if 'is-mention' in kind else ''}"

    def section(self, name: str) -> list[str]:
        """The addresses of the rooms in one, from top to bottom."""
        return re.findall(r'href="/rooms/([^/"]+)/"', self.lists[name])

    @property
    def shown(self) -> dict[str, list[str]]:
        """All sections."""
        return {one: self.section(one) for one in SECTIONS}

    async def becomes(self, **sections: list[str]) -> None:
        """Wait until these sections are so."""

        def is_so(arrived: str) -> bool:
            self.apply(arrived)
            return all(self.section(name) == rooms for name, rooms in sections.items())

        if not is_so(""):
            assert self.socket
            await self.socket.until(is_so)

    async def says(self, of: object, badge: str) -> None:
        """Wait until that badge is so."""

        def is_so(arrived: str) -> bool:
            self.apply(arrived)
            return self.badges.get(str(of), "") == badge

        if not is_so(""):
            assert self.socket
            await self.socket.until(is_so)


@pytest.fixture
def opened(sockets: Sockets) -> Callable:
    """Open a page as somebody: `await opened("bob")`."""

    async def open_side(who: str) -> Side:
        client = await sockets.client(who)
        html = (await sync_to_async(client.get)("/rooms/new/")).content.decode()
        socket = await sockets(LIVE, client)
        side = Side(html, socket)
        side.apply(
            await socket.resume(seen=0, room="", rooms=re.findall(r'name="rooms"\s+value="(\d+)"', html)[0])
        )
        return side

    return open_side


async def afresh(sockets: Sockets, who: str) -> Side:
    """The side of a page that is loaded now."""
    client = await sockets.client(who)
    return Side((await sync_to_async(client.get)("/rooms/new/")).content.decode())


def mine(person: Person, slug: str = "general") -> Membership:
    """The membership of somebody."""
    return Membership.objects.select_related("room", "person").get(person=person, room__slug=slug)


def involve(person: Person, involvement: str, slug: str = "general") -> None:
    """Let somebody hear so much of a room."""
    set_involvement(mine(person, slug), Membership.Involvement(involvement))


# -- The page ------------------------------------------------------------------------------


def test_one_chooses_what_reaches_one(bob: Person, client_of: Callable[..., Client]):
    client = client_of(bob)

    response = client.post(ADDRESS, {"involvement": "mentions"})

    assert (response.status_code, response["Location"]) == (303, ADDRESS)
    assert mine(bob).involvement == "mentions"
    page = client.get(ADDRESS).content.decode()
    assert re.search(r'value="mentions"\s+checked', page)


@pytest.mark.parametrize("chosen", ["", "all", "EVERYTHING", "\x00"])
def test_nothing_else_can_be_chosen(bob: Person, client_of: Callable[..., Client], chosen: str):
    response = client_of(bob).post(ADDRESS, {"involvement": chosen})
    assert response.status_code == 422
    assert "Choose one of these." in response.content.decode()
    assert mine(bob).involvement == "everything"


def test_in_a_direct_conversation_all_is_meant(bob: Person, alice: Person, client_of: Callable[..., Client]):
    room = open_direct(bob, [alice])
    address = f"/rooms/{room.slug}/involvement/"
    assert 'value="mentions"' not in client_of(bob).get(address).content.decode()
    assert client_of(bob).post(address, {"involvement": "mentions"}).status_code == 422


@pytest.mark.parametrize("what", ["involvement", "favourite", "read"])
def test_of_a_room_that_one_is_not_in_there_is_nothing(
    bob: Person, alice: Person, client_of: Callable[..., Client], what: str
):
    create_room(alice, "secret", kind=Room.Kind.CLOSED)
    for slug in ("secret", "nowhere"):
        assert client_of(bob).post(f"/rooms/{slug}/{what}/", {"involvement": "nothing"}).status_code == 404
        assert client_of(bob).get(f"/rooms/{slug}/involvement/").status_code == 404


@pytest.mark.parametrize(
    "address", [ADDRESS, "/rooms/general/favourite/", "/rooms/general/read/", "/side/", "/side/rooms/"]
)
def test_nobody_is_sent_to_sign_in(client: Client, address: str):
    assert "/accounts/login/" in client.post(address)["Location"]


@pytest.mark.parametrize(
    "address", ["/rooms/general/favourite/", "/rooms/general/read/", "/side/", "/side/rooms/"]
)
def test_looking_changes_nothing(bob: Person, client_of: Callable[..., Client], address: str):
    assert client_of(bob).get(address).status_code == 405


def test_a_favourite_and_no_longer(bob: Person, client_of: Callable[..., Client]):
    client = client_of(bob)
    client.post("/rooms/general/favourite/", {"favourite": "yes"})
    assert Side(client.get("/rooms/new/").content.decode()).shown == {
        "favourites": ["general"],
        "rooms": [],
        "direct": [],
    }
    client.post("/rooms/general/favourite/", {"favourite": "no"})
    assert Side(client.get("/rooms/new/").content.decode()).section("rooms") == ["general"]


# -- Badges, live and afresh ---------------------------------------------------------------

# What the badge of a room says after a message to all, and after one that names bob.
BADGES = {"everything": ("1", "2!"), "mentions": ("", "@!"), "nothing": ("", ""), "hidden": ("", "@!")}


@pytest.mark.parametrize("involvement", BADGES)
async def test_the_badge_tells_what_one_wants_to_hear(
    sockets: Sockets, opened, alice: Person, bob: Person, involvement: str
):
    await sync_to_async(involve)(bob, involvement)
    general = await Room.objects.aget()
    page, witness = await opened("bob"), await opened("charlie")
    to_all, for_bob = BADGES[involvement]

    await sync_to_async(say)(alice, "general", "hello")
    await witness.says(general.pk, "1")
    page.apply(await page.socket.quiet(0.3))
    assert page.badges.get(str(general.pk), "") == to_all
    assert (await afresh(sockets, "bob")).badges.get(str(general.pk), "") == to_all

    await sync_to_async(say)(alice, "general", "@bob come here")
    await page.says("mentions", "1!")
    await page.says(general.pk, for_bob)
    fresh = await afresh(sockets, "bob")
    assert fresh.badges["mentions"] == "1!"
    assert fresh.badges.get(str(general.pk), "") == for_bob
    await page.becomes(**fresh.shown)


async def test_a_hidden_room_comes_with_what_is_meant_and_goes_when_it_is_read(
    sockets: Sockets, opened, alice: Person, bob: Person
):
    page = await opened("bob")
    await sync_to_async(involve)(bob, "hidden")
    await page.becomes(rooms=[])
    assert (await afresh(sockets, "bob")).section("rooms") == []

    await sync_to_async(say)(alice, "general", "hello all")
    await sync_to_async(say)(alice, "general", "@bob come here")
    await page.becomes(rooms=["general"])
    assert (await afresh(sockets, "bob")).section("rooms") == ["general"]

    general = await Room.objects.aget()
    await sync_to_async(open_room)(bob, general, 0)
    await page.becomes(rooms=[])
    assert (await afresh(sockets, "bob")).section("rooms") == []


async def test_a_hidden_conversation_comes_with_a_message(opened, alice: Person, bob: Person):
    room = await sync_to_async(open_direct)(bob, [alice])
    await sync_to_async(involve)(bob, "hidden", room.slug)
    page = await opened("bob")
    assert page.section("direct") == []

    await sync_to_async(say)(alice, room.slug, "hello")

    await page.becomes(direct=[room.slug])
    await page.says(room.pk, "1!")


async def test_a_page_that_was_away_hears_of_a_hidden_room(
    sockets: Sockets, opened, alice: Person, bob: Person
):
    await sync_to_async(involve)(bob, "hidden")
    page = await opened("bob")
    await page.socket.leave()
    await sync_to_async(say)(alice, "general", "@bob come here")

    socket = await sockets(LIVE, "bob")
    page.apply(
        await socket.resume(0, room="", rooms=str((await Person.objects.aget(pk=bob.pk)).rooms_revision))
    )

    page.socket = socket
    await page.becomes(rooms=["general"])


async def test_a_hidden_room_is_at_its_own_side(sockets: Sockets, bob: Person):
    await sync_to_async(involve)(bob, "hidden")
    client = await sockets.client("bob")
    side = Side((await sync_to_async(client.get)("/rooms/general/")).content.decode())
    assert side.section("rooms") == ["general"]


async def test_a_change_is_told_in_every_tab(opened, alice: Person, bob: Person):
    pages = [await opened("bob"), await opened("bob")]
    general = await Room.objects.aget()
    await sync_to_async(say)(alice, "general", "hello")
    for page in pages:
        await page.says(general.pk, "1")

    await sync_to_async(involve)(bob, "nothing")
    for page in pages:
        await page.says(general.pk, "")
    await sync_to_async(involve)(bob, "everything")
    for page in pages:
        await page.says(general.pk, "1")
    await sync_to_async(set_favourite)(await sync_to_async(mine)(bob), is_favourite=True)
    for page in pages:
        await page.becomes(favourites=["general"], rooms=[])


async def test_read_without_opening(sockets: Sockets, opened, alice: Person, bob: Person):
    page, general = await opened("bob"), await Room.objects.aget()
    await sync_to_async(say)(alice, "general", "@bob hello")
    await page.says(general.pk, "1!")
    client = await sockets.client("bob")

    response = await sync_to_async(client.post)("/rooms/general/read/")

    assert response.status_code == 303
    await page.says(general.pk, "")
    await page.says("mentions", "")
    assert (await afresh(sockets, "bob")).badges[str(general.pk)] == ""


# -- The order, and sections ---------------------------------------------------------------


def in_rooms(person: Person, *names: str) -> None:
    """Somebody is in rooms of these names, which alice has made."""
    for name in names:
        join_room(person, create_room(Person.objects.get(username="alice"), name))


async def test_by_activity_a_room_rises_when_it_becomes_unread(
    sockets: Sockets, opened, alice: Person, bob: Person
):
    await sync_to_async(in_rooms)(bob, "attic", "tea")
    client = await sockets.client("bob")
    page = await opened("bob")
    assert page.section("rooms") == ["attic", "general", "tea"]

    await sync_to_async(client.post)("/side/", {"order": "activity"})
    await page.becomes(rooms=["tea", "attic", "general"])
    for slug, order in (("attic", ["attic", "tea", "general"]), ("general", ["general", "attic", "tea"])):
        await sync_to_async(say)(alice, slug, "hello")
        await page.becomes(rooms=order)
        assert (await afresh(sockets, "bob")).shown == page.shown

    await sync_to_async(client.post)("/side/", {"order": "name"})
    await page.becomes(rooms=["attic", "general", "tea"])


async def test_what_was_unread_before_a_page_came_has_its_place(
    sockets: Sockets, opened, alice: Person, bob: Person
):
    await sync_to_async(in_rooms)(bob, "attic", "tea")
    await Person.objects.filter(pk=bob.pk).aupdate(side_order="activity")
    await sync_to_async(say)(alice, "attic", "hello")
    await sync_to_async(say)(bob, "tea", "hello")

    page = await opened("bob")
    page.apply(await page.socket.quiet(1.3))

    assert page.section("rooms") == ["tea", "attic", "general"]


async def test_with_more_rooms_than_there_is_a_place_for_it_comes_in(
    opened, side_has, alice: Person, bob: Person
):
    side_has(2)
    await sync_to_async(in_rooms)(bob, "attic", "tea")
    await Person.objects.filter(pk=bob.pk).aupdate(side_order="activity")
    page = await opened("bob")
    assert page.section("rooms") == ["tea", "attic"]

    await sync_to_async(say)(alice, "general", "hello")

    await page.becomes(rooms=["general", "tea"])


async def test_who_was_spoken_with_last_is_first(sockets: Sockets, opened, alice: Person, bob: Person):
    charlie = await Person.objects.aget(username="charlie")
    first = await sync_to_async(open_direct)(bob, [alice])
    second = await sync_to_async(open_direct)(bob, [charlie])
    page = await opened("bob")
    assert page.section("direct") == [second.slug, first.slug]

    await sync_to_async(say)(alice, first.slug, "hello")

    await page.becomes(direct=[first.slug, second.slug])
    assert (await afresh(sockets, "bob")).shown == page.shown


def test_conversations_have_their_place_beside_many_rooms(
    side_has, alice: Person, bob: Person, client_of: Callable[..., Client]
):
    side_has(2)
    in_rooms(bob, "attic", "tea", "zoo")
    room = open_direct(bob, [alice])
    side = Side(client_of(bob).get("/rooms/zoo/").content.decode())
    assert side.section("rooms") == ["attic", "general", "zoo"]
    assert side.section("direct") == [room.slug]
    assert MORE in side.lists["rooms"]


def test_a_mention_beyond_the_side_counts(
    side_has, alice: Person, bob: Person, client_of: Callable[..., Client]
):
    side_has(1)
    in_rooms(bob, "attic", "zoo")
    say(alice, "zoo", "@bob hello")
    assert Side(client_of(bob).get("/rooms/new/").content.decode()).badges["mentions"] == "1!"


def test_a_section_stays_folded(bob: Person, client_of: Callable[..., Client]):
    client = client_of(bob)
    assert client.get("/rooms/new/").content.decode().count('<details class="side-section" open>') == 3

    response = client.post("/side/rooms/", {"folded": "true"}, headers={"HX-Request": "true"})

    assert response.status_code == 204
    page = client_of(bob).get("/rooms/new/").content.decode()
    assert page.count('<details class="side-section" open>') == 2
    client.post("/side/rooms/", {"folded": "false"})
    assert client.get("/rooms/new/").content.decode().count('<details class="side-section" open>') == 3


def test_there_are_no_other_sections(bob: Person, client_of: Callable[..., Client]):
    assert client_of(bob).post("/side/attic/", {"folded": "true"}).status_code == 404


@pytest.mark.parametrize("sent", [{}, {"order": "size"}, {"order": "\x00"}])
def test_there_are_no_other_orders(bob: Person, client_of: Callable[..., Client], sent: dict):
    assert client_of(bob).post("/side/", sent).status_code == 422
