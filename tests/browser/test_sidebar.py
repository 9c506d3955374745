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
        alice.wait_for_url("**/saved/", timeout=PATIENCE)


def test_a_section_that_is_folded_stays_so_on_every_device(person: Person) -> None:
    bob = enter(person("bob"))
    section = bob.locator(".side-section", has=bob.locator("#rooms"))
    with bob.expect_response("**/side/rooms/") as answer:
        section.locator("summary").press("Enter")
    assert answer.value.status == 204

    # A change of the list leaves it as it is, and another page shows it so.
    bob.context.new_page().goto("/rooms/new/")
    other = bob.context.pages[-1]
    expect(other.get_by_role("link", name="general")).to_be_hidden()
    other.get_by_role("textbox", name="Name").fill("attic")
    other.get_by_role("button", name="Create room").click()
    expect(bob.locator("#rooms li")).to_have_count(2, timeout=PATIENCE)
    expect(section).not_to_have_attribute("open", "")

    with bob.expect_response("**/side/rooms/"):
        section.locator("summary").click()
    bob.reload()
    expect(rooms_of(bob)).to_have_text(["attic", "general"])


def test_the_switcher_goes_to_a_room_and_to_a_person_by_keys(person: Person) -> None:
    person("alice")
    bob = enter(person("bob"))
    bob.keyboard.press("Control+k")
    box = bob.get_by_role("searchbox", name="A room, or somebody")
    expect(box).to_be_focused()
    expect(bob.locator("#found .offer b")).to_have_text(["general"])
    bob.keyboard.press("Escape")
    expect(box).to_be_hidden()

    bob.get_by_role("button", name="Go to").click()
    bob.keyboard.type("lic")
    expect(bob.locator("#found .offer b")).to_have_text(["alice"])
    bob.keyboard.press("ArrowDown")
    expect(bob.locator("#found .offer").first).to_be_focused()
    bob.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    bob.keyboard.press("Enter")
    bob.wait_for_url("**/rooms/direct-*/")
    expect(bob.locator("#direct bdi")).to_have_text(["alice"])

    bob.keyboard.press("Control+k")
    bob.keyboard.type("gen")
    bob.keyboard.press("Enter")
    bob.wait_for_url("**/rooms/general/")
