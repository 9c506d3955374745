"""Lost connections: what was missed is caught up, what was written meanwhile is sent, once."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import services
from tests.browser.room import (
    PATIENCE,
    Person,
    becomes,
    box,
    connected,
    enter,
    messages,
    rows,
    say,
    shows,
    texts,
)
from tests.browser.server import Server

# Longer than two pulses, which is when a page knows that it is cut off.
CUT_OFF = 25_000


@pytest.fixture(autouse=True)
def a_lost_connection_is_complained_of(expected_complaints: list[str]) -> None:
    expected_complaints.append("WebSocket|net::ERR|ws:error")


def is_reload(page: Page) -> None:
    """What is shown is what a reload shows."""
    live = rows(page)
    page.reload()
    connected(page)
    assert rows(page) == live


def test_what_was_missed_is_there_after_a_restart(person: Person, server: Server) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "before")
    say(alice, "a slip")
    shows(bob, "a slip")
    server.stop()
    server.shell(
        "from rooms.models import *; from rooms.actions import messages_delete, messages_post\n"
        "m = Membership.objects.select_related('room', 'person').get(person__username='alice')\n"
        "messages_delete.remove_message(Message.objects.select_related('room').get(body='a slip'))\n"
        "messages_post.post_message(m, 'meanwhile')"
    )
    server.start()
    for page in (alice, bob):
        shows(page, "meanwhile")
        expect(messages(page)).not_to_contain_text("a slip")
    say(bob, "after")
    shows(alice, "after")
    is_reload(alice)


def test_what_was_written_meanwhile_is_sent_once(person: Person, server: Server) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    server.kill()
    becomes(alice, "document.querySelector('#live')._htmx.ws.connection.socket?.readyState !== 1")
    say(alice, "written in the dark")
    expect(box(alice)).to_have_value("")
    say(alice, "and another")
    box(alice).fill("still typing")
    server.start()
    for page in (alice, bob):
        shows(page, "and another")
    assert texts(bob) == ["written in the dark", "and another"]
    expect(box(alice)).to_have_value("still typing")
    is_reload(bob)


def test_connection_lost_shows_while_it_is_lost(person: Person, server: Server) -> None:
    alice = enter(person("alice"))
    strip = alice.get_by_text("Connection lost.")
    expect(strip).to_be_hidden()
    server.stop()
    expect(strip).to_be_visible(timeout=CUT_OFF)
    server.start()
    expect(strip).to_be_hidden(timeout=CUT_OFF)


@pytest.fixture
def two_processes(start_server: Callable[..., Server]) -> Iterator[tuple[Server, Server]]:
    """Two processes of one site, which tell each other through Redis."""
    with services.redis() as url:
        one = start_server(REDIS_URL=url)
        other = Server(one.folder, REDIS_URL=url)
        other.start()
        yield one, other
        other.stop()
        one.stop()


HAPPENS = """
from rooms.models import *
from rooms.actions import messages_delete, messages_edit, messages_post, pins, reactions
member = Membership.objects.select_related("room", "person").get(person__username="bob")
def said(body):
    return Message.objects.select_related("room").get(body=body)
for body in ("stays", "a slip", "to be edited", "to be praised", "to be pinned"):
    messages_post.post_message(member, body)
messages_post.post_message(member, "an answer", reply_to=said("to be edited").pk)
messages_delete.remove_message(said("a slip"))
messages_edit.edit_message(member, said("to be edited"), "edited", "")
reactions.toggle_reaction(member, said("to be praised"), "👍")
pins.pin_message(member, said("to be pinned"))
messages_delete.remove_message(said("an old slip"))
"""


def test_what_happens_while_a_process_stands_still_is_on_its_pages_afterwards(
    person: Person, two_processes: tuple[Server, Server]
) -> None:
    one, other = two_processes
    alice = person("alice")
    alice.goto(f"{one.url}/rooms/general/")
    say(connected(alice), "an old slip")
    shows(alice, "an old slip")
    with one.frozen():
        other.shell(HAPPENS)
        alice.wait_for_timeout(3000)
    shows(alice, "to be pinned")
    expect(messages(alice)).not_to_contain_text("a slip", timeout=PATIENCE)
    expect(messages(alice)).not_to_contain_text("an old slip", timeout=PATIENCE)
    expect(alice.locator(".reactions button")).to_have_count(1, timeout=PATIENCE)
    # With the names of those who type and are here all is as a reload has it.
    is_reload(alice)


def test_far_behind_is_the_newest_page_and_older_ones_load_above(person: Person, server: Server) -> None:
    alice = enter(person("alice"))
    say(alice, "the first")
    shows(alice, "the first")
    server.stop()
    server.shell(
        "from rooms.models import *; from rooms.actions import messages_delete, messages_post\n"
        "m = Membership.objects.select_related('room', 'person').get(person__username='bob')\n"
        "for number in range(130): messages_post.post_message(m, f'number {number}.')"
    )
    server.start()
    shows(alice, "number 129.")
    expect(messages(alice)).not_to_contain_text("the first")
    for _ in range(3):
        alice.locator("#messages > li").first.scroll_into_view_if_needed()
        alice.mouse.move(400, 300)
        alice.mouse.wheel(0, -20_000)
        alice.wait_for_timeout(500)
    shows(alice, "the first")
    assert len(texts(alice)) == 131


def test_the_page_says_what_htmx_is_to_do_with_its_line(person: Person) -> None:
    """In htmx's own notation: what it cannot read it leaves out without a word."""
    alice = enter(person("alice"))
    line = alice.evaluate("htmx.config.ws")
    assert line["pauseOnBackground"] is False
    assert {1006, 1012, 4408} <= set(line["reconnectCodes"])
    assert all(name.isalpha() for name in line), line


def test_a_tab_in_the_background_keeps_up(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    front = bob.context.new_page()
    front.goto("/rooms/")
    front.bring_to_front()
    for number in range(10):
        say(alice, f"message {number}")
    shows(bob, "message 9")
    bob.bring_to_front()
    is_reload(bob)


def test_no_longer_a_member_is_said_and_not_retried(person: Person, server: Server) -> None:
    bob = enter(person("bob"))
    other = bob.context.new_page()
    enter(other)
    other.get_by_role("button", name="Leave this room").click()
    expect(bob.locator("#farewell")).to_contain_text("You are no longer in this room.", timeout=PATIENCE)
    bob.wait_for_timeout(2_000)
    assert bob.evaluate("document.querySelector('#live')._htmx.ws.connection === undefined")
