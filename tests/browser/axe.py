"""What axe finds on a page, and that it is nothing: as it is, and in both schemes, wide and narrow."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
LOOKS: list[tuple[Any, Any]] = [("light", WIDE), ("dark", WIDE), ("light", NARROW), ("dark", NARROW)]
# What was in order is neither collected nor sent.
RUN = 'axe.run({resultTypes: ["violations"]}).then(({violations}) => ({violations}))'

# What scrolls for itself hides that it is too wide: it must not have to.
WIDER = """[...document.querySelectorAll('#main, #side, #people, .beside')]
    .filter(part => part.scrollWidth > part.clientWidth).map(part => part.id || part.className)"""


def finds_nothing(page: Page) -> None:
    """No finding of axe's, best practices included. To give it to a page takes long: once is enough."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    results = AxeResults(page.evaluate(RUN))
    assert results.violations_count == 0, f"{page.url}: {results.generate_report()}"


def finds_nothing_in_any_look(page: Page) -> None:
    """The same in both schemes, wide and narrow, where nothing is wider than the window."""
    for scheme, size in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        finds_nothing(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url
        assert page.evaluate(WIDER) == [], page.url
