"""Who is let in, and who is not, when many arrive together."""

import asyncio
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as site
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from live import actions, admission, bus, models
from live.hub import Socket
from live.limits import FixedWindowLimit
from live.models import Connection, Process
from live.server_process import ServerProcess
from tests.sockets import PATIENCE, Sockets, TestSocket

pytestmark = pytest.mark.usefixtures("alice", "bob")

PAGE = "/ws/live/"


class Door:
    """Stays closed for those who come while the first one is let in."""

    def __init__(self) -> None:
        self.together: list[int] = []
        self.opened = Event()
        self.arrive = admission.admit

    def __call__(self, process_id: Any, those: list[Any]) -> Any:
        self.together.append(len(those))
        assert self.opened.wait(PATIENCE)
        return self.arrive(process_id, those)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    door = Door()
    monkeypatch.setattr(admission, "admit", door)
    return door


def guests(count: int) -> list[str]:
    """So many new people."""
    names = [f"guest-{number}" for number in range(count)]
    for name in names:
        get_user_model().objects.create_user(name)
    return names


async def are_back(sockets: Sockets, door: Door, *clients: Client | None) -> list[TestSocket]:
    """Sockets that wait for the door together, as after a restart; it is open when this returns."""
    first = await sockets.knock(PAGE, "alice")
    assert await first.connect()
    while not door.together:
        await asyncio.sleep(0.01)
    waiting = [await sockets.knock(PAGE, client) for client in clients]
    for socket in waiting:
        assert await socket.connect()
    await asyncio.sleep(0.1)
    door.opened.set()
    return waiting


async def test_those_who_wait_are_let_in_together(sockets: Sockets, door: Door) -> None:
    clients = [await sockets.client(name) for name in await sync_to_async(guests)(20)]
    for socket in await are_back(sockets, door, *clients):
        await socket.until("#pulse")
    assert door.together == [1, 20]
    assert await Connection.objects.filter(closed_at=None).acount() == 21


async def test_who_is_refused_is_refused_alone(sockets: Sockets, door: Door) -> None:
    bob, hostile = await sockets.client("bob"), Client()
    # Quoted, so that each of these is a NUL, which PostgreSQL refuses to look for.
    hostile.cookies["sessionid"] = '"' + "\\000" * 32 + '"'
    stranger, crafted, welcome = await are_back(sockets, door, None, hostile, bob)
    assert await stranger.closed() == 4401
    assert await crafted.closed() == 4401
    await welcome.until("#pulse")
    assert door.together == [1, 3]


def change_session(client: Client, **values: Any) -> None:
    session = client.session
    session.update(values)
    session.save()


@pytest.mark.parametrize(
    "values",
    [{HASH_SESSION_KEY: ""}, {HASH_SESSION_KEY: "x"}, {BACKEND_SESSION_KEY: "elsewhere"}],
)
async def test_a_session_that_django_refuses_is_refused(sockets: Sockets, values: dict[str, Any]) -> None:
    client = await sockets.client("alice")
    await sync_to_async(change_session)(client, **values)
    assert await (await sockets(PAGE, client)).closed() == 4401


async def test_an_expired_session_is_refused(sockets: Sockets) -> None:
    client = await sockets.client("alice")
    await Session.objects.aupdate(expire_date=timezone.now() - timedelta(seconds=1))
    assert await (await sockets(PAGE, client)).closed() == 4401


async def test_a_session_from_before_a_new_secret_key_is_welcome_and_stays(
    sockets: Sockets, settings
) -> None:
    client = await sockets.client("alice")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" + "0123456789abcdef" * 4
    socket = await sockets(PAGE, client)
    await socket.until("#pulse")
    assert await Session.objects.filter(pk=client.cookies[site.SESSION_COOKIE_NAME].value).aexists()


