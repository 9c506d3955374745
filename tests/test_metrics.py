"""/metrics: for who has the token, and what it counts."""

import asyncio
import re

import pytest

from tests.sockets import Sockets
from tests.test_health import ask

TOKEN = "a-token-for-tests"
ROOM = "/ws/rooms/general/"


@pytest.fixture
def token(settings) -> str:
    """A site whose metrics may be read."""
    settings.METRICS_TOKEN = TOKEN
    return f"Bearer {TOKEN}"


@pytest.fixture
def general(alice, bob):
    """A room with both of them in it."""
    from rooms.models import Membership, Room

    room, _ = Room.objects.get_or_create(slug="general", defaults={"name": "general"})
    for person in (alice, bob):
        Membership.objects.get_or_create(room=room, person=person)


async def numbers(token: str) -> dict[str, float]:
    """What is counted, without what has labels."""
    status, text = await ask("/metrics", authorization=token)
    assert status == 200
    return {name: float(value) for name, value in re.findall(r"^(\w+) ([\d.e+-]+)$", text, re.MULTILINE)}


async def test_without_a_token_there_is_no_such_page(settings) -> None:
    settings.METRICS_TOKEN = ""

    assert (await ask("/metrics", authorization="Bearer "))[0] == 404


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", TOKEN])
async def test_with_another_token_it_is_refused(token: str, said: str) -> None:
    assert (await ask("/metrics", authorization=said))[0] == 401


async def test_it_counts_what_happens(sockets: Sockets, token: str, general: None) -> None:
    before = await numbers(token)
    page = await sockets(ROOM, "alice")
    await page.resume(0)
    program = await sockets("/ws/chat/general/", "bob")
    await page.send(type="message", body="how many grüße", token="t1")
    await page.until("how many")
    while (await program.next_json())["type"] != "message":
        pass
    async with asyncio.timeout(10):
        while (after := await numbers(token))["parley_people_online"] < 2:
            await asyncio.sleep(0.05)

    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert after["parley_sockets"] == 2
    assert grown["parley_post_seconds_count"] == 1
    assert grown["parley_deliveries_total"] >= 2
    assert grown["parley_delivered_bytes_total"] > 100
    assert grown["parley_catch_ups_total"] == 1
    for name in ("backlog_closes", "gaps_repaired", "publish_failures"):
        assert f"parley_{name}_total" in after
    assert after["process_start_time_seconds"] > 0


async def test_it_times_pages(token: str, transactional_db: None) -> None:
    before = await numbers(token)
    assert (await ask("/accounts/login/", host="testserver"))[0] in (200, 302)

    # It is counted when all of it has been sent, a moment after we have it.
    async with asyncio.timeout(10):
        while (await numbers(token))["parley_page_seconds_count"] == before["parley_page_seconds_count"]:
            await asyncio.sleep(0.01)
