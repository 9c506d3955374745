"""Names, emoji, rooms and commands that are suggested while one writes, and the row of formats."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.axe import finds_nothing_in_any_look
from tests.browser.room import PATIENCE, Person, box, connected, enter, messages, say, shows


def offered(page: Page, label: str) -> Locator:
    """What is suggested."""
    return page.get_by_role("list", name=label).get_by_role("button")


def begin(page: Page, text: str, label: str) -> Locator:
    """Write until something is suggested."""
    box(page).press_sequentially(text)
    expect(offered(page, label).first).to_be_visible(timeout=PATIENCE)
    return offered(page, label)


def caret(page: Page) -> int:
    return box(page).evaluate("box => box.selectionStart")


def test_enter_in_an_open_list_chooses_and_sends_nothing(person: Person) -> None:
    alice = enter(person("alice"))
    begin(alice, "Hello @bo", "Who may be meant")
    alice.keyboard.press("Enter")
    expect(box(alice)).to_have_value("Hello @bob ")
    expect(box(alice)).to_be_focused()
    expect(offered(alice, "Who may be meant")).to_have_count(0)
    assert not alice.locator("#outbox > li, #messages > .message").count()
    # The list is closed at once: the next Enter sends.
    alice.keyboard.press("Enter")
    shows(alice, "Hello @bob")
    expect(box(alice)).to_have_value("")


def test_in_the_middle_of_a_text_the_caret_is_behind_what_was_put_in(person: Person) -> None:
    alice = enter(person("alice"))
    box(alice).fill("🎉 first\nand  are here")
    box(alice).evaluate("box => box.setSelectionRange(13, 13)")
    begin(alice, "@ch", "Who may be meant").first.click()
    expect(box(alice)).to_have_value("🎉 first\nand @charlie  are here")
    assert caret(alice) == 22
    alice.keyboard.press("ControlOrMeta+z")
    expect(box(alice)).to_have_value("🎉 first\nand @ch are here")


def test_escape_closes_the_list_and_then_enter_sends(person: Person) -> None:
    alice = enter(person("alice"))
    begin(alice, "who is @bo", "Who may be meant")
    alice.keyboard.press("Escape")
    expect(offered(alice, "Who may be meant")).to_have_count(0)
    expect(box(alice)).to_be_focused()
    alice.keyboard.press("Enter")
    shows(alice, "who is @bo")


def test_who_goes_on_writing_is_not_disturbed(person: Person) -> None:
    alice = enter(person("alice"))
    begin(alice, "@b", "Who may be meant")
    box(alice).press_sequentially("ut no, nothing of the kind")
    expect(offered(alice, "Who may be meant")).to_have_count(0, timeout=PATIENCE)
    alice.keyboard.press("Enter")
    shows(alice, "@but no, nothing of the kind")


def test_nothing_is_left_to_be_chosen_once_it_is_sent(person: Person) -> None:
    alice = enter(person("alice"))
    box(alice).press_sequentially("ping @bo")
    # Not Enter, which waits for names that are on their way.
    alice.get_by_role("button", name="Send", exact=True).click()
    shows(alice, "ping @bo")
    # Longer than it takes to ask.
    alice.wait_for_timeout(1000)
    expect(offered(alice, "Who may be meant")).to_have_count(0)


@pytest.mark.parametrize(
    ("typed", "label", "name", "becomes"),
    [
        ("party :tada", "Emoji", "🎉", "party 🎉 "),
        ("/to", "Commands", "/topic", "/topic "),
    ],
)
def test_emoji_and_commands(person: Person, typed: str, label: str, name: str, becomes: str) -> None:
    alice = enter(person("alice"))
    expect(begin(alice, typed, label).first).to_contain_text(name)
    alice.keyboard.press("Enter")
    expect(box(alice)).to_have_value(becomes)


def test_a_room_is_linked(person: Person) -> None:
    alice = enter(person("alice"))
    begin(alice, "see #gen", "Rooms")
    alice.keyboard.press("Tab")
    alice.keyboard.press("Enter")
    expect(offered(alice, "Rooms")).to_have_count(0, timeout=PATIENCE)
    expect(box(alice)).to_be_focused()
    alice.keyboard.press("Enter")
    shows(alice, "see #general")
    messages(alice).get_by_role("link", name="#general").click()
    alice.wait_for_url("**/rooms/general/")


def test_a_command_that_is_complete_is_sent_at_once(person: Person) -> None:
    alice = enter(person("alice"))
    box(alice).press_sequentially("/help")
    alice.wait_for_timeout(600)
    alice.keyboard.press("Enter")
    expect(alice.get_by_text("What can be typed")).to_be_visible(timeout=PATIENCE)


AT_ONCE = """box => {
    box.value = '/help';
    box.dispatchEvent(new InputEvent('input', {bubbles: true}));
    return Promise.resolve().then(() => {
        box.dispatchEvent(new KeyboardEvent('keydown', {keyCode: 13, bubbles: true, cancelable: true}));
    });
}"""


def test_nothing_is_chosen_from_a_list_for_what_stood_there_before(person: Person) -> None:
    alice = enter(person("alice"))
    begin(alice, "/h", "Commands")
    box(alice).evaluate(AT_ONCE)
    expect(alice.get_by_text("What can be typed")).to_be_visible(timeout=PATIENCE)


FAILS_AND_ENTER = """list => {
    list.dispatchEvent(new CustomEvent('htmx:error', {bubbles: true}));
    document.querySelector('#body').dispatchEvent(
        new KeyboardEvent('keydown', {keyCode: 13, bubbles: true, cancelable: true}));
}"""


def test_nor_in_the_moment_in_which_it_fails(person: Person) -> None:
    alice = enter(person("alice"))
    begin(alice, "/h", "Commands")
    alice.locator("#suggestions").evaluate(FAILS_AND_ENTER)
    expect(alice.get_by_text("There is no command /h;")).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("what", ["a line that is cut", "an answer that does not come", "an error"])
def test_nor_where_another_cannot_be_had(person: Person, what: str, expected_complaints: list[str]) -> None:
    # The browser says so itself.
    expected_complaints.extend(["ERR_FAILED", "503", "htmx"])

    def answer(route: Route) -> None:
        if what == "an error":
            route.fulfill(status=503, body="<title>Not now</title><h1>Not now</h1>", content_type="text/html")
        elif what == "a line that is cut":
            route.abort()

    alice = enter(person("alice"))
    begin(alice, "/h", "Commands")
    title = alice.title()
    alice.route("**/suggestions/", answer)
    box(alice).press_sequentially("elp")
    alice.keyboard.press("Enter")
    expect(alice.get_by_text("What can be typed")).to_be_visible(timeout=PATIENCE)
    expect(offered(alice, "Commands")).to_have_count(0)
    assert alice.title() == title


def test_what_is_marked_is_formatted(person: Person) -> None:
    alice = enter(person("alice"))
    box(alice).fill("so it is")
    box(alice).evaluate("box => box.setSelectionRange(3, 5)")
    alice.get_by_role("button", name="Formatting").click()
    alice.get_by_role("list", name="Formatting").get_by_role("button", name="Bold").click()
    expect(box(alice)).to_have_value("so **it** is")
    expect(box(alice)).to_be_focused()
    box(alice).fill("one\ntwo")
    box(alice).press("ControlOrMeta+a")
    alice.get_by_role("button", name="Formatting").click()
    expect(alice.get_by_role("button", name="Bold")).to_be_focused()
    alice.get_by_role("button", name="List").press("Enter")
    expect(box(alice)).to_have_value("- one\n- two")
    alice.keyboard.press("Enter")
    shows(alice, "two")
    expect(alice.locator("#messages").get_by_role("listitem").get_by_text("one", exact=True)).to_be_visible()


def test_formatting_without_a_script_shows_how_it_is_typed(person: Person) -> None:
    bob = person("bob", java_script_enabled=False)
    bob.goto("/rooms/general/")
    box(bob).fill("so it is")
    bob.get_by_role("button", name="Formatting").click()
    expect(bob.get_by_text("What can be typed")).to_be_visible()
    expect(box(bob)).to_have_value("so it is")


def test_a_counter_where_a_text_is_nearly_too_long(person: Person) -> None:
    alice = enter(person("alice"))
    box(alice).fill("x" * 9_500)
    box(alice).press_sequentially("yz")
    expect(alice.get_by_text("498 characters left")).to_be_visible(timeout=PATIENCE)
    box(alice).fill("short")
    expect(alice.get_by_text("characters left")).to_be_hidden(timeout=PATIENCE)
    say(alice, "sent")
    shows(alice, "sent")


def test_a_list_that_was_closed_is_not_chosen_from_and_opens_again(person: Person) -> None:
    alice = enter(person("alice"))
    begin(alice, "@b", "Who may be meant")
    alice.mouse.click(600, 300)
    expect(offered(alice, "Who may be meant")).to_have_count(0)
    box(alice).press("End")
    begin(alice, "o", "Who may be meant")
    alice.keyboard.press("Enter")
    expect(box(alice)).to_have_value("@bob ")


def test_enter_waits_for_a_list_that_is_on_its_way(person: Person) -> None:
    alice = enter(person("alice"))
    alice.route("**/suggestions/", lambda route: None)
    box(alice).press_sequentially("for @bo")
    alice.wait_for_timeout(100)
    alice.keyboard.press("Enter")
    alice.wait_for_timeout(200)
    assert not alice.locator("#outbox > li, #messages > .message").count()
    # What was held goes on.
    alice.unroute("**/suggestions/")
    expect(box(alice)).to_have_value("for @bob ", timeout=PATIENCE)
    alice.keyboard.press("Enter")
    shows(alice, "for @bob")


def test_enter_sends_what_nothing_is_known_for_as_soon_as_that_is_known(person: Person) -> None:
    alice = enter(person("alice"))
    box(alice).press_sequentially("for @nobody")
    alice.keyboard.press("Enter")
    shows(alice, "for @nobody")
    expect(box(alice)).to_have_value("")


def test_who_writes_on_has_not_sent(person: Person) -> None:
    alice = enter(person("alice"))
    alice.route("**/suggestions/", lambda route: None)
    box(alice).press_sequentially("for @bo")
    alice.wait_for_timeout(100)
    alice.keyboard.press("Enter")
    box(alice).press_sequentially("nus")
    alice.wait_for_timeout(100)
    # What was held goes on.
    alice.unroute("**/suggestions/")
    alice.wait_for_timeout(500)
    expect(box(alice)).to_have_value("for @bonus")


def test_axe_finds_nothing_in_an_open_list(person: Person) -> None:
    alice = enter(person("alice", bypass_csp=True))
    begin(alice, "Hello @", "Who may be meant")
    finds_nothing_in_any_look(alice)
    alice.keyboard.press("Escape")
    alice.get_by_role("button", name="Formatting").click()
    expect(alice.get_by_role("button", name="Bold")).to_be_visible()
    finds_nothing_in_any_look(alice)


def in_a_thread(person: Person) -> tuple[Page, Locator]:
    """Alice's page, with a thread beside the room, and the box there."""
    alice = enter(person("alice"))
    say(alice, "a question")
    shows(alice, "a question")
    alice.goto("/rooms/general/messages/1/thread/")
    connected(alice)
    return alice, alice.get_by_role("textbox", name="Answer")


