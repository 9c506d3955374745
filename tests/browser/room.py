"""What people do on the page of a room."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

# Whatever crosses from one browser to another, milliseconds: far longer than it takes, and longer than a
# page waits before it tries to connect again.
PATIENCE = 20_000

Person = Callable[..., Page]


def enter(page: Page, slug: str = "general") -> Page:
    """Go to a room and wait for its socket."""
    page.goto(f"/rooms/{slug}/")
    return connected(page)


def connected(page: Page) -> Page:
    """Wait until this page hears what is said: the first pulse comes when its socket has joined."""
    expect(page.locator("#online [id^=online-]").first).to_be_attached(timeout=PATIENCE)
    becomes(page, "document.querySelector('#live')?._htmx?.ws?.connection?.socket?.readyState === 1")
    expect(page.locator("#pulse > span")).to_be_attached(timeout=PATIENCE)
    return page


def becomes(page: Page, expression: str) -> None:
    """Wait until `expression` is true in the page; Playwright's own wait would need unsafe-eval there."""
    for _ in range(PATIENCE // 50):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{expression} is not so on {page.url}")


def messages(page: Page) -> Locator:
    """The log of messages."""
    return page.get_by_role("log", name="Messages")


def box(page: Page) -> Locator:
    """Where one writes."""
    return page.get_by_role("textbox", name="Message")


def say(page: Page, text: str) -> None:
    """Write and send, with the keyboard."""
    box(page).fill(text)
    box(page).press("Enter")


def texts(page: Page) -> list[str]:
    """The texts of the messages, in their order on the page."""
    return page.locator("#messages .text").all_inner_texts()


def rows(page: Page) -> str:
    """The rows as they are in the document, without what htmx notes, where one left off, and points."""
    html: Any = page.locator("#messages").evaluate("list => list.innerHTML")
    html = re.sub(
        r' (data-htmx-powered="true"|data-at=""|autofocus=""|class="(?=")|class="htmx-[a-z ]*")', "", html
    )
    html = re.sub(r'<li id="message-\d+-new".*?</li>', "", html)
    # Where a menu was, the white space around it stays.
    return re.sub(r"</li>\s+", "</li>", html)


def shows(page: Page, text: str) -> None:
    """Wait for a message that is stored: one that is on its way does not count."""
    found = page.locator(".messages:not(#outbox) > li", has_text=text).first
    expect(found).to_be_attached(timeout=PATIENCE)


def notices(page: Page) -> Locator:
    """The banners."""
    return page.get_by_role("status", name="Notices")
