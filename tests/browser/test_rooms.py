"""Rooms by invitation, direct conversations, and what a moderator sets, with pages that are open."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import finds_nothing_in_any_look
from tests.browser.room import PATIENCE, Person, becomes, box, enter, messages, say, shows
from tests.browser.server import Server

MORE_FURNITURE = """
from accounts.models import Person
from rooms.actions import direct, members, messages_post, rooms
from rooms.models import Membership, Room

alice, bob = Person.objects.get(username="alice"), Person.objects.get(username="bob")
tea = rooms.create_room(bob, "tea", "At four")
rooms.join_room(alice, tea)
board = rooms.create_room(bob, "board", kind="closed")
members.add_members(Membership.objects.get(room=board), [alice])
"""

RENAME = """
from accounts.models import Person
bob = Person.objects.get(username="bob")
bob.display_name = "Robert"
bob.save()
"""


def side(page: Page, name: str):
    """The link to a room at the side."""
    return page.locator("#side .room-list").get_by_role("link", name=name)


def test_somebody_is_added_and_removed(person: Person, server: Server) -> None:
    alice, bob = person("alice"), enter(person("charlie"))
    alice.goto("/rooms/new/")
    alice.get_by_role("textbox", name="Name").fill("secret plans")
    alice.get_by_label("Closed:").check()
    alice.get_by_role("button", name="Create room").click()
    alice.get_by_role("link", name="Add people").click()
    alice.get_by_role("searchbox", name="Find somebody").press_sequentially("char")
    expect(alice.locator(".offered button")).to_have_count(1, timeout=PATIENCE)
    alice.keyboard.press("Enter")
    expect(alice.locator(".chip")).to_have_text(["charlie"], timeout=PATIENCE)
    alice.get_by_role("button", name="Add to the room").click()
    expect(alice.locator(".member")).to_have_count(2)

    expect(side(bob, "secret plans")).to_be_visible(timeout=PATIENCE)
    side(bob, "secret plans").click()
    expect(messages(bob).locator(".notice-line")).to_contain_text("alice added charlie", timeout=PATIENCE)
    becomes(bob, "document.querySelector('#live')?._htmx?.ws?.connection?.socket?.readyState === 1")

    alice.get_by_label("What to do about charlie").click()
    alice.get_by_role("button", name="Remove from the room").click()

    expect(bob.get_by_text("You are no longer in this room.")).to_be_visible(timeout=PATIENCE)
    bob.goto("/rooms/general/")
    expect(side(bob, "secret plans")).to_have_count(0)


def test_a_conversation_between_two(person: Person, server: Server) -> None:
    alice, bob = person("alice"), enter(person("bob"))
    alice.goto("/rooms/general/members/")
    alice.locator("#member-bob").get_by_role("button", name="Message").click()
    expect(alice.get_by_role("heading", level=1)).to_have_text("bob")
    enter(alice, alice.url.rstrip("/").rsplit("/", 1)[1])
    say(alice, "just for you")

    expect(side(bob, "alice")).to_be_visible(timeout=PATIENCE)
    expect(side(bob, "alice").locator(".unread")).to_contain_text("1", timeout=PATIENCE)
    side(bob, "alice").click()
    shows(bob, "just for you")
    expect(bob).to_have_title("alice")

    server.shell(RENAME)
    expect(alice.get_by_role("heading", level=1)).to_have_text("Robert", timeout=PATIENCE)
    expect(side(alice, "Robert")).to_be_visible(timeout=PATIENCE)


def test_what_a_moderator_sets_is_on_open_pages(person: Person) -> None:
    alice, bob = enter(person("alice"), "tea"), person("bob")
    bob.goto("/rooms/tea/settings/")
    bob.get_by_role("textbox", name="Name", exact=True).fill("Tea and cake")
    bob.get_by_role("group", name="Who writes here").get_by_label("its moderators").check()
    bob.get_by_role("button", name="Save").click()

    expect(alice.get_by_role("heading", level=1)).to_have_text("Tea and cake", timeout=PATIENCE)
    expect(alice.locator(".notice-line").last).to_contain_text(
        "bob renamed the room to Tea and cake", timeout=PATIENCE
    )
    bob.get_by_role("button", name="Archive this room").click()
    expect(alice.get_by_text("This room is archived")).to_be_visible(timeout=PATIENCE)
    expect(box(alice)).to_be_hidden()
    expect(side(alice, "Tea and cake")).to_have_count(0, timeout=PATIENCE)


def test_without_a_script(person: Person) -> None:
    alice = person("alice", java_script_enabled=False)
    alice.goto("/rooms/tea/members/add/")
    alice.get_by_role("searchbox", name="Find somebody").fill("char")
    alice.keyboard.press("Enter")
    expect(alice.locator(".chip")).to_have_text(["charlie"])
    alice.get_by_role("button", name="Add to the room").click()
    expect(alice.locator(".member")).to_have_count(3)

    alice.goto("/direct/new/")
    for name in ("bob", "charlie"):
        alice.get_by_role("button", name=name, exact=True).click()
    alice.get_by_role("button", name="Begin").click()
    expect(alice.get_by_role("heading", level=1)).to_have_text("bob, charlie")
    box(alice).fill("hello both")
    alice.get_by_role("button", name="Send", exact=True).click()
    expect(messages(alice)).to_contain_text("hello both")


@pytest.mark.parametrize(
    "path",
    [
        "/rooms/board/members/",
        "/rooms/board/members/add/?person=charlie&q=",
        "/direct/new/",
        "/rooms/tea/settings/",
    ],
)
def test_axe_finds_nothing(person: Person, path: str) -> None:
    bob = person("bob", bypass_csp=True)
    bob.goto(path)
    finds_nothing_in_any_look(bob)
