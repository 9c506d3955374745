"""What is said: sent, received, lost sight of and caught up with."""

from collections.abc import Callable

from tests.browser.server import House, Server
from tests.engines.conftest import Member, connected, enter
from tests.engines.page import Page

BOX = "#body"
PASSWORD = "a-quiet-place-7"
# What WebKit tells of a word that an input method has composed: the composition ends, then comes the Enter
# that ended it, with the number that stands for "in the input method".
COMPOSED = """(box => {
    box.focus()
    box.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}))
    box.value = "機能"
    box.dispatchEvent(new InputEvent("input", {bubbles: true, isComposing: true}))
    box.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true, data: "機能"}))
    const enter = {key: "Enter", keyCode: 229, bubbles: true, cancelable: true}
    box.dispatchEvent(new KeyboardEvent("keydown", enter))
})(document.querySelector("#body"))"""


def said(page: Page) -> list[str]:
    """The texts of the messages in the room."""
    return [text.strip() for text in page.texts("#messages > .message .text")]


def say(page: Page, text: str) -> None:
    """Write and send, with the keyboard."""
    page.click(BOX)
    page.type(text)
    page.press("Enter")


def test_from_signing_up_to_signing_out(
    visitor: Page, start_server: Callable[..., Server], empty_house: House
) -> None:
    server = start_server(house=empty_house)
    visitor.go(f"{server.url}/rooms/anything/")
    visitor.arrives("/welcome/")
    visitor.fill("[name=community]", "Tea & Code")
    visitor.fill("[name=username]", "alice")
    visitor.fill("[name=password1]", PASSWORD)
    visitor.click("button", "Begin")
    visitor.arrives("/rooms/general/")
    connected(visitor)
    visitor.click(".me-link", "")
    visitor.click("button", "Sign out")
    visitor.sees("button", "Sign in")
    visitor.click("a", "Create an account")
    visitor.fill("[name=username]", "bob")
    visitor.fill("[name=password1]", PASSWORD)
    visitor.click("button", "Create account")
    visitor.arrives("/rooms/general/")
    say(connected(visitor), "Is anybody here?")
    visitor.shows("Is anybody here?", "#messages")
    visitor.click(".me-link", "")
    visitor.click("button", "Sign out")
    visitor.sees("button", "Sign in")
    visitor.fill("[name=login]", "bob")
    visitor.fill("[name=password]", PASSWORD)
    visitor.press("Enter")
    visitor.shows("Is anybody here?", "#messages")


def test_enter_sends_and_shift_enter_breaks_the_line(alice: Page, bob: Member, server: Server) -> None:
    enter(alice, server)
    assert alice.js("document.activeElement.id") == "body"
    alice.type("hello")
    alice.press("Enter")
    alice.shows("hello", "#messages")
    alice.becomes("document.querySelector('#body').value == ''")
    bob.say("hello alice")
    alice.shows("hello alice", "#messages")
    alice.type("two")
    alice.press("Shift", "Enter")
    alice.type("lines")
    alice.press("Enter")
    alice.shows("lines", "#messages")
    assert said(alice) == ["hello", "hello alice", "two\nlines"]
    assert alice.js("document.activeElement.id") == "body"


def test_enter_that_ends_a_composition_sends_nothing(alice: Page, bob: Member, server: Server) -> None:
    enter(alice, server)
    alice.js(COMPOSED)
    bob.say("meanwhile")
    alice.shows("meanwhile", "#messages")
    assert alice.value(BOX) == "機能"
    alice.press("Enter")
    alice.shows("機能", "#messages")
    assert said(alice) == ["meanwhile", "機能"]


def test_what_was_missed_is_caught_up_with_and_what_was_written_is_sent_once(
    alice: Page, join: Callable[[str], Member], server: Server, expected_complaints: list[str]
) -> None:
    expected_complaints.append("WebSocket|ws:error|can’t establish")
    enter(alice, server)
    join("bob").say("before")
    alice.shows("before", "#messages")
    server.kill()
    alice.becomes("document.querySelector('#live')._htmx.ws.connection.socket?.readyState != 1")
    say(alice, "written in the dark")
    server.start()
    join("bob").say("meanwhile")
    alice.shows("meanwhile", "#messages")
    alice.shows("written in the dark", "#messages")
    assert sorted(said(alice)) == ["before", "meanwhile", "written in the dark"]
    alice.sees(BOX)
    live = said(alice)
    alice.reload()
    assert said(connected(alice)) == live


def test_a_tab_that_is_not_looked_at_keeps_its_line(alice: Page, bob: Member, server: Server) -> None:
    enter(alice, server)
    alice.js("Object.defineProperty(document, 'hidden', {value: true})")
    alice.js("document.dispatchEvent(new Event('visibilitychange'))")
    bob.say("are you there?")
    alice.shows("are you there?", "#messages")


def test_the_word_typing_leaves_with_the_last_name(alice: Page, bob: Member, server: Server) -> None:
    enter(alice, server)
    width = "parseFloat(getComputedStyle(document.querySelector('#typing'), '::after').width)"
    # Noted by the page itself as the name comes: on a busy machine it may have left before anybody asks.
    alice.js(
        f"(new MutationObserver(() => {{ window.wide ||= {width} > 20 }}))"
        ".observe(document.querySelector('#typing'), {childList: true})"
    )
    bob.type()
    alice.becomes("window.wide")
    alice.becomes(f"!({width} > 0)")


def test_a_banner_that_has_faded_leaves_no_gap(
    alice: Page, join: Callable[[str], Member], server: Server
) -> None:
    told = "Person.objects.filter(username='alice').update(appearance='banners-all')"
    server.shell(f"from accounts.models import Person; {told}")
    enter(alice, server)
    join("charlie")
    alice.shows("charlie", "#notices")
    height = "document.querySelector('#notices').offsetHeight"
    alice.becomes(f"{height} > 20")
    alice.becomes(f"{height} == 0")
