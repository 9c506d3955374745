"""A page is in one time zone: its socket ends where that is its person's no longer."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from accounts.actions import edit_profile
from accounts.models import Person
from live import server_process, sessions
from tests.sockets import Sockets

pytestmark = pytest.mark.usefixtures("alice", "bob")

AUCKLAND, LOS_ANGELES = "Pacific/Auckland", "America/Los_Angeles"
LIVE = "/ws/live/"


async def zone_of(username: str, zone: str) -> Person:
    """Let somebody have a time zone, as the database alone knows."""
    await Person.objects.filter(username=username).aupdate(time_zone=zone)
    return await Person.objects.aget(username=username)


async def test_a_page_in_the_zone_of_its_person_is_served(sockets: Sockets) -> None:
    await zone_of("alice", AUCKLAND)
    socket = await sockets(f"{LIVE}?zone={AUCKLAND}", "alice")
    await socket.resume(0)


async def test_one_in_the_sites_is_for_those_without_a_zone(sockets: Sockets, settings) -> None:
    settings.TIME_ZONE = "Europe/Lisbon"
    for query in ("?zone=Europe/Lisbon", ""):
        await (await sockets(LIVE + query, "alice")).resume(0)


@pytest.mark.parametrize(
    "query", ["", "?zone=UTC", "?zone=Pacific/Nowhere", "?zone=", "?zone=%FF%00", "?zone"]
)
async def test_one_in_another_is_told_to_load_again(sockets: Sockets, query: str) -> None:
    await zone_of("alice", AUCKLAND)
    socket = await sockets(LIVE + query, "alice")
    assert await socket.closed() == 4409
    assert "Your time zone or language has changed" in socket.texts[-1]


async def test_a_program_need_not_say_one(sockets: Sockets) -> None:
    await zone_of("alice", AUCKLAND)
    program = await sockets("/ws/chat/general/", "alice")
    await program.send(message="Hello")
    assert (await program.next_json())["sent_at"].endswith("+00:00")


async def test_pages_end_when_their_person_chooses_another(sockets: Sockets) -> None:
    alice = await zone_of("alice", AUCKLAND)
    page, program = (
        await sockets(f"{LIVE}?zone={AUCKLAND}", "alice"),
        await sockets("/ws/chat/general/", "alice"),
    )
    bobs = await sockets(LIVE, "bob")
    await sync_to_async(edit_profile)(alice, display_name="Alice", time_zone=LOS_ANGELES, hue=None)
    assert await page.closed() == 4409
    await program.send(message="Hello")
    assert (await program.next_json())["message"] == "Hello"
    await bobs.resume(0)


async def test_pages_stay_when_something_else_of_the_profile_changes(sockets: Sockets) -> None:
    alice = await zone_of("alice", AUCKLAND)
    page = await sockets(f"{LIVE}?zone={AUCKLAND}", "alice")
    await sync_to_async(edit_profile)(alice, display_name="Alice", time_zone=AUCKLAND, hue=3)
    await page.until(">Alice<")
    await page.resume(0)


async def test_where_nobody_told_of_it_they_end_with_the_regular_look(sockets: Sockets, monkeypatch) -> None:
    monkeypatch.setattr(sessions, "RECHECK_INTERVAL", 0.2)
    page = await sockets(LIVE, "alice")
    await zone_of("alice", LOS_ANGELES)
    assert await page.closed() == 4409


async def test_one_that_is_just_being_let_in_ends_as_well(sockets: Sockets, monkeypatch) -> None:
    """Who changes the zone closes the pages that are there; this one is not yet."""
    alice = await zone_of("alice", AUCKLAND)
    process = server_process.ServerProcess.current()
    admitted = process.arrivals.do

    async def and_then(arrival) -> None:
        await admitted(arrival)
        await sync_to_async(edit_profile)(alice, display_name="", time_zone=LOS_ANGELES, hue=None)
        while not process.revoked:
            await asyncio.sleep(0.01)

    monkeypatch.setattr(process.arrivals, "do", and_then)
    assert await (await sockets(f"{LIVE}?zone={AUCKLAND}", "alice")).closed() == 4409


async def test_the_log_is_in_the_zone_of_who_looks_at_it(sockets: Sockets) -> None:
    await zone_of("alice", "Asia/Kathmandu")
    client = await sockets.client("alice")
    log = await sockets("/ws/connection/?zone=Asia/Kathmandu", client)
    assert "+05:45" in await log.resume(0)
    await sockets(f"{LIVE}?zone=Asia/Kathmandu", client)
    pushed = await log.until("open</td>")
    page = (await sync_to_async(client.get)("/connection/")).content.decode()
    for html in (pushed, page):
        assert '+05:45">' in html
        assert "+00:00" not in html
        assert "\0" not in html
