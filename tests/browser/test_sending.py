"""What is on its way is never out of sight: it waits on the page, is sent once, or returns to the box."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from tests.browser.line import Line, line_to
from tests.browser.room import PATIENCE, Person, becomes, box, connected, enter, messages, say, shows, texts
from tests.browser.server import Server


@pytest.fixture(autouse=True)
def a_lost_connection_is_complained_of(expected_complaints: list[str]) -> None:
    expected_complaints.append("WebSocket|net::ERR|ws:error|Failed to fetch")


def waiting(page: Page) -> Locator:
    """The rows of what is on its way."""
    return page.locator("#outbox > li")


def test_a_message_takes_the_place_of_the_one_that_waits(person: Person, server: Server) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    with server.frozen():
        for text in ("one", "two", "one"):
            say(alice, text)
        expect(waiting(alice)).to_have_count(3)
        expect(box(alice)).to_have_value("")
        expect(alice.get_by_text("Not sent yet.").first).to_be_visible(timeout=PATIENCE)
    expect(waiting(alice)).to_have_count(0, timeout=PATIENCE)
    for page in (alice, bob):
        shows(page, "two")
        assert texts(page) == ["one", "two", "one"]


def test_a_refused_one_returns_to_the_empty_box(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "/nothing of the kind")
    expect(box(alice)).to_have_value("/nothing of the kind", timeout=PATIENCE)
    expect(alice.locator("#composer-error")).to_contain_text("There is no command /nothing")
    expect(waiting(alice)).to_have_count(0)


def test_where_something_else_is_written_by_then_it_stays_in_sight(person: Person, server: Server) -> None:
    alice = enter(person("alice"))
    with server.frozen():
        say(alice, "/nothing of the kind")
        box(alice).fill("something else")
    row = waiting(alice)
    expect(row).to_contain_text("There is no command /nothing", timeout=PATIENCE)
    expect(box(alice)).to_have_value("something else")
    row.get_by_role("button", name="Back to the box").click()
    expect(box(alice)).to_have_value("something else\n/nothing of the kind")
    expect(row).to_have_count(0)


def test_what_it_answers_is_sent_with_it_once(person: Person, server: Server) -> None:
    alice = enter(person("alice"))
    say(alice, "a question")
    shows(alice, "a question")
    alice.locator("#messages .when").first.click()
    alice.locator("#menu").get_by_role("link", name="Reply", exact=True).click()
    expect(alice.locator("#reply-to .answering")).to_be_visible()
    with server.frozen():
        say(alice, "the answer")
        say(alice, "no answer")
        expect(waiting(alice).first).to_contain_text("a question")
    shows(alice, "no answer")
    expect(messages(alice).locator(".quote")).to_have_count(1)


def test_the_answer_of_a_quick_hand_waits_for_what_it_answers(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "a question")
    shows(alice, "a question")
    held: list[Route] = []
    alice.route("**/reply/*", lambda route: held.append(route))
    alice.locator("#messages > .message").first.hover()
    alice.locator("#hand").get_by_role("link", name="Reply").click()
    say(alice, "the answer")
    alice.wait_for_timeout(150)
    expect(box(alice)).to_have_value("the answer")
    held[0].continue_()
    shows(alice, "the answer")
    expect(messages(alice).locator(".quote")).to_have_count(1)


def enter_thread(page: Page) -> Locator:
    """Go to the thread of the first message; its box."""
    say(page, "a question")
    shows(page, "a question")
    page.goto("/rooms/general/messages/1/thread/")
    connected(page)
    return page.get_by_role("textbox", name="Answer")


def test_an_answer_waits_in_its_thread(person: Person, server: Server) -> None:
    alice = enter(person("alice"))
    answer = enter_thread(alice)
    on_their_way = alice.get_by_role("list", name="On their way").get_by_role("listitem")
    with server.frozen():
        for text in ("first", "second"):
            answer.fill(text)
            answer.press("Enter")
        answer.press_sequentially("and more")
        expect(on_their_way).to_have_count(2)
        expect(on_their_way.first).to_contain_text("Not sent yet.", timeout=PATIENCE)
    expect(on_their_way).to_have_count(0, timeout=PATIENCE)
    expect(alice.locator(".is-thread > .message .text")).to_have_text(["first", "second"], timeout=PATIENCE)
    # What is written meanwhile stays.
    expect(answer).to_have_value("and more")


def test_an_answer_that_is_refused_returns_to_its_box(person: Person) -> None:
    alice = enter(person("alice"))
    answer = enter_thread(alice)
    answer.fill("/nothing of the kind")
    answer.press("Enter")
    expect(alice.locator("#answer-error")).to_contain_text("There is no command /nothing", timeout=PATIENCE)
    expect(answer).to_have_value("/nothing of the kind")
    expect(answer).to_be_focused()
    expect(alice.get_by_role("list", name="On their way").get_by_role("listitem")).to_have_count(0)


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    """A line to the server that can go dead."""
    with line_to(server.port) as line:
        yield line


def enter_by(line: Line, page: Page) -> Page:
    page.goto(f"{line.url}/rooms/general/")
    return connected(page)


def test_who_sends_into_a_dead_line_takes_a_new_one_and_sends_it_again(person: Person, line: Line) -> None:
    alice, bob = enter_by(line, person("alice")), enter(person("bob"))
    line.go_dead()
    say(alice, "into the dark")
    expect(waiting(alice)).to_have_count(1)
    expect(waiting(alice)).to_contain_text("Not sent yet.")
    shows(bob, "into the dark")
    expect(waiting(alice)).to_have_count(0, timeout=PATIENCE)
    assert texts(alice) == texts(bob) == ["into the dark"]


def test_a_page_that_hears_nothing_takes_a_new_line(person: Person, line: Line) -> None:
    alice, bob = enter_by(line, person("alice")), enter(person("bob"))
    line.go_dead()
    say(bob, "do you hear me")
    shows(alice, "do you hear me")
    expect(alice.get_by_text("Connection lost.")).to_be_hidden()


def test_nobody_types_once_it_is_said(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    box(alice).press_sequentially("Hello there", delay=30)
    box(alice).press("Enter")
    shows(bob, "Hello there")
    # As long as the page holds back what it would say of somebody who writes.
    bob.wait_for_timeout(3500)
    expect(bob.locator("#typing > *")).to_have_count(0)


def test_where_the_line_is_closed_leaving_asks_first(person: Person, server: Server) -> None:
    alice = enter(person("alice"))
    server.kill()
    becomes(alice, "!!document.querySelector('#live.is-cut')")
    say(alice, "unsent")
    expect(waiting(alice)).to_have_count(1)
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    alice.on("dialog", note)
    alice.close(run_before_unload=True)
    alice.wait_for_timeout(500)
    assert asked == ["beforeunload"]


def test_an_edit_that_did_not_get_through_is_saved_when_the_line_is_back(
    person: Person, server: Server
) -> None:
    alice = enter(person("alice"))
    say(alice, "a tpyo")
    shows(alice, "a tpyo")
    alice.locator("#messages .when").first.click()
    alice.get_by_role("link", name="Edit", exact=True).click()
    edited = alice.get_by_role("textbox", name="Your message")
    expect(edited).to_be_visible()
    server.kill()
    edited.fill("a typo")
    edited.press("Enter")
    expect(alice.get_by_text("Not saved yet.")).to_be_visible()
    expect(edited).to_have_value("a typo")
    server.start()
    shows(alice, "a typo")
    expect(edited).to_have_count(0, timeout=PATIENCE)
