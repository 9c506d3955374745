"""Older messages, as one scrolls up."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.room import Person, enter, messages, rows, shows, texts
from tests.browser.server import Server

TALK = """
import datetime
from django.utils import timezone
from rooms.models import *
from rooms import actions
members = Membership.objects.select_related('room', 'person').filter(room__slug='general')
members = list(members.order_by('person'))
for number in range(230):
    actions.post_message(members[number // 3 % 3], f'number {number}.')
yesterday, today = Message.objects.order_by('pk')[:115], Message.objects.order_by('pk')[115]
for message in yesterday:
    Message.objects.filter(pk=message.pk).update(posted_at=message.posted_at - datetime.timedelta(days=1))
Message.objects.filter(pk=today.pk).update(starts_day=True, starts_group=True)
"""


@pytest.fixture
def talk(server: Server) -> None:
    """230 messages of two days, as of three people."""
    server.shell(TALK)


def scroll_to_the_beginning(page: Page) -> None:
    """Up, until nothing older is left."""
    page.locator(".scroller").hover()
    for _ in range(12):
        page.mouse.wheel(0, -30_000)
        page.wait_for_timeout(300)
        if page.locator("#oldest").input_value() == "":
            return


@pytest.mark.usefixtures("talk")
def test_older_messages_load_as_one_scrolls_up(person: Person) -> None:
    alice = enter(person("alice"))
    assert len(texts(alice)) == 50
    expect(alice.get_by_text("number 229.", exact=True)).to_be_in_viewport()
    scroll_to_the_beginning(alice)
    shows(alice, "number 0.")
    assert texts(alice) == [f"number {number}." for number in range(230)]
    assert alice.locator("#messages .day").count() == 2
    expect(alice.locator("#older")).to_be_hidden()


@pytest.mark.usefixtures("talk")
def test_loading_does_not_move_what_one_reads(person: Person) -> None:
    alice = enter(person("alice"))
    first = alice.get_by_text("number 180.", exact=True)
    alice.locator(".scroller").hover()
    alice.mouse.wheel(0, -30_000)
    shows(alice, "number 130.")
    # Where the reader was when the older ones came is where they are, give or take a heading.
    expect(first).to_be_in_viewport()


@pytest.mark.usefixtures("talk")
def test_a_live_message_after_loading_older_ones(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    scroll_to_the_beginning(alice)
    bob.get_by_role("textbox", name="Message").fill("fresh")
    bob.get_by_role("textbox", name="Message").press("Enter")
    shows(alice, "fresh")
    assert texts(alice)[-1] == "fresh"
    assert len(texts(alice)) == 231


@pytest.mark.usefixtures("talk")
def test_without_a_script_one_turns_pages(person: Person) -> None:
    alice = person("alice", java_script_enabled=False)
    alice.goto("/rooms/general/")
    seen = texts(alice)
    while alice.get_by_role("link", name="Older messages").is_visible():
        alice.get_by_role("link", name="Older messages").click()
        seen = texts(alice) + seen
    assert seen == [f"number {number}." for number in range(230)]
    alice.get_by_role("link", name="Back to the newest messages").click()
    assert "number 229." in rows(alice)
    expect(messages(alice)).to_be_visible()
