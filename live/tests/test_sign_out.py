"""Ending a session ends its sockets, wherever it is ended."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.urls import reverse

from live import server_process, sessions
from live.models import Connection
from tests.sockets import Sockets

pytestmark = pytest.mark.usefixtures("alice", "bob")


async def test_signing_out_closes_every_socket_of_the_session_with_4401(sockets: Sockets) -> None:
    client = await sockets.client("alice")
    first, second = await sockets("/ws/live/", client), await sockets("/ws/live/", client)
    await sync_to_async(client.post)(reverse("account_logout"))
    assert await first.closed() == 4401
    assert await second.closed() == 4401
    assert "You are signed out." in first.texts[-1]


async def test_another_session_of_the_same_person_stays(sockets: Sockets) -> None:
    client, other = await sockets.client("alice"), await sockets.client("alice")
    socket = await sockets("/ws/live/", other)
    await sockets("/ws/live/", client)
    await sync_to_async(client.post)(reverse("account_logout"))
    assert "signed out." not in (await socket.quiet(0.5)).replace("alice signed out.", "")
    await socket.resume(0)


async def test_the_others_are_told_and_no_grace_is_left(sockets: Sockets) -> None:
    client = await sockets.client("bob")
    alice = await sockets("/ws/live/", "alice")
    await alice.quiet(1.2)
    page = await sockets("/ws/live/", client)
    await alice.until("bob came online")
    await page.leave()
    await sync_to_async(client.post)(reverse("account_logout"))
    said = str(await alice.until("bob signed out"))
    if "#online-" not in said:
        said += await alice.until('hx-swap="delete"')
    assert "went offline" not in said + await alice.quiet(0.5)


async def test_a_new_password_closes_the_other_sessions(sockets: Sockets, alice) -> None:
    socket = await sockets("/ws/live/", "alice")
    await socket.next()
    alice.set_password("a-new-password")
    await sync_to_async(alice.save)()
    assert await socket.closed() == 4401


async def test_a_closed_account_closes_its_sockets(sockets: Sockets, alice) -> None:
    socket = await sockets("/ws/live/", "alice")
    await socket.next()
    alice.is_active = False
    await sync_to_async(alice.save)()
    assert await socket.closed() == 4401


async def test_a_session_that_ends_unheard_is_noticed(sockets: Sockets) -> None:
    socket = await sockets("/ws/live/", "alice")
    await socket.resume(0)
    await asyncio.sleep(0.1)
    # As a database that was restored would: without any signal.
    await sync_to_async(Session.objects.all()._raw_delete)("default")
    await server_process.ServerProcess.current().recheck()
    assert await socket.closed() == 4401


async def test_signing_out_is_written_down(sockets: Sockets) -> None:
    client = await sockets.client("alice")
    socket = await sockets("/ws/live/", client)
    await socket.resume(0)
    await sync_to_async(client.post)(reverse("account_logout"))
    await socket.closed()
    await socket.leave(4401)
    row = await Connection.objects.aget()
    assert (row.close_code, row.present_until) == (4401, row.closed_at)


@pytest.mark.parametrize("what_ends", ["the session", "the password", "the account"])
async def test_what_ends_during_the_handshake_ends_the_socket(
    sockets: Sockets, alice, monkeypatch, what_ends: str
) -> None:
    client = await sockets.client("alice")
    find = sessions.people_of

    def find_and_then_end(session_keys: set[str]):
        people = find(session_keys)
        monkeypatch.setattr(sessions, "people_of", find)
        if what_ends == "the session":
            Session.objects.filter(session_key__in=session_keys).delete()
        elif what_ends == "the password":
            alice.set_password("a-new-password")
            alice.save()
        else:
            alice.is_active = False
            alice.save()
        return people

    monkeypatch.setattr(sessions, "people_of", find_and_then_end)
    assert await (await sockets("/ws/live/", client)).closed() == 4401
