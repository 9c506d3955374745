"""Polls, with two people, one of them on a page that was opened before; and without a script."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.room import PATIENCE, Person, box, enter, say


def choice(page: Page, words: str, times: int) -> Locator:
    """The button of a choice that `times` people want."""
    return page.locator(".poll button", has_text=words).filter(has=page.locator(f"b:text-is('{times}')"))


def test_what_is_wanted_is_on_both_pages(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    box(alice).fill("/poll What shall we eat?\nPizza\nSoup")
    box(alice).press("Enter")
    expect(choice(bob, "Soup", 0)).to_be_visible(timeout=PATIENCE)

    choice(bob, "Soup", 0).click()
    expect(choice(alice, "Soup", 1)).to_be_visible(timeout=PATIENCE)
    choice(alice, "Soup", 1).click()
    expect(choice(bob, "Soup", 2)).to_be_visible(timeout=PATIENCE)
    choice(bob, "Soup", 2).click()

    expect(choice(alice, "Soup", 1)).to_be_visible(timeout=PATIENCE)
    expect(choice(bob, "Pizza", 0)).to_be_visible()


def test_what_cannot_be_asked_returns_into_the_box(person: Person) -> None:
    alice = enter(person("alice"))

    say(alice, "/poll What?")

    expect(alice.get_by_text("Say the question and at least two choices")).to_be_visible(timeout=PATIENCE)
    expect(box(alice)).to_have_value("/poll What?", timeout=PATIENCE)
