"""The sound on an open page, for who has chosen one: `/accounts/notifications/sound/`, and what is pushed."""

import wave
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.contrib.staticfiles import finders

from accounts.models import Person
from rooms.actions.direct import open_direct
from rooms.actions.involvement import set_involvement
from rooms.actions.told_here import set_sound
from rooms.models import Membership
from rooms.tests.saying import say
from tests.sockets import Sockets, TestSocket

ADDRESS = "/accounts/notifications/sound/"
BELL = 'sounds/bell.wav"'

pytestmark = pytest.mark.usefixtures("alice", "bob")


# -- What is chosen ------------------------------------------------------------------------


def test_it_is_kept(bob, client_of):
    client = client_of(bob)
    assert client.post(ADDRESS, {"sound": "bell"})["Location"] == "/accounts/notifications/"
    bob.refresh_from_db()
    assert bob.sound == "bell"
    page = client.get("/accounts/notifications/").content.decode()
    assert 'value="bell"' in page
    assert page.count("<audio controls") == 3
    client.post(ADDRESS, {"sound": ""})
    bob.refresh_from_db()
    assert bob.sound == ""


def test_what_is_no_sound_is_refused(bob, client, client_of):
    assert client_of(bob).post(ADDRESS, {"sound": "gong"}).status_code == 422
    assert client_of(bob).get(ADDRESS).status_code == 405
    assert client.post(ADDRESS)["Location"].startswith("/accounts/login/")
    bob.refresh_from_db()
    assert bob.sound == ""


@pytest.mark.parametrize("sound", [one.value for one in Person.Sound if one.value])
def test_each_is_a_short_file(sound):
    path = finders.find(f"sounds/{sound}.wav")
    assert path
    with wave.open(path) as file:
        assert 0.1 < file.getnframes() / file.getframerate() < 1
    assert Path(path).stat().st_size < 10_000


# -- What is heard -------------------------------------------------------------------------


@pytest.fixture
async def heard(bob, sockets: Sockets):
    """Open a page of bob's, who has chosen a sound, and wait until his rooms are known."""
    await sync_to_async(set_sound)(bob, Person.Sound.BELL)

    async def open_page(path: str = "/ws/live/") -> TestSocket:
        page = await sockets(path, "bob")
        seen = {"seen": "0"} if "rooms" in path else {}
        await page.send(type="resume", names="0", statuses="0", rooms="0", **seen)
        await page.until('class="unread')
        return page

    return open_page


async def after_a_tick(page: TestSocket) -> str:
    """What came until the badges were written, and a little more."""
    arrived = await page.until("unread-of-")
    return arrived + await page.quiet(0.6)


async def test_what_is_for_one_is_heard_on_one_page(alice, bob, heard):
    one, other = await heard(), await heard()
    await one.send(type="away")
    await sync_to_async(say)(alice, "general", "nothing of yours")
    assert BELL not in await after_a_tick(other)
    await sync_to_async(say)(alice, "general", "@bob look")
    assert (await after_a_tick(other)).count(BELL) == 1
    assert BELL not in await one.quiet(0.1)


async def test_direct_messages_are_heard_and_ones_own_are_not(alice, bob, heard):
    slug = (await sync_to_async(open_direct)(alice, [bob])).slug
    await sync_to_async(say)(alice, slug, "the first lets it be listed")
    page = await heard()
    await sync_to_async(say)(bob, slug, "mine")
    assert BELL not in await page.quiet(0.6)
    await sync_to_async(say)(alice, slug, "yours")
    assert BELL in await after_a_tick(page)


async def test_a_room_that_is_looked_at_is_not_heard(alice, bob, heard):
    page = await heard("/ws/rooms/general/")
    await sync_to_async(say)(alice, "general", "@bob look")
    assert BELL not in await after_a_tick(page)
    await page.send(type="away")
    await sync_to_async(say)(alice, "general", "@bob look again")
    assert BELL in await page.until(BELL)


async def test_a_room_that_tells_nothing_is_not_heard(alice, bob, heard):
    membership = await sync_to_async(Membership.objects.get)(person=bob)
    await sync_to_async(set_involvement)(membership, Membership.Involvement.NOTHING)
    page = await heard()
    await sync_to_async(say)(alice, "general", "@bob look")
    assert BELL not in await after_a_tick(page)


async def test_who_wants_none_hears_none(alice, bob, heard):
    page = await heard()
    await sync_to_async(set_sound)(bob, Person.Sound.NONE)
    await page.quiet(0.6)
    await sync_to_async(say)(alice, "general", "@bob look")
    assert BELL not in await after_a_tick(page)
