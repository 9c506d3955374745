"""Who is let into a room over a socket, whoever arrives with them."""

import asyncio

import pytest

from rooms import access
from rooms.models import Membership, Room
from tests.sockets import Sockets

ROOM = "/ws/rooms/general/"

pytestmark = pytest.mark.usefixtures("alice", "bob")


async def test_everybody_is_let_into_the_room_they_ask_for_if_they_are_in_it(sockets: Sockets, alice) -> None:
    ours, theirs = await Room.objects.acreate(name="Ours", slug="ours"), "/ws/rooms/ours/"
    await Membership.objects.acreate(room=ours, person=alice)
    alices, bobs = await sockets.client("alice"), await sockets.client("bob")
    # With an address that PostgreSQL refuses to look for among them.
    asked = [(theirs, alices), (ROOM, bobs), (theirs, bobs), ("/ws/rooms/a\x00b/", alices), (ROOM, alices)]
    pages = [await sockets.knock(path, client) for path, client in asked]
    assert all(await asyncio.gather(*(page.connect() for page in pages)))
    in_ours, bobs_page, refused, nowhere, alices_page = pages
    assert await refused.closed() == 4403
    assert await nowhere.closed() == 4403
    await bobs_page.send(type="message", body="for general alone")
    await alices_page.until("for general alone")
    assert "for general alone" not in await in_ours.quiet()


async def test_who_leaves_the_room_while_their_page_is_let_in_is_shown_out(
    sockets: Sockets, monkeypatch
) -> None:
    find = access.memberships

    def find_and_then_leave(asked):
        monkeypatch.setattr(access, "memberships", find)
        found = find(asked)
        client.post("/rooms/general/leave/")
        return found

    client = await sockets.client("bob")
    monkeypatch.setattr(access, "memberships", find_and_then_leave)
    page = await sockets(ROOM, client)
    assert await page.closed() == 4403
