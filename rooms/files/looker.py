"""The process that looks behind one link: `python -m rooms.files.looker`, started by rooms/files/look.py.

What comes from elsewhere is read here, with a limit of memory, without the settings and the secrets of
Parley, and by a process that can be ended at any moment. It is told what to do in a line of JSON (`url`,
`networks`, `seconds`), and says what it finds in lines of JSON, as soon as it has it: a Description, or a
`problem`; then a picture, if there is one.
"""

import base64
import json
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from math import ceil
from typing import Any

# httpx brings its own command, and with it what draws in terminals: a third of what a look needs to start.
sys.modules["httpx._main"] = None  # type: ignore[assignment]

from httpx import Client  # noqa: E402

from rooms.files import fetch  # noqa: E402

# Bytes of memory that may be addressed: a picture of 30 million pixels takes some 300 MB, and a photograph of
# any size 50. Several may look at once.
MEMORY_LIMIT = 512 * 1024 * 1024


def main() -> None:
    """Look behind one link."""
    wanted = json.loads(sys.stdin.readline())
    limit_to(wanted["seconds"])
    with fetch.guarded_client(wanted["networks"]) as web:
        try:
            page = fetch.describe(web, wanted["url"])
        except fetch.Unreachable as reason:
            say(problem=str(reason))
            return
        say(**asdict(page))
        say_picture(web, page.pictures)


def limit_to(seconds: float) -> None:
    """End this process after so many seconds, whatever it does by then; and let it have so much memory."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    # Not every system has every limit.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (ceil(seconds), ceil(seconds)))
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def say_picture(web: Client, addresses: list[str]) -> None:
    """A small copy of the first picture that there is; without one, a page is words alone."""
    if not addresses:
        return
    # It takes its time to be imported.
    from accounts.pictures import BadImage
    from rooms.files.images import thumbnail

    for address in addresses:
        with suppress(fetch.Unreachable, BadImage):
            copy = thumbnail(fetch.fetch_picture(web, address))
            say(picture=base64.b64encode(copy.content).decode(), width=copy.width, height=copy.height)
            return


def say(**what: Any) -> None:
    """Write it as a line, at once."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
