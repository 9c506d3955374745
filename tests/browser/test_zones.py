"""Two people on two sides of the earth in one room: each reads the times and days of their own."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.room import PATIENCE, Person, enter, messages, say, shows
from tests.browser.server import Server

AUCKLAND, LOS_ANGELES = "Pacific/Auckland", "America/Los_Angeles"
# Nowhere is it midnight at both; one message before that of Auckland, one after it.
FURNITURE = """
import datetime
from accounts.models import Person
from rooms.models import Membership, Message
from rooms.actions import messages_post
from rooms.actions.messages_prepare import NewMessage
for name, zone in (('alice', 'Pacific/Auckland'), ('bob', 'America/Los_Angeles')):
    Person.objects.filter(username=name).update(time_zone=zone)
members = Membership.objects.select_related('room', 'person').filter(room__slug='general')
member = members.get(person__username='charlie')
midnight = datetime.datetime(2026, 3, 1, 11, tzinfo=datetime.UTC)
times = [midnight - datetime.timedelta(minutes=2), midnight + datetime.timedelta(minutes=1)]
class Clock:
    now = staticmethod(lambda: times.pop(0))
messages_post.timezone = Clock
for text in ('Before midnight', 'After midnight'):
    messages_post.post_messages([NewMessage(member.pk, member.person_id, text)])
"""


@pytest.fixture
def server(server: Server) -> Server:
    server.shell(FURNITURE)
    return server


def said_at(page: Page, text: str) -> str:
    """What the clock of a message says on a page."""
    row = page.locator("#messages > .message", has_text=text)
    return row.locator(".when time").inner_text()


def days(page: Page) -> list[str]:
    """The days on a page, in their order."""
    return page.locator("#messages .day").all_inner_texts()


def choose_zone(page: Page, zone: str) -> None:
    page.goto("/accounts/profile/")
    page.get_by_label("Time zone").select_option(zone)
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_label("Time zone")).to_have_value(zone)


def test_each_reads_times_and_days_of_their_own(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    assert [said_at(alice, "Before midnight"), said_at(alice, "After midnight")] == ["23:58", "00:01"]
    assert [said_at(bob, "Before midnight"), said_at(bob, "After midnight")] == ["02:58", "03:01"]
    assert days(alice) == ["Sunday 1 March 2026", "Monday 2 March 2026"]
    assert days(bob) == ["Sunday 1 March 2026"]

    # What comes live is as it is on a page that is loaded.
    say(bob, "Good morning")
    shows(alice, "Good morning")
    shows(bob, "Good morning")
    for page in (alice, bob):
        live = said_at(page, "Good morning"), days(page)
        page.reload()
        expect(messages(page)).to_contain_text("Good morning", timeout=PATIENCE)
        assert (said_at(page, "Good morning"), days(page)) == live
    assert said_at(alice, "Good morning") != said_at(bob, "Good morning")


def test_pages_that_are_open_ask_to_be_loaded_again_where_one_has_another_zone(
    person: Person, expected_complaints: list[str]
) -> None:
    # The page is looked at while its socket is closed for good.
    expected_complaints.append("Connection not open")
    alice = enter(person("alice"))
    assert said_at(alice, "After midnight") == "00:01"
    choose_zone(alice.context.new_page(), "Asia/Tokyo")
    expect(alice.locator("#farewell")).to_contain_text(
        "Your time zone or language has changed", timeout=PATIENCE
    )
    assert said_at(alice, "After midnight") == "00:01"
    alice.get_by_role("link", name="Load it again").click()
    expect(alice.locator("#farewell")).to_be_empty()
    expect(alice.locator("#messages .when time").last).to_have_text("20:01", timeout=PATIENCE)
    enter(alice)
    say(alice, "In Tokyo")
    shows(alice, "In Tokyo")


def test_without_a_script_as_well(person: Person) -> None:
    alice = person("alice", java_script_enabled=False)
    alice.goto("/rooms/general/")
    assert days(alice) == ["Sunday 1 March 2026", "Monday 2 March 2026"]
    choose_zone(alice, LOS_ANGELES)
    alice.goto("/rooms/general/")
    assert days(alice) == ["Sunday 1 March 2026"]
    assert said_at(alice, "After midnight") == "03:01"
