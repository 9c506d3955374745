"""What a tab's title counts: what arrived in a room since somebody last looked at that tab.

A page says when it is looked at and when not. Once a second the titles of the pages that are
not, in rooms where something came, are written anew; those who missed as much get one frame.
"""

from typing import TYPE_CHECKING, Any

from django.utils.html import escape

from live.fragments import partial
from live.process import tickers

if TYPE_CHECKING:
    from live.hub import Socket
    from live.process import LiveProcess


class Away:
    """A page that nobody looks at: its room, and the count it shows."""

    __slots__ = ("counted_from", "group", "left_off", "name", "shown")

    def __init__(self, group: str, name: str, counted_from: int, shown: int, left_off: int | None) -> None:
        self.group = group
        self.name = name
        self.counted_from = counted_from
        self.shown = shown
        # The number of the last message when it was looked at, if it shows the newest.
        self.left_off = left_off


def away_pages(process: "LiveProcess") -> dict["Socket", Away]:
    """The pages of this process that nobody looks at."""
    return process.memory.setdefault("away", {})


def look(process: "LiveProcess", socket: "Socket", name: str) -> str:
    """Somebody looks at the page: its title counts nothing."""
    away_pages(process).pop(socket, None)
    return title(name, 0) + state("")


def look_away(
    process: "LiveProcess",
    socket: "Socket",
    group: str,
    name: str,
    shown: int = 0,
    left_off: int | None = None,
) -> str:
    """Nobody looks at the page any longer; it has `shown` so many as new already."""
    counted_from = process.progress.news[group] - shown
    away_pages(process)[socket] = Away(group, name, counted_from, shown, left_off)
    return state(str(shown))


def left_off(process: "LiveProcess", socket: "Socket") -> int | None:
    """The number of the last message when a page that is away was looked at; nothing if none came since."""
    page = away_pages(process).get(socket)
    if page is None or process.progress.news[page.group] == page.counted_from:
        return None
    return page.left_off


def returned(process: "LiveProcess", socket: "Socket", group: str, name: str, away: Any, news: int) -> str:
    """The page is back after a lost connection: if nobody looked at it before, what it missed counts."""
    if not (isinstance(away, str) and away.isascii() and away.isdigit() and len(away) < 7):
        return ""
    shown = int(away) + news
    return look_away(process, socket, group, name, shown) + title(name, shown)


def title(name: str, news: int) -> str:
    """The title of a room's page."""
    return partial("title", "textContent", f"({news}) {escape(name)}" if news else escape(name))


def state(shown: str) -> str:
    """What the page says of itself when it returns after a lost connection."""
    return partial("#away", "outerHTML", f'<input type="hidden" id="away" name="away" value="{shown}">')


def reading(is_on: bool) -> str:
    """What a page says when it returns: whether it shows the newest, and reads what arrives."""
    html = f'<input type="hidden" id="reading" name="reading" value="{1 if is_on else ""}">'
    return partial("#reading", "outerHTML", html)


def rename(process: "LiveProcess", group: str, name: str) -> None:
    """The room of that group is called otherwise: the titles that count there are written anew."""
    for page in away_pages(process).values():
        if page.group == group:
            page.name, page.shown = name, -1


def count_news(process: "LiveProcess") -> None:
    """Write the titles whose count has changed."""
    pages = away_pages(process)
    frames: dict[tuple[str, int], dict[str, Any]] = {}
    for socket, page in list(pages.items()):
        if socket.closed:
            del pages[socket]
            continue
        news = process.progress.news[page.group] - page.counted_from
        if news != page.shown:
            page.shown = news
            if (page.name, news) not in frames:
                text = title(page.name, news) + state(str(news))
                frames[page.name, news] = {"type": "websocket.send", "text": text}
            socket.write(frames[page.name, news])


tickers.append(count_news)
