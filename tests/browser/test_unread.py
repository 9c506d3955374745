"""What is unread, on pages that were open before."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.room import PATIENCE, Person, enter, messages, say, shows
from tests.browser.server import Server

TEA = """
from accounts.models import Person
from rooms.actions import rooms

room = rooms.create_room(Person.objects.get(username="alice"), "tea")
rooms.join_room(Person.objects.get(username="bob"), room)
"""


def link(page: Page, name: str) -> Locator:
    """The link to a room, at the side."""
    return page.get_by_role("navigation", name="Rooms").locator(".room-list a", has_text=name)


def badge(page: Page, name: str) -> Locator:
    """The badge in that link."""
    return link(page, name).locator(".unread")


def look_away(page: Page) -> None:
    """Go to another window, and let the server hear of it."""
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(page.locator("#away")).to_have_value("0", timeout=PATIENCE)


def reads(page: Page) -> Page:
    """Wait until the server knows that this page is seen."""
    expect(page.locator("#reading")).to_have_value("1", timeout=PATIENCE)
    return page


def test_badges_on_every_page(person: Person, server: Server) -> None:
    server.shell(TEA)
    alice, bob = enter(person("alice"), "tea"), enter(person("bob"))
    other = bob.context.new_page()
    other.goto("/connection/")
    expect(badge(bob, "tea")).to_be_hidden()

    say(alice, "one")
    say(alice, "two")

    for page in (bob, other):
        expect(badge(page, "tea")).to_have_text("2 unread", timeout=PATIENCE)
        expect(link(page, "tea")).to_have_accessible_name("tea 2 unread")
    enter(bob, "tea")
    expect(badge(bob, "tea")).to_be_hidden()
    expect(badge(other, "tea")).to_be_hidden(timeout=PATIENCE)


def test_what_is_looked_at_is_read(person: Person) -> None:
    alice, bob = enter(person("alice")), reads(enter(person("bob")))
    other = bob.context.new_page()
    other.goto("/rooms/")
    say(alice, "Hello")
    shows(bob, "Hello")
    other.wait_for_timeout(4000)
    expect(badge(other, "general")).to_be_hidden()
    bob.reload()
    shows(bob, "Hello")
    expect(messages(bob)).not_to_contain_text("New messages")
    expect(badge(bob, "general")).to_be_hidden()


def test_a_page_that_nobody_has_seen_reads_nothing(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    reads(bob)
    look_away(bob)
    say(alice, "one")
    expect(badge(bob, "general")).to_have_text("1 unread", timeout=PATIENCE)
    expect(bob).to_have_title("(1) general")
    icon = bob.locator("head > link[rel=icon]")
    expect(icon).to_have_attribute("href", re.compile("parley-news"))

    bob.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(badge(bob, "general")).to_be_hidden(timeout=PATIENCE)
    line = bob.locator("#messages > .new-line + li")
    expect(line).to_contain_text("one", timeout=PATIENCE)
    expect(bob).to_have_title("general")
    expect(icon).not_to_have_attribute("href", re.compile("parley-news"))


def test_the_line_where_one_left_off(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "old")
    shows(bob, "old")
    reads(bob).goto("/rooms/")
    expect(badge(bob, "general")).to_be_hidden(timeout=PATIENCE)
    # Who has just left a room still counts as being there.
    expect(alice.get_by_role("list", name="In this room")).not_to_contain_text("bob", timeout=PATIENCE)
    say(alice, "new")
    expect(badge(bob, "general")).to_have_text("1 unread", timeout=PATIENCE)

    enter(bob)

    expect(bob.locator("#messages > .new-line + li")).to_contain_text("new")
    say(alice, "newer")
    shows(bob, "newer")
    expect(bob.locator(".new-line")).to_have_count(1)
    assert bob.locator("#messages > li").last.inner_text().endswith("newer")


def test_unread_from_here_and_all_read(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    for text in ("one", "two", "three"):
        say(alice, text)
    shows(reads(bob), "three")
    elsewhere = bob.context.new_page()
    elsewhere.goto("/rooms/")

    bob.locator("#messages > li", has_text="two").locator(".when").click()
    bob.get_by_role("button", name="Unread from here").click()

    expect(bob.locator("#messages > .new-line + li")).to_contain_text("two", timeout=PATIENCE)
    expect(bob.locator("#menu")).to_be_hidden()
    for page in (bob, elsewhere):
        expect(badge(page, "general")).to_have_text("2 unread", timeout=PATIENCE)
    say(alice, "four")
    expect(badge(bob, "general")).to_have_text("3 unread", timeout=PATIENCE)

    elsewhere.get_by_role("button", name="Mark all rooms as read").click()

    for page in (bob, elsewhere):
        expect(badge(page, "general")).to_be_hidden(timeout=PATIENCE)
    expect(elsewhere).to_have_url(re.compile("/rooms/$"))


def test_without_a_script(person: Person, server: Server) -> None:
    server.shell(TEA)
    alice = enter(person("alice"), "tea")
    say(alice, "one")
    bob = person("bob", java_script_enabled=False)
    bob.goto("/rooms/general/")
    expect(badge(bob, "tea")).to_have_text("1 unread")
    bob.goto("/rooms/tea/")
    expect(badge(bob, "tea")).to_be_hidden()
    expect(bob.locator("#messages > .new-line + li")).to_contain_text("one")
    bob.locator(".when").first.click()
    bob.get_by_role("button", name="Unread from here").click()
    expect(badge(bob, "tea")).to_have_text("1 unread")
    bob.get_by_role("button", name="Mark all rooms as read").click()
    expect(badge(bob, "tea")).to_be_hidden()


def test_on_a_phone_the_drawer_button_says_so(person: Person, server: Server) -> None:
    server.shell(TEA)
    phone = {"viewport": {"width": 360, "height": 740}}
    alice, bob = enter(person("alice"), "tea"), enter(person("bob", **phone))
    dot = "getComputedStyle(document.querySelector('.opens-side'), '::after').content"
    assert bob.evaluate(dot) == "none"
    say(alice, "one")
    expect(bob.locator("#side .unread:not(:empty)")).to_have_count(1, timeout=PATIENCE)
    assert bob.evaluate(dot) != "none"
    bob.get_by_role("button", name="Rooms").click()
    expect(badge(bob, "tea")).to_be_visible()
