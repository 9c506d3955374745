"""A room in which much happens at once: its pages are written to seldom, and in the right order."""

import asyncio
import re
from collections.abc import Sequence

import pytest
from asgiref.sync import sync_to_async

from accounts.models import Person
from live import bus, pace, server_process
from live.metrics import GAPS_REPAIRED
from live.server_process import ServerProcess
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.models import Membership, Message
from rooms.tests.saying import say
from tests.page import Page, takes_away
from tests.sockets import Arrived, Sockets

pytestmark = pytest.mark.usefixtures("alice", "bob")

ROOM = "/ws/rooms/general/"
ROW = re.compile(r"<p>number (\d)</p>")


@pytest.fixture
def crowded(monkeypatch) -> None:
    """What comes after the first five things waits for what it has to come before, and for nothing else."""
    monkeypatch.setattr(pace, "PUSH_RATE", 0.001)
    monkeypatch.setattr(server_process, "LOOK_INTERVAL", 60)

    async def nobody_looks(process: ServerProcess) -> None:
        """Who comes and goes is something to come before."""

    monkeypatch.setattr(ServerProcess, "_tell_of_people", nobody_looks)


@sync_to_async
def much_is_said(alice: Person, times: int = 8) -> None:
    for number in range(times):
        say(alice, "general", f"number {number}")


@sync_to_async
def rename(person: Person) -> None:
    person.display_name = "Alicia"
    person.save()


def rows_in(frames: Sequence[str]) -> list[list[str]]:
    """The rows of each frame that has some."""
    return [found for frame in frames if (found := ROW.findall(frame))]


async def test_the_first_come_at_once_and_the_others_together(sockets: Sockets, alice, crowded) -> None:
    page = await sockets(ROOM, "bob")
    await much_is_said(alice)
    first = await page.until("number 4")
    assert "number 5" not in await page.quiet()

    await rename(alice)

    rest = await page.until("Alicia")
    assert rows_in(first.frames) == [["0"], ["1"], ["2"], ["3"], ["4"]]
    assert rows_in(rest.frames) == [["5", "6", "7"]]
    # What waited says the name that was: it may not come after the new one.
    assert rest.index("number 7") < rest.index("Alicia")


async def test_a_page_is_as_one_that_is_loaded_afresh(sockets: Sockets, alice, crowded) -> None:
    client = await sockets.client("bob")
    page = await sockets(ROOM, client)
    shown = Page((await sync_to_async(client.get)("/rooms/general/")).content.decode())
    await much_is_said(alice)
    hers = await Membership.objects.select_related("room", "person").aget(person=alice)
    message = await Message.objects.select_related("room").aget(body="number 6")
    await sync_to_async(edit_message)(hers, message, "number 9", edit_state(message))
    await rename(alice)

    shown.apply(await page.until("Alicia"))

    afresh = Page((await sync_to_async(client.get)("/rooms/general/")).content.decode())
    assert (shown.shown, shown.seen) == (afresh.shown, afresh.seen)
    # It says that it is busy, where a row of its own does not come with a movement.
    assert shown.find("#pace").find("i")


async def test_ones_own_row_that_waits_stays_until_the_other_is_there(
    sockets: Sockets, alice, crowded
) -> None:
    page = await sockets(ROOM, "bob")
    await much_is_said(alice, 5)
    await page.send(type="message", body="number 5", token="t1")
    answer = await page.until('id="token"') + await page.quiet()
    assert "number 5" not in answer
    assert not takes_away("#sent-t1")(answer)

    await rename(alice)

    arrived = await page.until(takes_away("#sent-t1"))
    (row,) = (n for n, frame in enumerate(arrived.frames) if "number 5" in frame)
    (gone,) = (n for n, frame in enumerate(arrived.frames) if takes_away("#sent-t1")(frame))
    assert row < gone


async def test_the_regular_look_brings_what_waits_and_asks_for_nothing(
    sockets: Sockets, alice, monkeypatch
) -> None:
    monkeypatch.setattr(pace, "PUSH_RATE", 0.001)
    page = await sockets(ROOM, "bob")
    repaired = GAPS_REPAIRED._value.get()
    await much_is_said(alice)
    await page.until("number 7")
    assert GAPS_REPAIRED._value.get() == repaired


async def test_who_comes_later_misses_nothing(sockets: Sockets, alice, crowded) -> None:
    page = await sockets(ROOM, "bob")
    await much_is_said(alice)
    another = await sockets(ROOM, "bob")
    missed = await another.resume(1)
    assert "number 7" in missed
    await page.leave()
    await another.leave()
    # Nobody is there: what waited is forgotten, and the next who comes waits for nothing.
    third = await sockets(ROOM, "bob")
    await sync_to_async(say)(alice, "general", "number 8")
    await third.until("number 8")


async def test_nothing_waits_longer_than_for_its_turn_whatever_went_before_it() -> None:
    pushed: list[bus.Fragment] = []
    busy = pace.Pace(pushed.append)
    one = bus.Fragment("room-1", "<i></i>", (), None, 1, 0, None)
    for _ in range(50):
        busy.push(one)
        # Something else comes that it has to come before.
        busy.push_all()
    busy.push(one)
    busy.push(one)
    assert len(pushed) == 50
    assert busy._timers["room-1"].when() - asyncio.get_running_loop().time() <= 1 / pace.PUSH_RATE
    busy.forget("room-1")


async def test_each_gets_what_is_for_them_in_the_order_in_which_it_came(sockets: Sockets, alice, bob) -> None:
    hers, his = await sockets("/ws/live/", "alice"), await sockets("/ws/live/", "bob")
    hub = ServerProcess.current().hub
    for number, whom in enumerate(({}, {"exclude_person": bob.pk}, {}, {"only": frozenset({bob.pk})}, {})):
        hub.deliver("everyone", f"<b>{number}</b>", f'{{"number": {number}}}', **whom)

    assert numbers(await hers.until("<b>4</b>")) == ["0", "1", "2", "4"]
    assert numbers(await his.until("<b>4</b>")) == ["0", "2", "3", "4"]


def numbers(arrived: Arrived) -> list[str]:
    return re.findall(r"<b>(\d)</b>", arrived.frames[-1])
