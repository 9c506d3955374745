"""Away: here, and looking at none of one's pages for a while."""

import pytest
from asgiref.sync import sync_to_async

from live import away, server_process
from live.presence import AWAY, present
from tests.sockets import Sockets

pytestmark = pytest.mark.usefixtures("alice", "bob")
LIVE = "/ws/live/"


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    """A fraction of a second: what is tested is what happens, not when."""
    monkeypatch.setattr(away, "AWAY_AFTER", 0.3)
    monkeypatch.setattr(server_process, "LOOK_INTERVAL", 0.1)


async def who_is_away() -> set[int]:
    return (await sync_to_async(present)()).get(AWAY, set())


@pytest.mark.parametrize("path", [LIVE, "/ws/rooms/general/"])
async def test_the_others_see_who_goes_away_and_comes_back(sockets: Sockets, bob, path) -> None:
    alice = await sockets(LIVE, "alice")
    page = await sockets(path, "bob")
    await alice.until(f'id="on-{bob.pk}"')
    await page.send(type="away")
    html = await alice.until(f'data-away="{bob.pk}"')
    assert f'<svg><circle id="on-{bob.pk}" class="is-away"/></svg>' in html
    assert await who_is_away() == {bob.pk}
    await page.send(type="looking")
    html = await alice.until(f'<svg><circle id="on-{bob.pk}"/></svg>')
    assert await who_is_away() == set()


async def test_not_while_one_looks_at_another_page(sockets: Sockets) -> None:
    first, second = await sockets(LIVE, "bob"), await sockets(LIVE, "bob")
    await first.send(type="away")
    await first.quiet(1)
    assert await who_is_away() == set()
    await second.send(type="away")
    await second.until("data-away")


async def test_a_short_look_elsewhere_is_not_written_down(sockets: Sockets, monkeypatch) -> None:
    monkeypatch.setattr(away, "AWAY_AFTER", 60)
    page = await sockets(LIVE, "bob")
    for _ in range(5):
        await page.send(type="away")
        await page.send(type="looking")
    await page.send(type="away")
    await page.quiet(0.5)
    assert await who_is_away() == set()


async def test_a_page_that_comes_knows_who_is_away(sockets: Sockets, bob) -> None:
    page = await sockets(LIVE, "bob")
    await page.send(type="away")
    await page.until("data-away")
    client = await sockets.client("alice")
    html = (await sync_to_async(client.get)("/rooms/")).content.decode()
    assert f'data-away="{bob.pk}"' in html
    assert "<dd>Away</dd>" in (await sync_to_async(client.get)("/people/bob/")).content.decode()
