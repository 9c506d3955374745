"""The process that reads one feed, `python -m integrations.feeds.looker`: started by read.py.

What comes from elsewhere is read here, as behind links (rooms/files/looker.py): with limits of time and
memory, and without the settings and the secrets of Parley. It is told what to do in a line of JSON (`url`,
`etag`, `modified`, `networks`, `seconds`, `zone`, `now`), and says what it found in another.
"""

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import feedparser

from rooms.files import fetch, looker

if TYPE_CHECKING:
    import httpx

# Bytes of a feed; entries of it, and characters of what each says.
SIZE_LIMIT = 4 * 1024 * 1024
ENTRIES = 100
LENGTH = 400
UNCHANGED = 304
ACCEPTED = "application/atom+xml, application/rss+xml, text/calendar, application/xml;q=0.9, */*;q=0.1"


def main() -> None:
    """Read one feed."""
    wanted = json.loads(sys.stdin.readline())
    looker.limit_to(wanted["seconds"])
    with fetch.guarded_client(wanted["networks"]) as web:
        conditions = {"If-None-Match": wanted["etag"], "If-Modified-Since": wanted["modified"]}
        web.headers.update({name: value for name, value in conditions.items() if value})
        web.headers["User-Agent"] = "Parley feed reader"
        web.headers["Accept"] = ACCEPTED
        try:
            answer, content = fetch.fetch(web, wanted["url"], ("",), SIZE_LIMIT)
        except fetch.Unreachable as reason:
            is_unchanged = str(reason) == f"answered {UNCHANGED}"
            looker.say(**({"unchanged": True} if is_unchanged else {"problem": str(reason)}))
            return
    if len(content) >= SIZE_LIMIT:
        looker.say(problem="is too large")
        return
    looker.say(**_read(answer, content, wanted))


def _read(answer: "httpx.Response", content: bytes, wanted: dict[str, Any]) -> dict[str, Any]:
    found = _calendar(content, wanted) if _is_calendar(content) else _feed(answer, content)
    if "problem" not in found:
        found["etag"] = answer.headers.get("etag", "")[:200]
        found["modified"] = answer.headers.get("last-modified", "")[:100]
    return found


def _is_calendar(content: bytes) -> bool:
    """Whether that is a calendar, whatever is said of it."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].upper() == b"BEGIN:VCALENDAR"


def _calendar(content: bytes, wanted: dict[str, Any]) -> dict[str, Any]:
    # It takes its time to be imported.
    from integrations.feeds import events

    return events.read(content, datetime.fromisoformat(wanted["now"]), wanted["zone"])


def _feed(answer: "httpx.Response", content: bytes) -> dict[str, Any]:
    said = {"content-type": answer.headers.get("content-type", "")}
    feed = feedparser.parse(content, response_headers=said)
    if not feed.get("version"):
        return {"problem": "is no feed"}
    return {
        "title": _text(feed.feed.get("title")),
        "entries": [
            {
                "id": _text(one.get("id"), 2000),
                "link": _text(one.get("link"), 2000),
                "title": _text(one.get("title")),
            }
            for one in feed.entries[:ENTRIES]
        ],
    }


def _text(value: object, length: int = LENGTH) -> str:
    return value.strip()[:length] if isinstance(value, str) else ""


if __name__ == "__main__":
    main()
