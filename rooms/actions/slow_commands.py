"""Commands that ask somebody elsewhere wait in threads of their own: nobody else waits for their answer."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from django.utils.translation import gettext as _

from rooms.commands import CommandAnswer

# Of one process. Half as many as threads for requests: what is typed without a script waits there.
AT_ONCE = 4
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="command")
_places = BoundedSemaphore(AT_ONCE)

Finish = Callable[[], CommandAnswer]


def asked(ask: Callable[[], Finish]) -> Finish:
    """Ask, which may take seconds; what is called then, with the database, gives the answer."""
    if not _places.acquire(blocking=False):
        return lambda: CommandAnswer(_("Too much is asked at once: try again in a moment."))
    try:
        return ask()
    finally:
        _places.release()


def answered(answer: CommandAnswer) -> CommandAnswer:
    """The answer of a command, asked in this thread where it is to be."""
    return asked(answer.ask)() if answer.ask else answer


async def asked_from_loop(ask: Callable[[], Finish]) -> Finish:
    """As `asked`, from the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_threads, asked, ask)
