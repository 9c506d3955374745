"""Queries from the event loop: in threads that last, and so do their connections."""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from channels.db import DatabaseSyncToAsync
from django.db import connection

# SQLite has one writer at a time, and a queue in memory is fairer than its busy timeout.
THREADS = {"sqlite": 1}
THREADS_OTHERWISE = 4


@cache
def threads() -> ThreadPoolExecutor:
    """The threads in which sockets reach the database."""
    return ThreadPoolExecutor(
        max_workers=THREADS.get(connection.vendor, THREADS_OTHERWISE), thread_name_prefix="live-database"
    )


def in_database[**P, R](function: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """`function`, to be awaited: it runs in one of `threads`, with its stale connections closed."""
    return DatabaseSyncToAsync(function, thread_sensitive=False, executor=threads())
