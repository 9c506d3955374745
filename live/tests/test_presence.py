"""Who is here, as other people's pages hear of it."""

import asyncio
import datetime

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from accounts import broadcasts
from accounts import render as accounts_fragments
from live import actions, models, server_process
from live.models import Connection, Process
from live.presence import ONLINE, present
from tests.page import takes_away
from tests.sockets import Sockets, TestSocket

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    """Graces and looks of a fraction of a second: what is tested is what happens, not when."""
    monkeypatch.setattr(actions, "GRACE", datetime.timedelta(seconds=0.5))
    monkeypatch.setattr(server_process, "LOOK_INTERVAL", 0.1)
    monkeypatch.setattr(broadcasts, "BURST", 0.3)


async def online() -> set[int]:
    return (await sync_to_async(present)())[ONLINE]


async def clients(sockets: Sockets, *names: str) -> list[Client]:
    """Browsers in which these people are signed in, before anybody could hear of it."""
    return [await sockets.client(name) for name in names]


async def arrived(sockets: Sockets, name: str) -> TestSocket:
    """A page of somebody who is here, and whose coming is no longer news."""
    socket = await sockets("/ws/live/", name)
    await socket.until("data-count=online")
    await socket.quiet(broadcasts.BURST)
    return socket


async def test_arriving_and_leaving_is_seen_by_the_others(sockets: Sockets, bob) -> None:
    (bobs,) = await clients(sockets, "bob")
    alice = await arrived(sockets, "alice")
    page = await sockets("/ws/live/", bobs)
    assert f'id="online-{bob.pk}"' in await alice.until("bob came online")
    await page.leave()
    assert takes_away(f"#online-{bob.pk}")(await alice.until("bob went offline"))


async def test_signing_in_is_told_at_once_and_arriving_then_is_no_news(sockets: Sockets) -> None:
    alice = await arrived(sockets, "alice")
    (bobs,) = await clients(sockets, "bob")
    await alice.until("bob signed in")
    await sockets("/ws/live/", bobs)
    assert "came online" not in await alice.until('id="online-') + await alice.quiet(0.5)


async def test_nobody_hears_of_themselves(sockets: Sockets) -> None:
    alice = await arrived(sockets, "alice")
    await alice.resume(0)
    assert "alice" not in (await alice.quiet(0.5)).partition("#notices")[2]


async def test_the_second_tab_is_no_news_and_neither_is_closing_it(sockets: Sockets) -> None:
    (bobs,) = await clients(sockets, "bob")
    alice = await arrived(sockets, "alice")
    first, second = await sockets("/ws/live/", bobs), await sockets("/ws/live/", bobs)
    await alice.until("bob came online")
    await second.leave()
    assert "bob" not in await alice.quiet(1)
    await first.leave()
    await alice.until("bob went offline")


async def test_a_reload_is_no_news(sockets: Sockets) -> None:
    (bobs,) = await clients(sockets, "bob")
    alice = await arrived(sockets, "alice")
    page = await sockets("/ws/live/", bobs)
    await alice.until("bob came online")
    await page.leave()
    await sockets("/ws/live/", bobs)
    assert "bob" not in await alice.quiet(1)


async def test_a_burst_is_one_banner(sockets: Sockets, monkeypatch) -> None:
    # Long enough for all of them on a slow machine.
    monkeypatch.setattr(broadcasts, "BURST", 3)
    await sync_to_async(_new_people)(5)
    names = ["bob", "charlie", *(f"guest-{number}" for number in range(5))]
    first, *others = await clients(sockets, *names)
    alice = await arrived(sockets, "alice")
    await alice.resume(0)
    await sockets("/ws/live/", first)
    await alice.until("bob came online")
    for client in others:
        await sockets("/ws/live/", client)
    text = await alice.until("others came online")
    assert "charlie, guest-0 and 4 others came online." in text
    assert text.count('<p class="notice') == 1
    # And one line beside the list of people.
    assert text.count('hx-target="#people-news"') == 1
    assert text.count("came online") == 2


