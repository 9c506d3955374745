"""What waits for the database is done together.

A commit costs the same for one row as for hundreds. So whoever comes while it is quiet is served at
once, and all who come while that runs are served together, next: nobody waits for a timer, and the
busier it is, the less each one costs.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from database.threads import in_database

# The most that are done in one call: the first of them waits until the last is done.
BATCH_LIMIT = 500


Call = tuple[Callable[..., Any], tuple[Any, ...]]


def call_each_once(questions: list[Call]) -> list[Any]:
    """For a Batcher: what each function says with its words, asked once for all who ask the same."""
    answers: dict[Call, Any] = {}
    for question in questions:
        if question not in answers:
            function, words = question
            try:
                answers[question] = function(*words)
            except Exception as error:
                answers[question] = error
    return [answers[question] for question in questions]


class Batcher[In, Out]:
    """One kind of work, in the event loop that it is made for.

    `do_all` runs in a database thread. It answers each item, in their order, with what `do` returns
    or the exception that it raises for that item; what `do_all` raises itself is raised for all.
    """

    def __init__(
        self, do_all: Callable[[list[In]], Sequence[Out | Exception]], most: int = BATCH_LIMIT
    ) -> None:
        self._do_all = in_database(do_all)
        self._most = most
        self._waiting: deque[tuple[In, asyncio.Future[Out]]] = deque()
        self._working: asyncio.Task[None] | None = None

    async def do(self, item: In) -> Out:
        """Do `item`, now or with the others that wait. It is done even if the caller gives up."""
        answer: asyncio.Future[Out] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            together = min(self._most, len(self._waiting))
            await self._do_batch([self._waiting.popleft() for _ in range(together)])

    async def _do_batch(self, batch: list[tuple[In, asyncio.Future[Out]]]) -> None:
        try:
            answers = list(zip(batch, await self._do_all([item for item, _ in batch]), strict=True))
        except Exception as error:
            answers = [(asked, error) for asked in batch]
        for (_, waiter), answer in answers:
            if waiter.done():
                continue
            if isinstance(answer, Exception):
                waiter.set_exception(answer)
            else:
                waiter.set_result(answer)


# The event loop that a thread works for.
_threads = threading.local()


@contextmanager
def serving(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Let this thread's work join that of `loop`: a request's, while the loop waits for its answer."""
    _threads.loop = loop
    try:
        yield
    finally:
        _threads.loop = None


class LoopBatcher[In, Out]:
    """One kind of work, that comes up in an event loop and in the threads that serve it."""

    def __init__(
        self, do_all: Callable[[list[In]], Sequence[Out | Exception]], most: int = BATCH_LIMIT
    ) -> None:
        self._do_all = do_all
        self._most = most
        self._batches: WeakKeyDictionary[asyncio.AbstractEventLoop, Batcher[In, Out]] = WeakKeyDictionary()

    async def do(self, item: In) -> Out:
        """Do `item` in the running loop, as a Batcher does."""
        loop = asyncio.get_running_loop()
        if loop not in self._batches:
            self._batches[loop] = Batcher(self._do_all, self._most)
        return await self._batches[loop].do(item)

    def do_in_thread(self, item: In) -> Out:
        """The same from a thread, which waits, and is in no transaction; alone where it serves no loop."""
        loop = getattr(_threads, "loop", None)
        if loop is not None:
            return asyncio.run_coroutine_threadsafe(self.do(item), loop).result()
        (answer,) = self._do_all([item])
        if isinstance(answer, Exception):
            raise answer
        return answer
