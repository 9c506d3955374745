"""What waits is done together."""

import asyncio
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest

from database.batching import Batcher, LoopBatcher, call_each_once, serving


@pytest.fixture(autouse=True)
def connections_may_be_kept(django_db_blocker: Any) -> Iterator[None]:
    """A thread may hold a connection from another test, and look at it."""
    with django_db_blocker.unblock():
        yield


class Work:
    """Doubles numbers, a call at a time, once it may; remembers which came together."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.may_go_on = Event()
        self.may_go_on.set()

    def __call__(self, numbers: list[int]) -> list[int | Exception]:
        self.calls.append(numbers)
        assert self.may_go_on.wait(10)
        return [ValueError(f"{number} is odd") if number % 2 else number * 2 for number in numbers]


@pytest.fixture
def work() -> Work:
    return Work()


async def waits_for(batches: Batcher[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    """Who asks for these while something else is being done."""
    tasks = []
    for number in numbers:
        tasks.append(asyncio.create_task(batches.do(number)))
        await asyncio.sleep(0.02)
    return tasks


async def busy(batches: Batcher[int, int], work: Work) -> asyncio.Task[int]:
    """Who is being served, until `work` may go on."""
    work.may_go_on.clear()
    (first,) = await waits_for(batches, 0)
    return first


async def test_who_comes_while_it_is_quiet_is_served_at_once(work: Work) -> None:
    batches = Batcher(work)
    assert await batches.do(2) == 4
    assert await batches.do(4) == 8
    assert work.calls == [[2], [4]]


async def test_who_comes_meanwhile_is_served_together(work: Work) -> None:
    batches = Batcher(work)
    first = await busy(batches, work)
    others = await waits_for(batches, 2, 4, 6)
    work.may_go_on.set()
    assert await asyncio.gather(first, *others) == [0, 4, 8, 12]
    assert work.calls == [[0], [2, 4, 6]]


async def test_no_more_than_so_many_at_a_time(work: Work) -> None:
    batches = Batcher(work, most=2)
    first = await busy(batches, work)
    others = await waits_for(batches, 2, 4, 6)
    work.may_go_on.set()
    assert await asyncio.gather(first, *others) == [0, 4, 8, 12]
    assert work.calls == [[0], [2, 4], [6]]


async def test_one_that_fails_fails_alone(work: Work) -> None:
    batches = Batcher(work)
    first = await busy(batches, work)
    two, three, four = await waits_for(batches, 2, 3, 4)
    work.may_go_on.set()
    assert [await first, await two, await four] == [0, 4, 8]
    with pytest.raises(ValueError, match="3 is odd"):
        await three
    assert work.calls == [[0], [2, 3, 4]]


@pytest.mark.parametrize("wrong", [OSError("away"), []])
async def test_a_call_that_fails_fails_for_all_and_the_next_is_tried(wrong) -> None:
    def fail(numbers: list[int]) -> list[int]:
        if numbers == [7]:
            return numbers
        if isinstance(wrong, Exception):
            raise wrong
        return wrong

    batches = Batcher(fail)
    for failed in await waits_for(batches, 1, 2):
        with pytest.raises(OSError if isinstance(wrong, OSError) else ValueError):
            await asyncio.wait_for(failed, 10)
    assert await batches.do(7) == 7


async def test_who_gives_up_disturbs_nobody_and_is_served_all_the_same(work: Work) -> None:
    batches = Batcher(work)
    first = await busy(batches, work)
    second, third = await waits_for(batches, 2, 4)
    first.cancel()
    second.cancel()
    work.may_go_on.set()
    assert await asyncio.wait_for(third, 10) == 8
    assert work.calls == [[0], [2, 4]]
    assert await batches.do(6) == 12


def test_the_same_question_is_asked_once_and_fails_for_those_who_asked_it() -> None:
    asked: list[int] = []

    def halved(number: int) -> int:
        asked.append(number)
        if number % 2:
            raise ValueError(f"{number} is odd")
        return number // 2

    answers = call_each_once([(halved, (number,)) for number in (4, 3, 4, 6, 3)])
    assert [str(answer) for answer in answers] == ["2", "3 is odd", "2", "3", "3 is odd"]
    assert isinstance(answers[1], ValueError)
    assert asked == [4, 3, 6]


async def test_threads_that_serve_a_loop_are_served_together(work: Work) -> None:
    together = LoopBatcher(work)
    loop = asyncio.get_running_loop()

    def ask(number: int) -> int:
        with serving(loop):
            return together.do_in_thread(number)

    work.may_go_on.clear()
    first = asyncio.create_task(together.do(0))
    await asyncio.sleep(0.02)
    others = [asyncio.create_task(asyncio.to_thread(ask, number)) for number in (2, 4)]
    await asyncio.sleep(0.1)
    work.may_go_on.set()
    assert await asyncio.gather(first, *others) == [0, 4, 8]
    assert sorted(map(len, work.calls)) == [1, 2]


async def test_what_is_wrong_reaches_the_thread_that_asked(work: Work) -> None:
    together = LoopBatcher(work)
    loop = asyncio.get_running_loop()

    def ask() -> int:
        with serving(loop):
            return together.do_in_thread(3)

    with pytest.raises(ValueError, match="3 is odd"):
        await asyncio.to_thread(ask)


def test_a_thread_that_serves_no_loop_is_served_alone(work: Work) -> None:
    assert LoopBatcher(work).do_in_thread(2) == 4
    with pytest.raises(ValueError, match="3 is odd"):
        LoopBatcher(work).do_in_thread(3)
