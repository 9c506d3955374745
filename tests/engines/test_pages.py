"""Pages and what stands on them: menus, boxes, pictures, drawers, and the way from one page to the next."""

from pathlib import Path

import pytest

from tests.browser.server import Server
from tests.browser.test_files import picture
from tests.engines.conftest import Member, connected, enter
from tests.engines.page import Page, text
from tests.engines.test_talking import BOX, said, say

WIDE = (1280, 800)
# WebKit's window becomes no narrower than 447.
PHONE = (390, 740)
# Everything that one writes in or chooses from, with the size of its letters, CSS pixels.
LETTERS = """[...document.querySelectorAll("input, textarea, select")]
    .filter(one => !["hidden", "checkbox", "radio", "file"].includes(one.type))
    .map(one => [one.name, parseFloat(getComputedStyle(one).fontSize)])"""
STICKS_OUT = "document.documentElement.scrollWidth - innerWidth"


def row(page: Page, words: str) -> str:
    """The row of the message that says these words."""
    rows = "[...document.querySelectorAll('#messages > .message')]"
    found = f"{rows}.find(row => row.querySelector('.text').innerText.includes({text(words)}))?.id"
    return f"#{page.becomes(found)}"


def open_menu(page: Page, words: str) -> None:
    """Press the time of the message that says these words."""
    page.click(f"{row(page, words)} .when")
    page.sees("#menu .menu-item")


def test_what_one_does_with_a_message(alice: Page, server: Server) -> None:
    enter(alice, server)
    say(alice, "see you at fuor")
    open_menu(alice, "see you")
    alice.becomes("document.querySelector('#menu').contains(document.activeElement)")
    alice.press("Escape")
    alice.loses("#menu")
    open_menu(alice, "see you")
    alice.click("#menu a", "Edit")
    alice.becomes("document.activeElement.matches('.editing textarea')")
    alice.fill(".editing textarea", "see you at four")
    alice.press("Enter")
    alice.sees(".edited")
    assert said(alice) == ["see you at four"]
    open_menu(alice, "see you")
    alice.click("#menu .emoji")
    alice.sees(".reactions button", "1")
    open_menu(alice, "see you")
    alice.click("#menu a", "Reply")
    alice.sees("#reply-to .quote")
    say(alice, "I will be late")
    alice.sees(f"{row(alice, 'I will')} .quote", "see you at four")
    alice.click(f"{row(alice, 'see you')} .answers", "1 answer")
    alice.arrives("/rooms/general/messages/1/thread/")
    alice.becomes("document.activeElement.matches('#answer textarea')")
    alice.type("take your time")
    alice.press("Enter")
    alice.shows("take your time", ".is-thread")
    alice.sees(f"{row(alice, 'see you')} .answers", "2 answers")


def test_a_menu_comes_to_who_was_writing(alice: Page, server: Server) -> None:
    enter(alice, server)
    say(alice, "see you at four")
    alice.fill(BOX, "half a sentence")
    # What is pressed gets no focus in Safari.
    open_menu(alice, "see you")
    alice.press("Escape")
    alice.loses("#menu")
    alice.click(BOX)
    alice.point_at(f"{row(alice, 'see you')} .text")
    alice.click("#hand > a")
    alice.sees("#menu .menu-item")
    assert alice.value(BOX) == "half a sentence"


