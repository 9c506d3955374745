"""Writing: what is suggested, what is made of what is marked, what is pasted and refused."""

import base64

from rooms.tests.files import PNG
from tests.browser.server import Server
from tests.engines.conftest import enter
from tests.engines.page import Page
from tests.engines.test_talking import said

BOX = "#body"
LIST = "#suggestions:popover-open button"
CARET = "document.querySelector('#body').selectionStart"
MARK = "document.querySelector('#body').setSelectionRange({}, {})"
PASTE = """((box, content) => {
    const pasted = new DataTransfer()
    const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0))
    pasted.items.add(new File([bytes], "p.png", {type: "image/png"}))
    const paste = new Event("paste", {bubbles: true, cancelable: true})
    Object.defineProperty(paste, "clipboardData", {value: pasted})
    box.dispatchEvent(paste)
})(document.querySelector("#body"), "%s")"""
DRAGGED = """(kind => {
    const data = new DataTransfer()
    data.items.add(new File(["x"], "x.txt"))
    const target = document.elementFromPoint(300, 300)
    target.dispatchEvent(new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: data}))
})"""


def test_enter_chooses_from_an_open_list_and_then_sends(alice: Page, server: Server) -> None:
    enter(alice, server)
    alice.type("Hello @bo")
    alice.sees(LIST, "@bob")
    alice.press("Enter")
    alice.becomes("document.querySelector('#body').value == 'Hello @bob '")
    alice.loses(LIST)
    assert said(alice) == []
    assert alice.js("document.activeElement.id") == "body"
    alice.press("Enter")
    alice.shows("Hello @bob", "#messages")


def test_a_press_puts_it_in_in_the_middle_of_a_text(alice: Page, server: Server) -> None:
    enter(alice, server)
    alice.type("and  are here")
    alice.js(MARK.format(4, 4))
    alice.type("@ch")
    alice.sees(LIST, "@charlie")
    alice.click(LIST, "@charlie")
    alice.becomes("document.querySelector('#body').value == 'and @charlie  are here'")
    assert alice.js(CARET) == 13
    assert alice.js("document.activeElement.id") == "body"


def test_escape_closes_the_list_and_the_box_keeps_the_focus(alice: Page, server: Server) -> None:
    enter(alice, server)
    alice.type("so :tad")
    alice.sees(LIST, "🎉")
    alice.press("Escape")
    alice.loses(LIST)
    assert alice.value(BOX) == "so :tad"
    assert alice.js("document.activeElement.id") == "body"


def test_what_is_marked_is_formatted(alice: Page, server: Server) -> None:
    enter(alice, server)
    alice.type("so it is")
    alice.js(MARK.format(3, 5))
    alice.click(".opens-formats")
    alice.sees(LIST)
    alice.click("#suggestions [aria-label=Bold]")
    alice.becomes("document.querySelector('#body').value == 'so **it** is'")


def test_a_picture_is_pasted(alice: Page, server: Server) -> None:
    enter(alice, server)
    alice.js(PASTE % base64.b64encode(PNG).decode())
    alice.sees(".attached-file", "p.png")


def test_while_something_is_dragged_the_page_is_the_field(alice: Page, server: Server) -> None:
    enter(alice, server)
    alice.js(f"{DRAGGED}('dragenter')")
    alice.becomes("document.elementFromPoint(300, 300).id == 'picker'")
    alice.js(f"{DRAGGED}('dragleave')")
    alice.becomes("document.elementFromPoint(300, 300).id != 'picker'")


def test_what_is_refused_is_in_the_box_again(alice: Page, server: Server) -> None:
    enter(alice, server)
    alice.type("/nothing of the kind")
    alice.press("Enter")
    alice.shows("There is no command /nothing", "#composer-error")
    alice.becomes("document.querySelector('#body').value == '/nothing of the kind'")
    alice.becomes("document.activeElement.id == 'body'")
    alice.becomes("!document.querySelector('#outbox > li')")