async def test_a_storm_is_a_few_frames(sockets: Sockets, monkeypatch) -> None:
    monkeypatch.setattr(server_process, "LOOK_PAUSE", 2)
    await sync_to_async(_new_people)(10)
    others = await clients(sockets, *(f"guest-{number}" for number in range(10)))
    alice = await arrived(sockets, "alice")
    await alice.resume(0)
    alice.texts.clear()
    for client in others:
        await sockets("/ws/live/", client)
    await alice.until('hx-target="[data-count=online]" hx-swap="textContent">11<')
    assert sum("#online" in text for text in alice.texts) <= 2


async def test_more_than_the_list_shows_are_counted_in_it(
    sockets: Sockets, monkeypatch, bob, charlie
) -> None:
    monkeypatch.setattr(accounts_fragments, "LIST_LENGTH", 1)
    alice = await arrived(sockets, "alice")
    running = await Process.objects.acreate(lease_until=timezone.now() + models.LEASE)
    rows = [Connection(process=running, person=person, session="x") for person in (bob, charlie)]
    await sync_to_async(actions.open_connections)(rows)
    await alice.until("and 2 more")


async def test_very_many_are_a_number_and_their_coming_is_no_news(sockets: Sockets, monkeypatch, bob) -> None:
    monkeypatch.setattr(accounts_fragments, "MOST_NAMED", 1)
    monkeypatch.setattr(broadcasts, "NUMBER_EVERY", 0)
    others = await clients(sockets, "bob", "charlie")
    alice = await sockets("/ws/live/", "alice")
    for client in others:
        await sockets("/ws/live/", client)
    html = await alice.until("3 people")
    assert f'id="on-{bob.pk}"' not in html
    assert "charlie came online" not in html


def _new_people(count: int) -> None:
    from django.contrib.auth import get_user_model

    for number in range(count):
        get_user_model().objects.create_user(f"guest-{number}", password="parley-demo")


async def test_a_killed_process_leaves_no_ghost(sockets: Sockets, bob) -> None:
    now = timezone.now()
    dead = await Process.objects.acreate(lease_until=now - datetime.timedelta(seconds=1))
    ghost = await Connection.objects.acreate(process=dead, person=bob, session="x")
    assert await online() == set()
    await sync_to_async(actions.sweep)()
    await ghost.arefresh_from_db()
    assert ghost.closed_at is not None
    assert ghost.close_code == 1006


async def test_a_living_process_counts_until_its_lease_ends(sockets: Sockets, bob) -> None:
    alive = await Process.objects.acreate(lease_until=timezone.now() + models.LEASE)
    await Connection.objects.acreate(process=alive, person=bob, session="x")
    assert await online() == {bob.pk}
    await Process.objects.filter(pk=alive.pk).aupdate(lease_until=timezone.now())
    assert await online() == set()


async def test_a_process_that_ends_well_gives_a_grace(sockets: Sockets, bob) -> None:
    await sockets("/ws/live/", "bob")
    await asyncio.sleep(0.2)
    for running in list(server_process.processes.values()):
        await running.stop()
    row = await Connection.objects.aget()
    assert row.close_code == 1012


async def test_the_log_forgets(sockets: Sockets, bob) -> None:
    old = timezone.now() - models.LOG_KEPT - datetime.timedelta(minutes=1)
    await Connection.objects.acreate(person=bob, session="x", opened_at=old, closed_at=old, present_until=old)
    await sync_to_async(actions.sweep)()
    assert not await Connection.objects.aexists()


async def test_a_process_that_stood_still_for_longer_than_its_lease_opens_its_rows_again(
    sockets: Sockets, alice, bob
) -> None:
    page, gone = await arrived(sockets, "alice"), await arrived(sockets, "bob")
    process = server_process.ServerProcess.current()
    await Process.objects.filter(pk=process.id).aupdate(lease_until=timezone.now())
    # What any other process does with what it takes for abandoned.
    await sync_to_async(actions.sweep)()
    await page.until("bob went offline")
    assert await online() == set()

    await process._keep_lease()

    await page.until(f'id="online-{bob.pk}"')
    assert await online() == {alice.pk, bob.pk}
    await gone.leave()
    await page.until("bob went offline")
    assert await online() == {alice.pk}
