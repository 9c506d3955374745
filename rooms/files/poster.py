"""The process that posts one thing elsewhere: `python -m rooms.files.poster`, for notifications and hooks.

It is told what to do in a line of JSON (`url`, `headers`, `body`, `networks`, `seconds`, and how much of the
answer is read, `most`), and says in lines of JSON what was answered, as soon as it has it: the `status`, then
the first `words`; or a `problem`, which is the name of an error where it has no words. It goes
through the guard of link previews, and follows no redirect: what is secret would go along.
"""

import json
import sys
import zlib
from contextlib import suppress

# As in rooms/files/looker.py: what draws in terminals is not needed to start.
sys.modules["httpx._main"] = None  # type: ignore[assignment]

from httpx import HTTPError, InvalidURL  # noqa: E402

from rooms.files import fetch  # noqa: E402
from rooms.files.looker import limit_to, say  # noqa: E402

# Bytes of the answer that are read, where nobody says how many: a sentence about what was wrong.
ANSWER_LIMIT = 4096
AGENT = {"User-Agent": "Parley"}


def main() -> None:
    """Post one thing."""
    wanted = json.loads(sys.stdin.readline())
    limit_to(wanted["seconds"])
    with fetch.guarded_client(wanted["networks"]) as web:
        try:
            with web.stream(
                "POST", wanted["url"], headers=AGENT | wanted["headers"], content=wanted["body"].encode()
            ) as answer:
                say(status=answer.status_code, reason=answer.reason_phrase)
                with suppress(HTTPError, fetch.Unreachable, zlib.error):
                    say(words=fetch.read(answer, wanted.get("most", ANSWER_LIMIT)).decode(errors="replace"))
        except fetch.Unreachable as reason:
            say(problem=str(reason))
        except (HTTPError, InvalidURL, ValueError) as error:
            say(problem=type(error).__name__)


if __name__ == "__main__":
    main()
