"""What a thread leaves for the event loop to await, once its work has returned.

For a thread to wait for each of these by itself would cost more than most queries. Where no event loop
waits for the thread (a command, a shell) it is awaited at once.
"""

import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import async_to_sync

# A function of the event loop, and what it is called with.
Errand = tuple[Callable[..., Coroutine[Any, Any, None]], tuple[Any, ...]]

# The list that takes the errands of a thread, where somebody in the event loop waits for it.
_threads = threading.local()


def put(function: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
    """Let the event loop await `function(*args)`, which does not raise. Called from threads, after commit."""
    errands: list[Errand] | None = getattr(_threads, "errands", None)
    if errands is None:
        async_to_sync(function)(*args)
    else:
        errands.append((function, args))


@contextmanager
def collected(errands: list[Errand]) -> Iterator[None]:
    """Put what this thread leaves meanwhile into `errands`; whoever gave the list runs them."""
    _threads.errands = errands
    try:
        yield
    finally:
        _threads.errands = None


async def run(errands: list[Errand]) -> None:
    """Await them, one after the other, in the order in which they were left."""
    for function, args in errands:
        await function(*args)
