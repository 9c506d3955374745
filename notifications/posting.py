"""What goes to servers elsewhere, and what they answer: by a process each (rooms/files/poster.py)."""

import json
from typing import NamedTuple

from django.conf import settings

from accounts.plain_text import clean_line, shortened
from notifications.outcomes import LEADS_ELSEWHERE, PROBLEMS
from rooms.files.apart import said_by

# Seconds for all of one request, whatever the other side does; and for its process to start and to end.
TIME_LIMIT = 6.0
START_LIMIT = 3.0
# Characters of what a server says that people are shown.
WORDS = 200


class Request(NamedTuple):
    """What is posted: to which address, with which headers (ASCII) and which text."""

    url: str
    headers: dict[str, str]
    body: str
    # What nobody is shown, should the server repeat it.
    secret: str = ""


class Answer(NamedTuple):
    """What became of it, as it is stored (outcomes.py); the `status` is 0 where nobody answered."""

    status: int
    words: str

    @property
    def is_taken(self) -> bool:
        """Whether it has arrived."""
        return 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the server wants nothing any more: Standard Webhooks, "410 Gone"."""
        return self.status == 410


def post(request: Request) -> Answer:
    """Post it, for nine seconds at most. Never raises for what is wrong at the other side."""
    wanted = {**request._asdict(), "networks": settings.NOTIFICATION_NETWORKS}
    del wanted["secret"]
    said = said_by("rooms.files.poster", wanted, TIME_LIMIT, START_LIMIT)
    status = said.get("status", 0)
    if not status:
        problem = said.get("problem", said["ended"])
        return Answer(0, shortened(PROBLEMS.get(problem, problem), WORDS))
    words = f"{status} {clean_line(said['reason'])}".strip()
    if 300 <= status < 400:
        words = LEADS_ELSEWHERE % {"status": words}
    elif status >= 400 and (sentence := _sentence(said.get("words", ""))):
        words = f"{words}: {sentence}"
    if request.secret:
        words = words.replace(request.secret, "…")
    return Answer(status, shortened(words, WORDS))


def _sentence(words: str) -> str:
    """What a server says was wrong: ntfy and Gotify in JSON, others in a line; a page says nothing."""
    try:
        said = json.loads(words)
    except ValueError:
        return "" if "<" in words else clean_line(words)
    if not isinstance(said, dict):
        return ""
    return clean_line(str(said.get("errorDescription") or said.get("error") or ""))
