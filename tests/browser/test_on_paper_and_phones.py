"""A room on paper, under a finger, above a keyboard, at 400 %; and what a screen reader hears of it."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.room import Person, box, enter, messages, say, shows

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
# What is pressed, besides links within a text, and what has a larger place to be pressed around it.
SMALL = """() => [...document.querySelectorAll('button, a[href], summary')]
    .filter(one => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .filter(one => !one.closest('.message, .skip, .topic'))
    .map(one => [one.textContent.trim() || one.ariaLabel, Math.round(one.getBoundingClientRect().height)])
    .filter(([name, height]) => height < 44)"""


def whole_rows(page: Page) -> int:
    """How many messages are in view from their first line to their last."""
    count: int = page.evaluate("""() => {
        const {top, bottom} = document.querySelector('.scroller').getBoundingClientRect();
        return [...document.querySelectorAll('#messages > .message')].filter(row => {
            const box = row.getBoundingClientRect();
            return box.top >= top - 1 && box.bottom <= bottom + 1;
        }).length;
    }""")
    return count


def test_a_room_on_paper_is_who_said_what_and_when(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    for text in ("first", "second"):
        say(alice, text)
        shows(bob, text)
    alice.emulate_media(media="print")

    for text in ("first", "second", "alice", "general"):
        expect(alice.locator(".main, .bar").get_by_text(text, exact=True).first).to_be_visible()
    for time in messages(alice).locator(".when").all():
        expect(time).to_be_visible()
        assert time.evaluate("when => getComputedStyle(when.parentNode).opacity") == "1"
    for hidden in ("#composer", "#side", "#people", ".icon-button", ".message > .avatar"):
        for one in alice.locator(hidden).all():
            expect(one).to_be_hidden()


def test_all_of_a_room_is_on_paper(person: Person) -> None:
    alice = enter(person("alice", viewport={"width": 800, "height": 400}))
    for number in range(12):
        say(alice, f"number {number}")
        shows(alice, f"number {number}")
    alice.emulate_media(media="print")

    heights = (
        "() => [document.documentElement.scrollHeight, document.querySelector('#messages').scrollHeight]"
    )
    page, log = alice.evaluate(heights)
    assert page >= log > 300


def test_what_a_finger_hits_is_large_enough(person: Person) -> None:
    alice = enter(person("alice", **PHONE))

    assert alice.evaluate(SMALL) == []
    for drawer in ("Rooms", "People"):
        alice.get_by_role("button", name=drawer, exact=True).click()
        expect(alice.locator("aside:popover-open")).to_be_visible()
        assert alice.evaluate(SMALL) == [], drawer
        alice.keyboard.press("Escape")


def test_above_a_keyboard_there_is_talk(person: Person) -> None:
    alice = enter(person("alice", **PHONE))
    for number in range(8):
        say(alice, f"number {number}")
        shows(alice, f"number {number}")
    # What the keyboard of a phone leaves; the page is told of it (interactive-widget).
    alice.set_viewport_size({"width": 360, "height": 380})

    expect(box(alice)).to_be_in_viewport(ratio=1)
    expect(alice.get_by_role("button", name="Send", exact=True)).to_be_in_viewport(ratio=1)
    assert whole_rows(alice) >= 4


def test_at_four_hundred_percent_nothing_is_cut_off(person: Person) -> None:
    alice = enter(person("alice", viewport={"width": 320, "height": 256}))
    say(alice, "a message with https://example.org/an/address/that/is/rather/long/and/has/no/spaces")
    shows(alice, "a message")

    assert alice.evaluate("document.documentElement.scrollWidth") <= 320
    box(alice).focus()
    expect(box(alice)).to_be_in_viewport(ratio=1)


def test_a_message_is_heard_once_and_its_author_first(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    for text in ("first", "second"):
        say(alice, text)
        shows(bob, text)
    rows = messages(bob).locator("#messages > .message")

    # In the order of the document, of those that go on as well.
    for row, text in zip(rows.all(), ("first", "second"), strict=True):
        heard = row.aria_snapshot()
        assert heard.index("alice") < heard.index(text)
        # It is news in the log.
        assert row.get_attribute("aria-live") is None
    bob.request.post(
        f"{bob.url}messages/1/reactions/",
        form={
            "emoji": "👍",
            "csrfmiddlewaretoken": bob.locator("[name=csrfmiddlewaretoken]").first.input_value(),
        },
        headers={"Referer": bob.url},
    )
    expect(rows.first.locator(".reactions")).to_be_visible()
    # It has come once more, and is no news.
    expect(rows.first).to_have_attribute("aria-live", "off")
    expect(rows.last).not_to_have_attribute("aria-live", "off")