def test_back_and_forward_change_what_is_beside_the_room_alone(
    alice: Page, bob: Member, server: Server
) -> None:
    enter(alice, server)
    say(alice, "tea?")
    alice.fill(BOX, "half a sentence")
    alice.becomes("document.querySelector('#live').is = 'the same page'")
    alice.click("[aria-label='Pinned messages']")
    alice.arrives("/rooms/general/pins/")
    alice.sees("#panel", "Nothing is pinned here.")
    alice.click("[aria-label='Search beside the room']")
    alice.sees("#panel .finder")
    alice.back()
    alice.arrives("/rooms/general/pins/")
    alice.sees("#panel", "Nothing is pinned here.")
    alice.back()
    alice.arrives("/rooms/general/")
    alice.becomes("!document.querySelector('#panel').firstChild")
    alice.forward()
    alice.sees("#panel", "Nothing is pinned here.")
    assert alice.value(BOX) == "half a sentence"
    assert alice.js("document.querySelector('#live').is") == "the same page"
    alice.resize(*PHONE)
    if alice.engine == "WebKit":
        # Its media queries stay at times as they were: docs/browsers.md.
        alice.reload()
    alice.becomes("!document.querySelector('#messages').checkVisibility()")
    alice.click("#panel [aria-label='Close']")
    alice.becomes("document.querySelector('#messages').checkVisibility()")
    assert alice.value(BOX) == "half a sentence"


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_box_has_room_for_what_is_in_it(alice: Page, bob: Member, server: Server, size) -> None:
    alice.resize(*size)
    enter(alice, server)
    room = (
        "(box => box.clientHeight / parseFloat(getComputedStyle(box).lineHeight))(document.querySelector({}))"
    )
    assert alice.js(room.format(text(BOX))) < 2
    alice.type("a word")
    assert alice.js(room.format(text(BOX))) < 2
    alice.press("Enter")
    alice.becomes(f"document.querySelector({text(BOX)}).value == ''")
    for line in ("one", "two", "three"):
        alice.type(line)
        alice.press("Shift", "Enter")
    alice.becomes(f"{room.format(text(BOX))} > 3")
    alice.press("Enter")
    alice.becomes(f"document.querySelector({text(BOX)}).value == ''")
    assert alice.js(room.format(text(BOX))) < 2
    open_menu(alice, "three")
    alice.click("#menu a", "Edit")
    alice.becomes("document.activeElement.matches('.editing textarea')")
    assert alice.js(room.format("'.editing textarea'")) > 3
    # The caret is behind what is edited, and the box grows with what comes there.
    assert alice.js("document.activeElement.selectionStart == document.activeElement.value.length")
    height = alice.js("document.activeElement.clientHeight")
    for _ in range(4):
        alice.press("Shift", "Enter")
        alice.type("x")
    alice.becomes(f"document.activeElement.clientHeight >= {height + 40}")
    alice.becomes("document.activeElement.scrollHeight - document.activeElement.clientHeight < 2")


def test_keys_walk_through_messages_and_act_in_the_menu(alice: Page, server: Server) -> None:
    enter(alice, server)
    for word in ("first", "middle", "last"):
        say(alice, word)
        alice.shows(word, "#messages")
    focused = "document.activeElement.closest('.message')?.innerText.includes('{}')"
    alice.js("[...document.querySelectorAll('#messages .when')][1].focus()")
    alice.press("Home")
    alice.becomes(focused.format("first"))
    alice.press("End")
    alice.becomes(focused.format("last"))
    # The bar is there as well.
    alice.sees("#hand")
    alice.press("ArrowUp")
    alice.becomes(focused.format("middle"))
    alice.sees("#hand")
    alice.press("ArrowRight")
    alice.becomes("document.activeElement == document.querySelector('#hand button')")
    alice.press("ArrowLeft")
    alice.becomes(focused.format("middle"))
    alice.press("ArrowRight")
    alice.becomes("document.activeElement == document.querySelector('#hand button')")
    alice.press("Escape")
    alice.becomes(focused.format("middle"))
    alice.js("document.activeElement.click()")
    alice.sees("#menu .menu")
    alice.type("p")
    alice.sees("#messages .pinned")
    alice.loses("#menu")
    alice.type("?")
    alice.sees("#menu .keys")


