"""What happens in a room is told to the processes that serve its members, and to no other."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import Person
from live import server_process
from live.server_process import ServerProcess
from rooms import events
from rooms.actions.reading import read_rooms
from rooms.models import Membership, Room
from rooms.models.values import ReadReceipt
from rooms.render.badges import badge_html, badge_of
from rooms.tests.saying import closed_room, say
from rooms.unread.tracker import tracker_of
from tests.sockets import PATIENCE, Sockets

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")
LIVE = "/ws/live/"
KINDS = (events.POSTED, events.CEASED, events.READ, events.MARKED_UNREAD, events.ROOMS_CHANGED)


@pytest.fixture(autouse=True)
def by_room(settings) -> None:
    settings.EVENTS_BY_ROOM = True


@pytest.fixture
def heard(monkeypatch) -> list[str]:
    """The kinds of the events that the process has heard."""
    kinds: list[str] = []

    def noting(kind: str, handle: Any) -> Any:
        def note(process: ServerProcess, event: dict[str, Any]) -> None:
            kinds.append(kind)
            handle(process, event)

        return note

    for kind in KINDS:
        monkeypatch.setitem(server_process.handlers, kind, noting(kind, server_process.handlers[kind]))
    return kinds


def badge(room: Room, count: int) -> str:
    return badge_html(room.pk, badge_of(count, False))


def put_in(person: Person, room: Room) -> None:
    room.refresh_from_db()
    Membership.objects.create(person=person, room=room, read=room.posts)
    events.publish_rooms_changed([person.pk])


async def test_it_hears_of_the_rooms_of_those_who_have_a_page_here(
    sockets: Sockets, heard: list[str], alice, bob, charlie
) -> None:
    board = await sync_to_async(closed_room)(bob)
    page = await sockets(LIVE, "alice")
    await page.resume(0)
    heard.clear()

    await sync_to_async(say)(bob, "board", "for nobody here")
    await sync_to_async(events.publish_rooms_changed)([charlie.pk])
    general = await sync_to_async(Room.objects.get)(slug="general")
    await sync_to_async(say)(bob, "general", "for alice")
    await page.until(badge(general, 1))
    assert set(heard) == {events.POSTED}
    assert heard.count(events.POSTED) == 1

    await sync_to_async(put_in)(alice, board)
    await page.until("board")
    await sync_to_async(say)(bob, "board", "for alice, too")
    await page.until(badge(board, 1))


async def test_what_is_read_elsewhere_is_read_here(sockets: Sockets, heard: list[str], alice, bob) -> None:
    page = await sockets(LIVE, "alice")
    await page.resume(0)
    general = await sync_to_async(Room.objects.get)(slug="general")
    message = await sync_to_async(say)(bob, "general", "for alice")
    await page.until(badge(general, 1))
    await sync_to_async(read_rooms)([ReadReceipt(general.pk, message.number, [alice.pk])])
    await page.until(badge(general, 0))
    assert events.READ in heard


async def test_of_whom_nobody_is_left_it_hears_no_longer(sockets: Sockets, alice, bob) -> None:
    page = await sockets(LIVE, "alice")
    await page.resume(0)
    process = ServerProcess.current()
    assert events.events_of_person(alice.pk) in process.groups.wanted
    await page.leave()
    async with asyncio.timeout(PATIENCE):
        while [group for group in process.groups.wanted if group.startswith(("members-", "people-"))]:
            tracker_of(process).forget_those_who_left()
            await asyncio.sleep(0.02)
