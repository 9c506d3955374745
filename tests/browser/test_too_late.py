"""What is answered late does not take the focus, and the letters, from who has gone on to write."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.room import PATIENCE, Person, box, enter, messages, say, shows


def row(page: Page) -> Locator:
    return page.locator("#messages > .message").last


def from_the_bar(page: Page) -> None:
    row(page).hover()
    page.locator("#hand").get_by_role("link", name="Menu").click()


def opened_by_its_time(page: Page) -> None:
    row(page).locator(".when").click()


def edited(page: Page) -> None:
    opened_by_its_time(page)
    page.locator("#menu").get_by_role("link", name="Edit").click()


def edited_with_the_arrow(page: Page) -> None:
    box(page).press("ArrowUp")


def named(page: Page) -> None:
    page.locator("#messages .author").first.click()


def formatted(page: Page) -> None:
    page.get_by_role("button", name="Formatting").click()


LATE = [
    (formatted, "/formats/", "#suggestions > *"),
    (opened_by_its_time, r"/messages/\d+/$", "#menu > *"),
    (from_the_bar, "/menu/", "#menu > *"),
    (edited, "/edit/", ".editing"),
    (edited_with_the_arrow, "/up/", ".editing"),
    (named, "/people/alice/", "#card > *"),
]


@pytest.mark.parametrize(("asks", "address", "what"), LATE, ids=lambda one: getattr(one, "__name__", ""))
def test_one_goes_on_writing(person: Person, asks: Callable[[Page], None], address: str, what: str) -> None:
    alice = enter(person("alice"))
    say(alice, "Tea?")
    shows(alice, "Tea?")
    held: list[Route] = []
    alice.route(re.compile(address), lambda route: held.append(route))
    with alice.expect_request(re.compile(address)):
        asks(alice)
    box(alice).click()
    alice.keyboard.type("do")
    with alice.expect_response(re.compile(address)):
        held[0].continue_()
    alice.wait_for_timeout(100)
    alice.keyboard.type("ne")
    expect(box(alice)).to_have_value("done")
    expect(alice.locator(what)).to_have_count(0)
    alice.keyboard.press("Enter")
    shows(alice, "done")

    # Nothing is held against who asks once more, with half a sentence in the box.
    alice.unroute_all()
    if asks is not edited_with_the_arrow:
        box(alice).fill("half a sentence")
    asks(alice)
    expect(alice.locator(what)).to_be_visible(timeout=PATIENCE)
    expect(alice.locator("#body")).not_to_be_focused()
    expect(messages(alice)).to_contain_text("done")


def test_one_goes_on_writing_beside_what_opens(person: Person) -> None:
    """It opens, and leaves the focus and the caret where they are."""
    alice = enter(person("alice"))
    say(alice, "Tea?")
    shows(alice, "Tea?")
    held: list[Route] = []
    alice.route(re.compile("/pins/"), lambda route: held.append(route))
    with alice.expect_request(re.compile("/pins/")):
        alice.get_by_role("link", name="Pinned messages").click()
    box(alice).click()
    alice.keyboard.type("dne")
    alice.keyboard.press("ArrowLeft")
    alice.keyboard.press("ArrowLeft")
    held[0].continue_()
    expect(alice.locator("#panel h2")).to_be_visible(timeout=PATIENCE)
    alice.keyboard.type("o")
    expect(box(alice)).to_have_value("done")

    # Who does not write has it there.
    alice.unroute_all()
    alice.keyboard.press("Enter")
    shows(alice, "done")
    alice.locator("#panel").get_by_role("link", name="Close").click()
    alice.get_by_role("link", name="Pinned messages").click()
    expect(alice.locator("#panel h2")).to_be_focused(timeout=PATIENCE)
