"""The list of one's rooms, at the side of every page: as it is, whoever changes it."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.room import PATIENCE, Person, connected, enter
from tests.browser.server import Server

RENAME = """
from rooms.models import Room
room = Room.objects.get(slug="general")
room.name = "Zoo"
room.save()
"""


def rooms_of(page: Page) -> Locator:
    """The links to one's rooms."""
    return page.get_by_role("list", name="Your rooms").get_by_role("link")


def test_it_is_live_in_every_tab_and_keeps_the_focus(person: Person, server: Server) -> None:
    bob = enter(person("bob"))
    second = bob.context.new_page()
    second.goto("/connection/")
    connected(second)
    rooms_of(bob).first.focus()

    second.goto("/rooms/new/")
    second.get_by_role("textbox", name="Name").fill("attic")
    second.get_by_role("button", name="Create room").click()

    expect(rooms_of(bob)).to_have_text(["attic", "general"], timeout=PATIENCE)
    expect(rooms_of(bob).nth(1)).to_be_focused()
    expect(rooms_of(bob).nth(1)).to_have_attribute("aria-current", "page")

    # From a shell, of which no event tells this process.
    server.shell(RENAME)
    expect(rooms_of(bob)).to_have_text(["attic", "Zoo"], timeout=PATIENCE)

    second.goto("/rooms/attic/")
    second.get_by_role("button", name="Leave this room").click()
    expect(rooms_of(bob)).to_have_text(["Zoo"], timeout=PATIENCE)
    expect(rooms_of(bob).first).to_be_focused()


def test_what_is_pressed_as_soon_as_a_page_is_there_is_not_lost(person: Person) -> None:
    alice = enter(person("alice", reduced_motion="no-preference"))
    for _ in range(3):
        alice.get_by_role("link", name="Browse rooms").click()
        alice.wait_for_url("**/rooms/", wait_until="commit")
        box = alice.get_by_role("link", name="Saved").bounding_box()
        assert box
        alice.mouse.click(box["x"] + 20, box["y"] + 10)
        alice.wait_for_url("**/saved/", timeout=3_000)
