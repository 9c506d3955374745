"""What waits for one connection, as asyncio's own would."""

import asyncio

import pytest

from live.waiting import Gate, Inbox
from tests.sockets import PATIENCE


async def test_what_came_is_read_in_its_order() -> None:
    inbox = Inbox()
    reader = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    for number in range(3):
        inbox.put_nowait(number)
    assert await reader == 0
    assert [await inbox.get(), await inbox.get()] == [1, 2]
    assert inbox.empty()


async def test_a_reader_that_gives_up_loses_nothing() -> None:
    inbox = Inbox()
    reader = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    reader.cancel()
    inbox.put_nowait("said")
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert await inbox.get() == "said"


async def test_a_second_reader_is_refused() -> None:
    inbox = Inbox()
    reader = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError):
        await inbox.get()
    inbox.put_nowait("said")
    assert await reader == "said"


async def test_all_wait_for_a_gate_but_who_gives_up() -> None:
    gate = Gate()
    await gate.wait()
    gate.clear()
    waiting = [asyncio.create_task(gate.wait()) for _ in range(3)]
    await asyncio.sleep(0)
    assert not any(one.done() for one in waiting)
    waiting[0].cancel()
    gate.set()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*waiting[1:])
    assert gate.is_set()
    assert waiting[0].cancelled()