async def test_who_comes_while_the_last_one_goes_hears_what_is_told(sockets: Sockets, monkeypatch) -> None:
    """With a layer that takes its time, as Redis does."""
    await sockets(PAGE, "alice")
    process, heard = ServerProcess.current(), []
    group_add = process.groups.layer.group_add

    async def slowly(group: str, channel: str) -> None:
        await group_add(group, channel)
        await asyncio.sleep(0.05)

    async def send(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    monkeypatch.setattr(process.groups.layer, "group_add", slowly)
    last, next_one = (Socket(send, person_id=0, session_key="") for _ in range(2))
    await process.join(last, "room-7")
    coming = asyncio.create_task(process.join(next_one, "room-7"))
    process.remove(last)
    await coming
    await asyncio.sleep(0.05)
    await sync_to_async(bus.publish_fragment)("room-7", "told")
    await asyncio.sleep(0.05)
    assert heard == ["told"]


# -- Limits --------------------------------------------------------------------------------


async def test_one_page_too_many_is_told_and_closed_with_4429(sockets: Sockets, monkeypatch) -> None:
    monkeypatch.setattr(admission, "SOCKETS_PER_PERSON", 2)
    client = await sockets.client("alice")
    pages = [await sockets(PAGE, client) for _ in range(2)]
    third = await sockets(PAGE, client)
    assert await third.closed() == 4429
    assert "You have 2 pages open, as many as one may." in third.texts[0]

    await (await sockets(PAGE, "bob")).resume(0)
    for page in pages:
        await page.resume(0)
    await pages[0].leave()
    await (await sockets(PAGE, client)).resume(0)


async def test_those_who_come_together_are_counted_together(
    sockets: Sockets, door: Door, monkeypatch
) -> None:
    monkeypatch.setattr(admission, "SOCKETS_PER_PERSON", 2)
    bob = await sockets.client("bob")
    first, second, third = await are_back(sockets, door, bob, bob, bob)
    assert await third.closed() == 4429
    await first.resume(0)
    await second.resume(0)


@pytest.mark.parametrize(("lease", "code"), [(models.LEASE, 4429), (-models.LEASE, None)])
async def test_sockets_in_other_processes_count_while_these_live(
    sockets: Sockets, alice, monkeypatch, lease: timedelta, code: int | None
) -> None:
    monkeypatch.setattr(admission, "SOCKETS_PER_PERSON", 1)
    client = await sockets.client("alice")
    other = await Process.objects.acreate(lease_until=timezone.now() + lease)
    await Connection.objects.acreate(process=other, person=alice, session="x")
    socket = await sockets(PAGE, client)
    if code:
        assert await socket.closed() == code
    else:
        await socket.resume(0)


async def test_who_connects_again_and_again_is_told_and_closed_with_4429(
    sockets: Sockets, monkeypatch
) -> None:
    monkeypatch.setattr(admission, "CONNECT_LIMIT", FixedWindowLimit("connects", 3, 60))
    client = await sockets.client("alice")
    for _ in range(3):
        await (await sockets(PAGE, client)).leave()
    fourth = await sockets(PAGE, client)
    assert await fourth.closed() == 4429
    assert "You connect too often." in fourth.texts[0]
    await (await sockets(PAGE, "bob")).resume(0)


async def test_who_was_refused_is_not_written_down(sockets: Sockets, monkeypatch) -> None:
    monkeypatch.setattr(admission, "SOCKETS_PER_PERSON", 0)
    socket = await sockets(PAGE, "alice")
    assert await socket.closed() == 4429
    await socket.leave(4429)
    assert not await Connection.objects.aexists()


# -- The end -------------------------------------------------------------------------------


async def test_those_who_go_together_are_written_down_together(sockets: Sockets, monkeypatch) -> None:
    close, together, may_go_on = actions.close_connections, [], Event()

    def slowly(departures: Any) -> Any:
        together.append(len(departures))
        assert may_go_on.wait(PATIENCE)
        return close(departures)

    monkeypatch.setattr(actions, "close_connections", slowly)
    client = await sockets.client("alice")
    pages = [await sockets(PAGE, client) for _ in range(8)]
    leaving = [asyncio.create_task(page.leave(1000 + number % 2)) for number, page in enumerate(pages)]
    await asyncio.sleep(0.1)
    may_go_on.set()
    await asyncio.gather(*leaving)
    assert sum(together) == 8
    assert len(together) <= 2
    codes = [row.close_code async for row in Connection.objects.order_by("pk")]
    assert codes == [1000, 1001] * 4


async def test_an_end_that_could_not_be_written_down_is_when_the_database_is_back(
    sockets: Sockets, monkeypatch
) -> None:
    close = actions.close_connections

    def fail(departures: Any) -> Any:
        raise OperationalError("the database is away")

    away = [fail]
    monkeypatch.setattr(actions, "close_connections", lambda departures: (away or [close])[0](departures))
    socket = await sockets(PAGE, "alice")
    await socket.leave()
    assert await Connection.objects.filter(closed_at=None).aexists()
    away.clear()
    await ServerProcess.current()._keep_lease()
    async with asyncio.timeout(PATIENCE):
        while await Connection.objects.filter(closed_at=None).aexists():
            await asyncio.sleep(0.01)


async def test_a_socket_that_failed_while_it_was_let_in_is_written_down_as_cut_off(
    sockets: Sockets, monkeypatch
) -> None:
    async def fail(*words: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(ServerProcess, "join", fail)
    socket = await sockets.knock(PAGE, "alice")
    assert await socket.connect()
    with pytest.raises(RuntimeError):
        await socket.communicator.wait(PATIENCE)
    row = await Connection.objects.aget()
    assert row.close_code == 1006


async def test_a_process_that_others_have_swept_lets_people_in(sockets: Sockets) -> None:
    """It stood still for longer than two leases, and is asked before it has renewed its own."""
    await sockets("/ws/live/", "alice")
    await sync_to_async(Process.objects.all().delete)()
    await (await sockets("/ws/live/", "bob")).until("#pulse")
    assert await Process.objects.acount() == 1