def test_a_picture_is_seen_large(alice: Page, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "sea.png"
    file.write_bytes(picture())
    enter(alice, server)
    alice.choose_files("#picker", [file])
    alice.shows("sea.png", "#attached")
    say(alice, "the sea")
    alice.becomes("document.querySelector('.picture-opens img')?.naturalWidth > 0")
    for close in (
        lambda: alice.press("Escape"),
        lambda: alice.click(".viewer button"),
        lambda: alice.press_at(5, 400),
    ):
        alice.click(".picture-opens")
        alice.sees(".viewer img")
        alice.becomes("document.querySelector('.viewer img').naturalWidth == 1200")
        close()
        alice.loses(".viewer")


def test_one_goes_from_picture_to_picture(alice: Page, server: Server, tmp_path: Path) -> None:
    files = [tmp_path / "sea.png", tmp_path / "hill.png"]
    for file, colour in zip(files, ("teal", "green"), strict=True):
        file.write_bytes(picture(colour=colour))
    enter(alice, server)
    alice.choose_files("#picker", files)
    alice.shows("hill.png", "#attached")
    say(alice, "two")
    alice.becomes("document.querySelectorAll('#messages .picture-opens').length == 2")
    alice.click(".picture-opens")
    alice.sees(".viewer img[alt='sea.png']")
    alice.click("#picture-next")
    alice.sees(".viewer img[alt='hill.png']")
    alice.click("#picture-previous")
    alice.sees(".viewer img[alt='sea.png']")
    alice.press("ArrowRight")
    alice.sees(".viewer img[alt='hill.png']")
    alice.press("ArrowLeft")
    alice.sees(".viewer img[alt='sea.png']")


def test_what_was_said_is_found(alice: Page, bob: Member, server: Server) -> None:
    enter(alice, server)
    bob.say("The **kettle** is in the hall")
    alice.shows("kettle", "#messages")
    alice.click(".side a", "Search")
    alice.arrives("/search/")
    alice.fill("[type=search]", "kettle from:bob")
    alice.press("Enter")
    alice.sees(".result mark", "kettle")
    alice.click(".result-place")
    alice.arrives("/rooms/general/history/")
    alice.sees("#history .text", "The kettle is in the hall")


def test_drawers(alice: Page, server: Server) -> None:
    alice.resize(*PHONE)
    enter(alice, server)
    for button, drawer in ((".opens-side", "#side"), (".opens-people", "#people")):
        alice.loses(drawer)
        alice.click(button)
        alice.sees(f"{drawer}:popover-open")
        alice.press("Escape")
        alice.loses(drawer)
        alice.click(button)
        alice.sees(f"{drawer}:popover-open")
        # Beside it.
        beside = "innerWidth - 8" if drawer == "#side" else "8"
        alice.press_at(alice.js(beside), 400)
        alice.loses(drawer)
    alice.click(".opens-side")
    alice.click("#side a", "Browse rooms")
    alice.arrives("/rooms/")


def test_on_a_phone_nothing_sticks_out_and_no_box_makes_the_page_larger(alice: Page, server: Server) -> None:
    alice.resize(*PHONE)
    for path in (
        "/rooms/general/",
        "/rooms/general/history/",
        "/search/",
        "/rooms/new/",
        "/accounts/profile/",
    ):
        enter(alice, server, path)
        assert alice.js(STICKS_OUT) <= 0, path
        # Safari on phones does so for letters of less than 16 px.
        letters = alice.js(LETTERS)
        assert letters
        assert all(size >= 16 for _, size in letters), (path, letters)


def test_what_is_pressed_as_soon_as_a_page_is_there_is_not_lost(alice: Page, server: Server) -> None:
    enter(alice, server)
    for _ in range(3):
        alice.click(".side a", "Browse rooms")
        alice.arrives("/rooms/")
        alice.click(".side a", "Saved")
        alice.becomes("location.pathname == '/saved/'")
        alice.becomes("document.readyState == 'complete'")


def test_a_page_that_was_kept_is_loaded_again(alice: Page, server: Server) -> None:
    enter(alice, server)
    alice.js("window.kept = true")
    alice.js("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true})), 1")
    alice.becomes("!window.kept && document.readyState == 'complete'")
    connected(alice)


def test_a_page_that_is_cut_off_can_be_loaded_again(
    alice: Page, server: Server, expected_complaints: list[str]
) -> None:
    expected_complaints.append("WebSocket|ws:error|can’t establish")
    enter(alice, server)
    alice.js("window.kept = true")
    # As a server closes it that wants nobody back: htmx does not try again.
    alice.js("document.querySelector('#live')._htmx.ws.connection.socket.close(1000), 1")
    alice.sees(".is-lost")
    assert "sent when it is back" not in alice.texts(".is-lost")[0]
    alice.click(".is-lost a", "Load this page again")
    alice.becomes("!window.kept && document.readyState == 'complete'")
    connected(alice)
