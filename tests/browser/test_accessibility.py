"""Every page, read by axe: in both schemes, wide and narrow, with the drawers open."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.room import PATIENCE, Person, box, enter, say, shows

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
LOOKS: list[tuple[Any, Any]] = [("light", WIDE), ("dark", WIDE), ("light", NARROW), ("dark", NARROW)]
WITHIN = [
    "/rooms/",
    "/rooms/new/",
    "/connection/",
    "/rooms/general/?before=3",
    "/rooms/general/messages/1/",
    "/rooms/general/messages/1/edit/",
    "/rooms/general/messages/1/reactions/",
    "/rooms/general/messages/1/reply/",
    "/rooms/general/messages/1/thread/",
    "/rooms/general/messages/1/versions/",
    "/rooms/general/pins/",
    "/mentions/",
    "/saved/",
    "/rooms/elsewhere/",
    "/rooms/general/involvement/",
    "/go/?q=o",
]
ACCOUNT = ["profile", "notifications", "sessions", "email", "password/change", "2fa", "2fa/totp/activate"]
OUTSIDE = ["login", "signup", "password/reset"]

MORE_FURNITURE = """
from rooms.models import *
from rooms.actions import messages_post, rooms
members = list(Membership.objects.select_related('room', 'person').filter(room__slug='general'))
for number in range(6): messages_post.post_message(members[number // 2], f'number {number}, https://example.org/{number}')
rooms.create_room(members[1].person, 'elsewhere', 'Of bob and his own')
"""


def finds_nothing(page: Page) -> None:
    """No finding of axe's, best practices included."""
    results = Axe().run(page)
    assert results.violations_count == 0, f"{page.url}: {results.generate_report()}"


def finds_nothing_in_any_look(page: Page) -> None:
    """The same in both schemes, wide and narrow."""
    for scheme, size in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        finds_nothing(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url


@pytest.mark.parametrize("paths", [WITHIN[:7], WITHIN[7:], [f"/accounts/{name}/" for name in ACCOUNT]])
def test_pages_within(person: Person, paths: list[str]) -> None:
    alice = person("alice", bypass_csp=True)
    for path in paths:
        alice.goto(path)
        if alice.get_by_label("Password", exact=True).count() and "reauthenticate" in alice.url:
            alice.get_by_label("Password", exact=True).fill("parley-demo")
            alice.get_by_role("button", name="Go on").click()
        finds_nothing_in_any_look(alice)


def test_a_room_while_things_happen(person: Person) -> None:
    alice, bob = enter(person("alice", bypass_csp=True)), enter(person("bob"))
    for scheme, size in LOOKS:
        alice.emulate_media(color_scheme=scheme)
        alice.set_viewport_size(size)
        happens_and_axe_finds_nothing(alice, bob)


def happens_and_axe_finds_nothing(alice: Page, bob: Page) -> None:
    """A message, somebody who writes, and the drawers, as they look now."""
    say(bob, "Hello")
    shows(alice, "Hello")
    box(bob).press_sequentially("…")
    expect(alice.locator("#typing .typing")).to_be_visible(timeout=PATIENCE)
    finds_nothing(alice)
    box(bob).fill("")
    for drawer in ("Rooms", "People"):
        opener = alice.get_by_role("button", name=drawer, exact=True)
        if opener.is_visible():
            opener.click()
            alice.wait_for_timeout(400)
            finds_nothing(alice)
            alice.keyboard.press("Escape")


def test_pages_outside(visitor, expected_complaints: list[str]) -> None:
    expected_complaints.append("404")
    page = visitor(bypass_csp=True)
    for path in [*(f"/accounts/{name}/" for name in OUTSIDE), "/join/not-a-token/", "/nowhere/"]:
        page.goto(path)
        finds_nothing_in_any_look(page)


def test_nothing_is_wider_than_a_small_phone(person: Person) -> None:
    alice = person("alice", viewport=NARROW)
    for path in ("/rooms/general/", "/rooms/", "/accounts/profile/", "/connection/"):
        alice.goto(path)
        assert alice.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path


def test_the_drawer_opens_and_leads_somewhere_without_a_script(person: Person) -> None:
    alice = person("alice", viewport=NARROW, java_script_enabled=False)
    alice.goto("/rooms/")
    expect(alice.locator("#side")).to_be_hidden()
    alice.get_by_role("button", name="Rooms", exact=True).click()
    alice.get_by_role("navigation", name="Rooms").get_by_role("link", name="general").click()
    expect(alice.get_by_role("heading", name="general")).to_be_visible()


def test_the_whole_way_by_keyboard(person: Person) -> None:
    alice = person("alice")
    alice.goto("/rooms/")
    alice.keyboard.press("Tab")
    expect(alice.get_by_role("link", name="Skip to content")).to_be_focused()
    room = alice.get_by_role("navigation", name="Rooms").get_by_role("link", name="general")
    for _ in range(15):
        if room.evaluate("link => link === document.activeElement"):
            break
        alice.keyboard.press("Tab")
    alice.keyboard.press("Enter")
    alice.wait_for_url("**/rooms/general/")
    expect(box(alice)).to_be_focused()
