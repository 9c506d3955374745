"""Who may open a socket."""

import pytest
from asgiref.sync import sync_to_async

from tests.sockets import Sockets

pytestmark = pytest.mark.usefixtures("alice")


async def test_a_signed_in_person_is_welcome(sockets: Sockets) -> None:
    socket = await sockets("/ws/live/", "alice")
    assert "#pulse" in await socket.next()


async def test_a_stranger_is_told_and_closed_with_4401(sockets: Sockets) -> None:
    socket = await sockets("/ws/live/")
    assert await socket.closed() == 4401
    assert "You are signed out" in socket.texts[0]


async def test_a_session_that_is_not_is_closed_with_4401(sockets: Sockets) -> None:
    client = await sockets.client("alice")
    client.cookies["sessionid"] = "x" * 32
    assert await (await sockets("/ws/live/", client)).closed() == 4401


async def test_a_closed_account_is_closed_with_4401(sockets: Sockets, alice) -> None:
    client = await sockets.client("alice")
    alice.is_active = False
    await alice.asave()
    assert await (await sockets("/ws/live/", client)).closed() == 4401


async def test_an_old_password_is_closed_with_4401(sockets: Sockets, alice) -> None:
    client = await sockets.client("alice")
    await sync_to_async(alice.set_password)("another-one")
    await alice.asave()
    assert await (await sockets("/ws/live/", client)).closed() == 4401


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example.org", "http://testserver.example.org", "null", ""]
)
async def test_another_origin_is_refused(sockets: Sockets, origin: str) -> None:
    assert not await (await sockets.knock("/ws/live/", "alice", origin=origin)).connect()


async def test_a_program_without_an_origin_may_come(sockets: Sockets) -> None:
    socket = await sockets("/ws/live/", "alice", origin=None)
    await socket.next()


async def test_another_host_is_refused(sockets: Sockets) -> None:
    socket = await sockets.knock("/ws/live/", "alice", origin=None)
    socket.communicator.scope["headers"][0] = (b"host", b"evil.example.org")
    assert not await socket.connect()


async def test_an_address_without_a_socket_is_refused(sockets: Sockets) -> None:
    assert not await (await sockets.knock("/ws/nowhere/", "alice")).connect()
