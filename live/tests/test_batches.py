"""What waits is done together."""

import asyncio
from threading import Event

import pytest

from live.batches import Batches


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


async def waits_for(batches: Batches[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    """Who asks for these while something else is being done."""
    tasks = [asyncio.create_task(batches.do(number)) for number in numbers]
    await asyncio.sleep(0.02)
    return tasks


async def busy(batches: Batches[int, int], work: Work) -> asyncio.Task[int]:
    """Who is being served, until `work` may go on."""
    work.may_go_on.clear()
    (first,) = await waits_for(batches, 0)
    return first


async def test_who_comes_while_it_is_quiet_is_served_at_once(work: Work) -> None:
    batches = Batches(work)
    assert await batches.do(2) == 4
    assert await batches.do(4) == 8
    assert work.calls == [[2], [4]]


async def test_who_comes_meanwhile_is_served_together(work: Work) -> None:
    batches = Batches(work)
    first = await busy(batches, work)
    others = await waits_for(batches, 2, 4, 6)
    work.may_go_on.set()
    assert await asyncio.gather(first, *others) == [0, 4, 8, 12]
    assert work.calls == [[0], [2, 4, 6]]


async def test_no_more_than_so_many_at_a_time(work: Work) -> None:
    batches = Batches(work, most=2)
    first = await busy(batches, work)
    others = await waits_for(batches, 2, 4, 6)
    work.may_go_on.set()
    assert await asyncio.gather(first, *others) == [0, 4, 8, 12]
    assert work.calls == [[0], [2, 4], [6]]


async def test_one_that_fails_fails_alone(work: Work) -> None:
    batches = Batches(work)
    first = await busy(batches, work)
    others = await waits_for(batches, 2, 3, 4)
    work.may_go_on.set()
    answers = await asyncio.gather(first, *others, return_exceptions=True)
    assert [str(answer) for answer in answers] == ["0", "4", "3 is odd", "8"]
    assert work.calls == [[0], [2, 3, 4]]


@pytest.mark.parametrize("answers", [OSError("away"), [1]])
async def test_a_call_that_fails_fails_for_all_and_the_next_is_tried(answers) -> None:
    def fail(numbers: list[int]) -> list[int]:
        if numbers == [7]:
            return numbers
        if isinstance(answers, Exception):
            raise answers
        return answers

    batches = Batches(fail)
    failed = await asyncio.gather(batches.do(1), batches.do(2), return_exceptions=True)
    assert {type(answer) for answer in failed} == {OSError if isinstance(answers, OSError) else ValueError}
    assert await batches.do(7) == 7


async def test_who_gives_up_disturbs_nobody_and_is_served_all_the_same(work: Work) -> None:
    batches = Batches(work)
    first = await busy(batches, work)
    second, third = await waits_for(batches, 2, 4)
    first.cancel()
    second.cancel()
    work.may_go_on.set()
    assert await third == 8
    assert work.calls == [[0], [2, 4]]
    assert await batches.do(6) == 12