def test_in_the_box_of_a_thread(person: Person) -> None:
    alice, answer = in_a_thread(person)
    answer.press_sequentially("for @b")
    expect(offered(alice, "Who may be meant")).to_have_count(1, timeout=PATIENCE)
    # Above the box that is written in, not the room's.
    left = "element => element.getBoundingClientRect().left"
    assert alice.locator(".suggestions").evaluate(left) >= answer.evaluate(left) - 1
    alice.keyboard.press("Enter")
    expect(answer).to_have_value("for @bob ")
    expect(answer).to_be_focused()
    answer.press_sequentially(":tad")
    expect(offered(alice, "Emoji").first).to_be_visible(timeout=PATIENCE)
    offered(alice, "Emoji").first.press("Enter")
    expect(answer).to_have_value("for @bob 🎉 ")
    alice.keyboard.press("Enter")
    expect(alice.locator(".is-thread .text", has_text="for @bob 🎉")).to_be_visible(timeout=PATIENCE)
    expect(answer).to_have_value("")
    expect(box(alice)).to_have_value("")
    answer.fill("so it is")
    answer.evaluate("box => box.setSelectionRange(3, 5)")
    alice.locator("#answer").get_by_role("button", name="Formatting").click()
    alice.get_by_role("button", name="Bold").click()
    expect(answer).to_have_value("so **it** is")


def test_a_counter_in_the_box_of_a_thread(person: Person) -> None:
    alice, answer = in_a_thread(person)
    answer.fill("x" * 9_500)
    answer.press_sequentially("yz")
    expect(alice.locator("#answer")).to_contain_text("498 characters left", timeout=PATIENCE)
    expect(alice.locator("#composer")).not_to_contain_text("characters left")
    answer.fill("short")
    expect(alice.get_by_text("characters left")).to_be_hidden(timeout=PATIENCE)
