"""Order is kept: two people and who runs the community, on pages that were opened before."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import finds_nothing_in_any_look
from tests.browser.room import PATIENCE, Person, connected, enter, messages, say, shows
from tests.browser.test_changing import open_menu

MORE_FURNITURE = """
from accounts.models import *
from accounts import joining, keeping_order
from rooms.models import *
from rooms.actions import messages_post, reports, rooms
alice, bob, charlie = (Person.objects.get(username=name) for name in ("alice", "bob", "charlie"))
members = {one.person.username: one for one in Membership.objects.select_related("room", "person")}
row = messages_post.post_message(members["bob"], "Buy my pills at once")
message = Message.objects.get(pk=row.pk)
reports.report_message(members["charlie"], message, "This is an advertisement.")
Person.objects.create_user("wanda", email="wanda@example.org", is_active=False, awaits="approval")
Invitation.objects.create(email="dora@example.org", invited_by=alice, role="guest")
rooms.create_room(charlie, "elsewhere", "Of charlie and his own")
keeping_order.mute(alice, charlie, 10)
keeping_order.unmute(alice, charlie)
"""
PAGES = [
    "people/", "people/?show=waiting", "people/2/", "invitations/", "rooms/",
    "reports/", "reports/?show=done", "audit/", "community/",
]  # fmt: skip


def administer(page: Page, path: str) -> Page:
    page.goto(f"/administration/{path}")
    return page


def people_called(page: Page, name: str) -> Locator:
    """The link to somebody in the list of the administration."""
    found = administer(page, f"people/?q={name}").get_by_role("list", name="People")
    return found.get_by_role("link", name=name, exact=True)


def test_what_is_reported_is_removed_before_everybodys_eyes(person: Person) -> None:
    alice, bob, charlie = person("alice"), enter(person("bob")), enter(person("charlie"))
    say(bob, "Something nasty")
    shows(charlie, "Something nasty")
    menu = open_menu(charlie, "Something nasty")
    menu.get_by_text("Report", exact=True).click()
    menu.get_by_label("What is wrong with it?").fill("It is nasty.")
    menu.get_by_role("button", name="Report this message").click()
    expect(charlie.locator("#menu")).to_contain_text("Thank you", timeout=PATIENCE)

    administer(alice, "reports/")
    report = alice.get_by_role("article").filter(has_text="Something nasty")
    expect(report).to_contain_text("It is nasty.")
    report.get_by_role("button", name="Remove the message").click()
    expect(alice.get_by_text("Looked into: the message was removed.")).to_be_visible()
    for page in (bob, charlie):
        expect(messages(page)).not_to_contain_text("Something nasty", timeout=PATIENCE)
    administer(alice, "audit/")
    expect(alice.get_by_role("list", name="What was done")).to_contain_text("removed a message")


def test_a_ban_ends_the_others_page_at_once_and_for_good(person: Person, visitor) -> None:
    alice, bob = person("alice"), enter(person("bob"))
    people_called(alice, "bob").click()
    alice.get_by_text("Ban …").click()
    alice.get_by_label("Why (for the audit)").fill("spam")
    alice.get_by_role("button", name="Ban bob").click()
    expect(alice.get_by_text("bob is banned.")).to_be_visible()
    expect(bob.locator("#farewell")).to_contain_text("You are signed out.", timeout=PATIENCE)
    bob.goto("/rooms/general/")
    bob.get_by_label("Username or email").fill("bob")
    bob.get_by_label("Password", exact=True).fill("parley-demo")
    bob.get_by_role("button", name="Sign in").click()
    expect(bob.get_by_role("heading", name="This account is closed")).to_be_visible()


def test_who_is_muted_is_told_and_the_text_stays(person: Person) -> None:
    alice, bob = person("alice"), enter(person("bob"))
    people_called(alice, "bob").click()
    alice.get_by_label("For how long").select_option(label="ten minutes")
    alice.get_by_role("button", name="Mute").click()
    expect(alice.get_by_text("bob can read, and not write")).to_be_visible()
    say(bob, "But I have something to say")
    expect(bob.get_by_text("You are muted until")).to_be_visible(timeout=PATIENCE)
    say(alice_in_room(alice), "We hear you later")
    shows(bob, "We hear you later")


def alice_in_room(page: Page) -> Page:
    return enter(page)


def test_one_link_for_one_person(person: Person, visitor, expected_complaints: list[str]) -> None:
    expected_complaints.append("40[34]")
    alice = administer(person("alice"), "invitations/")
    alice.get_by_label("It can be used").select_option(label="once")
    alice.get_by_role("button", name="Replace the link").click()
    expect(alice.get_by_text("it can be used 1 more time.")).to_be_visible()
    link = alice.locator("#join-link").inner_text()
    dora = visitor()
    dora.goto(link)
    dora.get_by_label("Username").fill("dora")
    dora.get_by_label("Password", exact=True).fill("a-quiet-place-7")
    dora.get_by_role("button", name="Create account").click()
    dora.wait_for_url("**/rooms/general/")
    connected(dora)
    late = visitor()
    late.goto(link)
    expect(late.get_by_role("heading", name="This join link is over")).to_be_visible()


def test_who_waits_is_let_in(person: Person) -> None:
    alice = administer(person("alice"), "people/?show=waiting")
    alice.get_by_role("button", name=re.compile("Let in.*wanda")).click()
    expect(alice.get_by_text("wanda can come in.")).to_be_visible()
    expect(alice.get_by_text("Nobody waits.")).to_be_visible()


def test_all_of_it_without_a_script(person: Person, expected_complaints: list[str]) -> None:
    expected_complaints.append("422")
    alice = administer(person("alice", java_script_enabled=False), "reports/")
    alice.get_by_text("More about bob …").click()
    alice.get_by_role("button", name="Mute").click()
    expect(alice.get_by_text("Looked into: they were muted.")).to_be_visible()
    alice.get_by_role("link", name="Community").click()
    alice.get_by_label("Name", exact=True).fill("The Crew")
    alice.get_by_text("By invitation:").click()
    alice.get_by_role("button", name="Save", exact=True).click()
    expect(alice.get_by_text("The community is saved.")).to_be_visible()
    bob = person("bob", java_script_enabled=False)
    bob.goto("/rooms/general/")
    bob.get_by_role("textbox", name="Message").fill("Hm")
    bob.get_by_role("button", name="Send", exact=True).click()
    expect(bob.get_by_text("You are muted until")).to_be_visible()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(person: Person, path: str) -> None:
    alice = administer(person("alice", bypass_csp=True), path)
    finds_nothing_in_any_look(alice)
    alice.set_viewport_size({"width": 320, "height": 640})
    assert alice.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_first_hour_and_a_report_are_read_by_axe(person: Person) -> None:
    alice = enter(person("alice", bypass_csp=True))
    menu = open_menu(alice, "Buy my pills at once")
    menu.get_by_text("Report", exact=True).click()
    finds_nothing_in_any_look(alice)
    alice.goto("/rooms/new/")
    alice.get_by_role("textbox", name="Name").fill("nowhere")
    alice.get_by_role("button", name="Create room").click()
    expect(alice.get_by_role("list", name="How to begin")).to_be_visible()
    finds_nothing_in_any_look(alice)
