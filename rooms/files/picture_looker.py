"""The process that fetches one picture: `python -m rooms.files.picture_looker`, started by look.py.

As rooms/files/looker.py, and through the same guard. It is told what to do in a line of JSON (`url`,
`networks`, `seconds`), and says in a line of JSON what it has: the picture as a square, `small` and `large`;
or a `problem`.
"""

import base64
import io
import json
import sys

# As in rooms/files/looker.py: what draws in terminals is not needed to start.
sys.modules["httpx._main"] = None  # type: ignore[assignment]

from accounts.pictures import BadImage, square_picture  # noqa: E402
from rooms.files import fetch  # noqa: E402
from rooms.files.looker import limit_to, say  # noqa: E402


def main() -> None:
    """Fetch one picture."""
    wanted = json.loads(sys.stdin.readline())
    limit_to(wanted["seconds"])
    with fetch.guarded_client(wanted["networks"]) as web:
        try:
            picture = square_picture(io.BytesIO(fetch.fetch_picture(web, wanted["url"])))
        except fetch.Unreachable as reason:
            say(problem=str(reason))
        except BadImage:
            # What it says would be in a language, which takes the settings.
            say(problem="is no picture that can be shown")
        else:
            small, large = (base64.b64encode(one).decode() for one in (picture.small, picture.large))
            say(small=small, large=large)


if __name__ == "__main__":
    main()
