"""What a tab's title counts and its icon shows: what arrived in a room since somebody last looked at it.

A page says when it is looked at and when not. Once a second the titles of the pages that are
not, in rooms where something came, are written anew; those who missed as much get one frame.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.utils.html import escape

from hypermedia.fragments import hx_partial
from hypermedia.locales import Locale, fill
from live.hub import SharedMessage

if TYPE_CHECKING:
    from live.hub import Socket
    from live.server_process import ServerProcess


class BackgroundTab:
    """A page that nobody looks at: its room, and the count it shows."""

    __slots__ = ("counted_from", "group", "last", "left_off", "name", "shown")

    def __init__(
        self, group: str, name: str, counted_from: int, shown: int, left_off: int | None, last: int | None
    ) -> None:
        self.group = group
        # The number of the room's last message then, as far as it was known.
        self.last = last
        self.name = name
        self.counted_from = counted_from
        self.shown = shown
        # The number of the last message when it was looked at, if it shows the newest.
        self.left_off = left_off


def background_tabs(process: "ServerProcess") -> dict["Socket", BackgroundTab]:
    """The pages of this process that nobody looks at."""
    return process.app_state.setdefault("away", {})


def on_focus(process: "ServerProcess", socket: "Socket", name: str) -> str:
    """Somebody looks at the page: its title counts nothing."""
    background_tabs(process).pop(socket, None)
    return title(name, 0) + away_input("")


def on_blur(
    process: "ServerProcess",
    socket: "Socket",
    group: str,
    name: str,
    shown: int = 0,
    left_off: int | None = None,
    last: int | None = None,
) -> str:
    """Nobody looks at the page any longer; it has `shown` so many as new already.

    `left_off` is the number of the last message on it, if it shows the newest, `last` that of the room.
    """
    counted_from = process.cursor.news[group] - shown
    background_tabs(process)[socket] = BackgroundTab(group, name, counted_from, shown, left_off, last)
    return away_input(str(shown))


def last_seen_number(process: "ServerProcess", socket: "Socket") -> int | None:
    """The number of the last message when a page that is away was looked at; None if none came since."""
    page = background_tabs(process).get(socket)
    if page is None or process.cursor.news[page.group] == page.counted_from:
        return None
    return page.left_off


def on_return(
    process: "ServerProcess",
    socket: "Socket",
    group: str,
    name: str,
    away: Any,
    news: int,
    newest: int,
) -> str:
    """The page is back after a lost connection: if nobody looked at it before, what it missed counts.

    `news` messages were missed; `newest` is the number of the room's last one.
    """
    if not (isinstance(away, str) and away.isascii() and away.isdigit() and len(away) < 7):
        return ""
    shown = int(away) + news
    return on_blur(process, socket, group, name, shown, last=newest - shown) + title(name, shown)


def one_less(process: "ServerProcess", group: str, number: int) -> None:
    """The message with that number is not there any longer: where it was counted as new it is not new."""
    for page in background_tabs(process).values():
        if page.group == group and page.last is not None and page.last < number:
            page.counted_from += 1


def title(name: str, news: int) -> str:
    """The title of a room's page, and its icon: with a dot where something is new."""
    words = f"({news}) {escape(name)}" if news else escape(name)
    return hx_partial("title", "textContent", words) + icon(is_news=news > 0)


@cache
def icon(*, is_news: bool) -> str:
    """The icon in the tab of a page."""
    address = static(f"icons/parley{'-news' if is_news else ''}.svg")
    return hx_partial(
        "#icon", "outerHTML", f'<link id="icon" rel="icon" href="{address}" type="image/svg+xml">'
    )


def away_input(shown: str) -> str:
    """What the page says of itself when it returns after a lost connection."""
    return hx_partial("#away", "outerHTML", f'<input type="hidden" id="away" name="away" value="{shown}">')


def reading_input(is_on: bool) -> str:
    """What a page says when it returns: whether it shows the newest, and reads what arrives."""
    html = f'<input type="hidden" id="reading" name="reading" value="{1 if is_on else ""}">'
    return hx_partial("#reading", "outerHTML", html)


def rename(process: "ServerProcess", group: str, name: str) -> None:
    """The room of that group is called otherwise: the titles that count there are written anew."""
    for page in background_tabs(process).values():
        if page.group == group:
            page.name, page.shown = name, -1


def write_titles(process: "ServerProcess") -> None:
    """Write the titles whose count has changed."""
    pages = background_tabs(process)
    frames: dict[tuple[str, int, Locale], SharedMessage] = {}
    for socket, page in list(pages.items()):
        if socket.closed:
            del pages[socket]
            continue
        news = process.cursor.news[page.group] - page.counted_from
        if news != page.shown:
            page.shown = news
            if (page.name, news, socket.locale) not in frames:
                html = fill(title(page.name, news) + away_input(str(news)), socket.locale)
                frames[page.name, news, socket.locale] = SharedMessage(html)
            socket.write_shared(frames[page.name, news, socket.locale])
