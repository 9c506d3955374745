"""Older messages, as one scrolls up, and the history from any place in it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.room import PATIENCE, Person, box, connected, enter, messages, rows, say, shows, texts
from tests.browser.server import Server

MORE_FURNITURE = """
import datetime
from django.utils import timezone
from rooms.models import *
from rooms.actions import messages_post
members = Membership.objects.select_related('room', 'person').filter(room__slug='general')
members = list(members.order_by('person'))
for number in range(230):
    messages_post.post_message(members[number // 3 % 3], f'number {number}.')
yesterday, today = Message.objects.order_by('pk')[:115], Message.objects.order_by('pk')[115]
for message in yesterday:
    earlier = {name: at and at - datetime.timedelta(days=1) for name, at in
        (('posted_at', message.posted_at), ('previous_at', message.previous_at))}
    Message.objects.filter(pk=message.pk).update(**earlier)
before = Message.objects.get(pk=yesterday[114].pk)
Message.objects.filter(pk=today.pk).update(previous_at=before.posted_at, starts_group=True)
"""

MORE_TALK = """
from rooms.models import *
from rooms.actions import messages_post
member = Membership.objects.select_related('room', 'person').filter(room__slug='general').first()
for number in range(300):
    messages_post.post_messages([messages_post.NewMessage(member.pk, member.person_id, f'more {number}.')])
"""


def scroll_to_the_beginning(page: Page) -> None:
    """Up, until nothing older is left."""
    page.locator(".scroller").hover()
    for _ in range(12):
        page.mouse.wheel(0, -30_000)
        page.wait_for_timeout(300)
        if page.locator("#oldest").input_value() == "":
            return


def test_older_messages_load_as_one_scrolls_up(person: Person) -> None:
    alice = enter(person("alice"))
    assert len(texts(alice)) == 50
    expect(alice.get_by_text("number 229.", exact=True)).to_be_in_viewport()
    scroll_to_the_beginning(alice)
    shows(alice, "number 0.")
    assert texts(alice) == [f"number {number}." for number in range(230)]
    assert alice.locator("#messages .day").count() == 2
    expect(alice.locator("#older")).to_be_hidden()


def test_loading_does_not_move_what_one_reads(person: Person) -> None:
    alice = enter(person("alice"))
    first = alice.get_by_text("number 180.", exact=True)
    alice.locator(".scroller").hover()
    alice.mouse.wheel(0, -30_000)
    shows(alice, "number 130.")
    # Where the reader was when the older ones came is where they are, give or take a heading.
    expect(first).to_be_in_viewport()


def test_a_live_message_after_loading_older_ones(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    scroll_to_the_beginning(alice)
    bob.get_by_role("textbox", name="Message").fill("fresh")
    bob.get_by_role("textbox", name="Message").press("Enter")
    shows(alice, "fresh")
    assert texts(alice)[-1] == "fresh"
    assert len(texts(alice)) == 231


def test_without_a_script_one_turns_pages(person: Person) -> None:
    alice = person("alice", java_script_enabled=False)
    alice.goto("/rooms/general/")
    seen = texts(alice)
    # The page says whether there is more: whether a link is visible is not yet so while styles are applied.
    while alice.locator("#oldest").get_attribute("value"):
        alice.get_by_role("link", name="Older messages").click()
        seen = texts(alice) + seen
    expect(alice.get_by_role("link", name="Older messages")).to_be_hidden()
    assert seen == [f"number {number}." for number in range(230)]
    alice.get_by_role("link", name="Back to the newest messages").click()
    assert "number 229." in rows(alice)
    expect(messages(alice)).to_be_visible()


def in_history(page: Page, number: int) -> Page:
    """Open the history at a message, by its permalink."""
    page.goto(f"/rooms/general/messages/{number + 1}/")
    return connected(page)


def numbers(page: Page) -> list[str]:
    """The texts of the messages in a history."""
    return page.locator("#history .text").all_inner_texts()


def wheel(page: Page, way: int, until: str) -> None:
    """Scroll until one end of the history is reached."""
    page.locator(".scroller").hover()
    for _ in range(20):
        page.mouse.wheel(0, way * 30_000)
        page.wait_for_timeout(250)
        if page.locator(until).input_value() == "":
            return
    raise AssertionError(f"{until} still has something beyond it")


def test_up_and_down_without_end_from_a_permalink(person: Person) -> None:
    alice = in_history(person("alice"), 100)
    assert len(numbers(alice)) == 50
    expect(alice.get_by_text("number 100.", exact=True)).to_be_in_viewport()
    # Its menu is for pages without a script: here the row's time opens it.
    expect(alice.locator(".menu")).to_have_count(0)
    wheel(alice, -1, "#oldest")
    assert numbers(alice)[0] == "number 0."
    wheel(alice, 1, "#newest")
    assert numbers(alice) == [f"number {number}." for number in range(230)]
    expect(alice.get_by_role("link", name="That was the newest.")).to_be_visible()


def test_back_returns_to_the_place(person: Person) -> None:
    alice = in_history(person("alice"), 200)
    wheel(alice, -1, "#oldest")
    place = alice.url
    assert "around=" in place
    alice.get_by_role("link", name="Browse rooms").click()
    alice.wait_for_url("**/rooms/")
    alice.go_back()
    alice.wait_for_url(place)
    expect(alice.locator(f"#{place.partition('#')[2]}")).to_be_in_viewport()
    alice.go_forward()
    alice.wait_for_url("**/rooms/")


def test_back_to_a_room_that_was_scrolled_back_returns_to_the_place(person: Person) -> None:
    alice = enter(person("alice"))
    scroll_to_the_beginning(alice)
    expect(alice).to_have_url(re.compile("around="))
    place = alice.url
    alice.get_by_role("link", name="Browse rooms").click()
    alice.wait_for_url("**/rooms/")
    alice.go_back()
    alice.wait_for_url(place)
    expect(alice.locator(f"#{place.partition('#')[2]}")).to_be_in_viewport()


def test_at_its_end_a_room_is_the_room_again(person: Person) -> None:
    alice = enter(person("alice"))
    scroll_to_the_beginning(alice)
    expect(alice).to_have_url(re.compile("around="))
    alice.mouse.wheel(0, 300_000)
    expect(alice).to_have_url(re.compile("/rooms/general/$"), timeout=PATIENCE)
    shows(alice, "number 0.")


def test_the_newest_with_what_has_arrived_since(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    in_history(alice, 100)
    newest = alice.get_by_role("link", name="Newest messages")
    expect(newest).to_have_accessible_name("Newest messages")
    say(bob, "Are you there?")
    expect(newest).to_have_accessible_name("Newest messages 1 unread", timeout=PATIENCE)
    newest.click()
    connected(alice)
    shows(alice, "Are you there?")
    expect(box(alice)).to_be_focused()


def test_what_changes_meanwhile_changes_in_the_history(person: Person) -> None:
    alice, bob = in_history(person("alice"), 100), enter(person("bob"))
    bob.goto("/rooms/general/messages/103/edit/")
    bob.get_by_label("Your message").fill("number one hundred and two.")
    bob.get_by_role("button", name="Save").click()
    expect(alice.get_by_text("number one hundred and two.", exact=True)).to_be_visible(timeout=PATIENCE)


def test_a_day_is_gone_to(person: Person) -> None:
    alice = in_history(person("alice"), 200)
    yesterday = alice.evaluate("new Date(Date.now() - 86400000).toISOString().slice(0, 10)")
    alice.get_by_label("Day").fill(yesterday)
    alice.get_by_role("button", name="Go to that day").click()
    alice.wait_for_url("**/history/?around=1#message-1")
    expect(alice.get_by_text("number 0.", exact=True)).to_be_in_viewport()


def test_a_history_that_is_read_for_long_does_not_grow_without_bound(person: Person, server: Server) -> None:
    server.shell(MORE_TALK)
    alice = in_history(person("alice"), 100)
    wheel(alice, 1, "#newest")
    assert len(numbers(alice)) <= 350
    assert numbers(alice)[-1] == "more 299."
    wheel(alice, -1, "#oldest")
    assert len(numbers(alice)) <= 350
    assert numbers(alice)[0] == "number 0."
