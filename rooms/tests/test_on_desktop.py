"""What an open page shows on the desktop: `/accounts/notifications/desktop/`, and what is pushed for it."""

import re

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Block, Person
from rooms.actions.direct import open_direct
from rooms.actions.messages_delete import remove_message
from rooms.actions.told_here import set_on_desktop
from rooms.tests.saying import say
from rooms.unread import desktop
from tests.sockets import Sockets, TestSocket

ADDRESS = "/accounts/notifications/desktop/"
SHOWN = re.compile(r'<i title="([^"]*)" data-tag="told-\d+" data-body="([^"]*)"></i>')

pytestmark = pytest.mark.usefixtures("alice", "bob")


def test_it_is_kept(bob, client_of):
    client = client_of(bob)
    assert client.post(ADDRESS, {"on_desktop": "words"})["Location"] == "/accounts/notifications/"
    bob.refresh_from_db()
    assert bob.on_desktop == "words"
    page = client.get("/accounts/notifications/").content.decode()
    assert re.search(r'value="words"[^>]* checked', page)


def test_what_is_no_choice_is_refused(bob, client, client_of):
    assert client_of(bob).post(ADDRESS, {"on_desktop": "all"}).status_code == 422
    assert client_of(bob).get(ADDRESS).status_code == 405
    assert client.post(ADDRESS)["Location"].startswith("/accounts/login/")
    bob.refresh_from_db()
    assert bob.on_desktop == ""


@pytest.fixture
async def watching(bob, sockets: Sockets):
    """Open a page of bob's, who has chosen what is shown, and wait until his rooms are known."""

    async def open_page(choice: str = "words", path: str = "/ws/live/") -> TestSocket:
        await sync_to_async(set_on_desktop)(bob, Person.OnDesktop(choice))
        page = await sockets(path, "bob")
        seen = {"seen": "0"} if "rooms" in path else {}
        await page.send(type="resume", names="0", statuses="0", rooms="0", **seen)
        await page.until('class="unread')
        return page

    return open_page


async def test_what_is_for_one_is_shown_by_one_page(alice, watching):
    one, other = await watching(), await watching()
    await one.send(type="away")
    await sync_to_async(say)(alice, "general", "nothing of yours")
    await sync_to_async(say)(alice, "general", '@bob look at **"this"** <b>')
    arrived = await other.until("data-tag")
    assert SHOWN.findall(arrived) == [("alice · general", "@bob look at &quot;this&quot; &lt;b&gt;")]
    assert "data-tag" not in await one.quiet(0.1)


async def test_of_a_direct_conversation_who_wrote_and_no_words_unless_wanted(alice, bob, watching):
    slug = (await sync_to_async(open_direct)(alice, [bob])).slug
    await sync_to_async(say)(alice, slug, "the first lets it be listed")
    page = await watching("who")
    await sync_to_async(say)(bob, slug, "mine")
    await sync_to_async(say)(alice, slug, "a secret")
    assert SHOWN.findall(await page.until("data-tag")) == [("alice", "")]


async def test_a_room_that_is_looked_at_is_not_shown(alice, watching):
    page = await watching("words", "/ws/rooms/general/")
    await sync_to_async(say)(alice, "general", "@bob look")
    assert "data-tag" not in await page.quiet(1.5)
    await page.send(type="away")
    await sync_to_async(say)(alice, "general", "@bob look again")
    assert "look again" in SHOWN.findall(await page.until("data-tag"))[0][1]


async def test_nothing_is_pushed_to_who_wants_none(alice, watching):
    page = await watching("")
    await sync_to_async(say)(alice, "general", "@bob look")
    assert "data-tag" not in await page.until("unread-of-") + await page.quiet(0.6)


async def test_nor_what_somebody_says_whom_one_has_blocked(alice, bob, watching):
    page = await watching()
    await sync_to_async(Block.objects.create)(person=bob, blocked=alice)
    await sync_to_async(say)(alice, "general", "@bob look")
    assert "data-tag" not in await page.until("unread-of-") + await page.quiet(0.6)


def test_it_takes_two_queries_for_all_and_leaves_out_what_is_gone(alice, bob):
    said = [say(alice, "general", f"@bob {number}") for number in range(4)]
    remove_message(said[0])
    with CaptureQueriesContext(connection) as asked:
        messages, _ = desktop._load({(one.room_id, one.number) for one in said}, {alice.pk, bob.pk})
    assert {row.pk for row in messages.values()} == {one.pk for one in said[1:]}
    assert len(asked) == 2
