"""Queries from the event loop: in threads that last, and so do their connections."""

from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache, wraps
from typing import Any

from channels.db import DatabaseSyncToAsync
from django.db import connection

from database import outbox
from database.outbox import Errand

# SQLite has one writer at a time, and a queue in memory is fairer than its busy timeout.
POOL_SIZES = {"sqlite": 1}
DEFAULT_POOL_SIZE = 4


@cache
def thread_pool() -> ThreadPoolExecutor:
    """The threads in which sockets reach the database."""
    return ThreadPoolExecutor(
        max_workers=POOL_SIZES.get(connection.vendor, DEFAULT_POOL_SIZE), thread_name_prefix="live-database"
    )


def in_database[**P, R](function: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]:
    """`function`, to be awaited: it runs in one of the pool's threads, with its stale connections closed.

    What it leaves in the outbox is run when it has returned.
    """

    @wraps(function)
    def collecting(errands: list[Errand], *args: P.args, **values: P.kwargs) -> R:
        with outbox.collected(errands):
            return function(*args, **values)

    in_thread = DatabaseSyncToAsync(collecting, thread_sensitive=False, executor=thread_pool())

    async def call(*args: P.args, **values: P.kwargs) -> R:
        errands: list[Errand] = []
        try:
            return await in_thread(errands, *args, **values)
        finally:
            await outbox.run(errands)

    return call
