"""Writing: Markdown, drafts, the preview and the commands, by two people on open pages."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import finds_nothing_in_any_look
from tests.browser.room import PATIENCE, Person, box, connected, enter, messages, rows, say, shows, texts
from tests.browser.server import Server

CODE = "```python\ndef tea(cups):\n    return 'hot'  # now\n```"
LISTS = "# Tea *today*\n\n- **four** cups\n- ~~five~~\n\n> who pours?"
RICH = f"{LISTS}\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n{CODE}"


def height_of(element: Locator) -> float:
    """How high it is on the page, pixels."""
    place = element.bounding_box()
    assert place is not None
    return place["height"]


def send_many_lines(page: Page, text: str) -> None:
    """Write and send a text of several lines."""
    box(page).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def newest(page: Page) -> Locator:
    """The text of the newest message."""
    return page.locator("#messages > .message").last.locator(".text")


# -- Markdown ------------------------------------------------------------------------------


def test_markdown_is_on_a_page_that_was_open_before(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    send_many_lines(alice, RICH)
    shows(bob, "who pours?")
    text = newest(bob)
    expect(text.locator(".heading em")).to_have_text("today")
    expect(text.get_by_role("listitem")).to_have_text(["four cups", "five"])
    expect(text.get_by_role("cell")).to_have_text(["1", "2"])
    expect(text.locator("blockquote")).to_have_text("who pours?")
    expect(text.locator("pre .k")).to_have_text(["def", "return"])
    # The page's own headings are still the only ones.
    expect(bob.get_by_role("log").get_by_role("heading")).to_have_count(0)
    live = rows(bob)
    bob.reload()
    shows(bob, "who pours?")
    assert rows(bob) == live


def test_emoji_alone_are_large(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "hot :tea:")
    shows(bob, "hot 🍵")
    small = newest(bob).locator("p").evaluate("p => parseFloat(getComputedStyle(p).fontSize)")
    say(alice, ":tea: :tada:")
    shows(bob, "🍵 🎉")
    assert newest(bob).locator("p").evaluate("p => parseFloat(getComputedStyle(p).fontSize)") > 2 * small


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_long_message_is_folded_and_opened(person: Person, java_script_enabled: bool) -> None:
    alice = enter(person("alice"))
    bob = person("bob", java_script_enabled=java_script_enabled)
    bob.goto("/rooms/general/")
    send_many_lines(alice, "\n".join(f"line {number}" for number in range(60)))
    shows(alice, "line 59")
    if not java_script_enabled:
        bob.reload()
    shows(bob, "line 59")
    fold, opener = newest(bob).locator(".fold"), newest(bob).locator("summary")
    expect(opener).to_have_text("Show all", use_inner_text=True)
    closed = fold.evaluate("fold => fold.clientHeight") if java_script_enabled else height_of(fold)
    opener.focus()
    bob.keyboard.press("Enter")
    expect(opener).to_have_text("Show less", use_inner_text=True)
    assert height_of(fold) > 3 * closed
    opener.click()
    expect(opener).to_have_text("Show all", use_inner_text=True)
    assert height_of(fold) == pytest.approx(closed, abs=1)


REACT = """
from rooms.actions import reactions
from rooms.models import Membership, Message
bob = Membership.objects.select_related("room", "person").get(person__username="bob", room__slug="general")
reactions.toggle_reaction(bob, Message.objects.select_related("room").get(), "👍")
"""


def test_what_somebody_has_opened_stays_open_when_others_react(person: Person, server: Server) -> None:
    alice = enter(person("alice"))
    send_many_lines(alice, "\n".join(f"line {number}" for number in range(60)))
    shows(alice, "line 59")
    newest(alice).locator("summary").click()
    server.shell(REACT)
    expect(messages(alice)).to_contain_text("👍", timeout=PATIENCE)
    expect(newest(alice).locator("summary")).to_have_text("Show less", use_inner_text=True)


def test_a_folded_message_prints_whole(person: Person) -> None:
    alice = enter(person("alice"))
    send_many_lines(alice, "\n".join(f"line {number}" for number in range(60)))
    shows(alice, "line 59")
    height = height_of(newest(alice).locator(".fold"))
    alice.emulate_media(media="print")
    assert height_of(newest(alice).locator(".fold")) > 3 * height


def test_nothing_makes_a_small_phone_wider(person: Person) -> None:
    alice = enter(person("alice", viewport={"width": 320, "height": 640}))
    wide = "|" + "column|" * 12 + "\n|" + "---|" * 12 + "\n|" + "words|" * 12
    for text in (
        wide,
        "x" * 400,
        "```\n" + "y" * 400 + "\n```",
        "https://example.org/" + "z" * 300,
        "> " * 9 + "deep",
    ):
        send_many_lines(alice, text)
        expect(newest(alice)).to_be_visible()
    shows(alice, "deep")
    assert alice.evaluate("document.documentElement.scrollWidth") <= 320
    assert alice.evaluate("document.querySelector('.scroller').scrollWidth") <= 320
    table = alice.get_by_role("group", name="Table")
    assert table.evaluate("table => table.scrollWidth > table.clientWidth")


def test_whatever_can_be_written_can_be_read(person: Person) -> None:
    alice = enter(person("alice", bypass_csp=True))
    code = "```diff\n-old\n+new\n@@ 1 @@\n```\n```js\nclass A { b = 1 + null /* c */ }\n```\n"
    long = "line\n" * 60
    for text in (RICH, code + "`x` [a](https://example.org/)", long, "/me *waves* to @bob and @room"):
        send_many_lines(alice, text)
    shows(alice, "waves")
    send_many_lines(alice, "/help")
    expect(alice.get_by_text("What can be typed")).to_be_visible(timeout=PATIENCE)
    box(alice).fill(RICH)
    alice.get_by_role("button", name="Preview").click()
    expect(alice.get_by_role("group", name="Preview").locator("pre")).to_be_visible()
    finds_nothing_in_any_look(alice)


# -- The box -------------------------------------------------------------------------------


def test_the_box_grows_with_its_text_up_to_a_limit(person: Person) -> None:
    alice = enter(person("alice"))
    heights = []
    for lines in (1, 4, 100):
        box(alice).fill("\n".join("line" for _ in range(lines)))
        heights.append(height_of(box(alice)))
    assert heights[0] * 2 < heights[1] < heights[2] < 800 * 0.45
    box(alice).press("Enter")
    expect(box(alice)).to_have_value("")
    assert height_of(box(alice)) == heights[0]


def test_the_preview_follows_what_is_written_and_leaves_with_it(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    preview = alice.get_by_role("group", name="Preview")
    box(alice).fill("so *it* is")
    alice.get_by_role("button", name="Preview").click()
    expect(preview.locator("em")).to_have_text("it")
    box(alice).press("End")
    box(alice).press_sequentially(" **done**")
    expect(preview.locator("strong")).to_have_text("done", timeout=PATIENCE)
    assert messages(bob).locator("em").count() == 0
    box(alice).press("Enter")
    shows(bob, "so it is done")
    expect(preview).to_be_hidden()
    expect(box(alice)).to_have_value("")
    box(alice).press_sequentially("next")
    expect(preview).to_be_hidden()


def test_the_preview_without_a_script(person: Person) -> None:
    bob = person("bob", java_script_enabled=False)
    bob.goto("/rooms/general/")
    box(bob).fill("so *it* is")
    bob.get_by_role("button", name="Preview").click()
    expect(bob.get_by_role("group", name="Preview").locator("em")).to_have_text("it")
    expect(box(bob)).to_have_value("so *it* is")
    assert not texts(bob)
    bob.get_by_role("button", name="Send", exact=True).click()
    expect(newest(bob)).to_have_text("so it is")


# -- Drafts --------------------------------------------------------------------------------


def kept(page: Page) -> None:
    """Wait until the server has what is in the box."""
    expect(page.locator("#drafted")).to_have_value("on", timeout=PATIENCE)


def test_a_draft_is_there_on_another_device_and_gone_when_it_is_sent(person: Person) -> None:
    laptop, bob = enter(person("alice")), enter(person("bob"))
    box(laptop).press_sequentially("I was about to")
    kept(laptop)
    phone = enter(person("alice", viewport={"width": 360, "height": 740}))
    expect(box(phone)).to_have_value("I was about to")
    expect(messages(bob)).not_to_contain_text("I was about to")

    box(phone).press("Control+End")
    box(phone).press_sequentially(" say it")
    box(phone).press("Enter")
    shows(bob, "I was about to say it")
    expect(box(phone)).to_have_value("")
    expect(phone.locator("#drafted")).to_have_value("", timeout=PATIENCE)
    # The timer that was running when the message left has found the box empty.
    phone.wait_for_timeout(1500)
    phone.reload()
    expect(box(phone)).to_have_value("")


def test_what_is_sent_at_once_is_no_draft(person: Person, server: Server) -> None:
    alice = enter(person("alice"))
    for number in range(3):
        box(alice).press_sequentially(f"quick {number}")
        box(alice).press("Enter")
    shows(alice, "quick 2")
    alice.wait_for_timeout(1500)
    alice.reload()
    expect(box(alice)).to_have_value("")
    assert "0" in server.shell("from rooms.models import Draft; print(Draft.objects.count())")


def test_a_draft_in_a_thread_is_there_on_another_device_and_gone_when_it_is_sent(person: Person) -> None:
    laptop = enter(person("alice"))
    say(laptop, "Tea?")
    shows(laptop, "Tea?")
    thread = "/rooms/general/messages/1/thread/"
    laptop.goto(thread)
    connected(laptop)
    laptop.get_by_role("textbox", name="Answer").press_sequentially("Yes, at")
    expect(laptop.locator("#answer-drafted")).to_have_value("on", timeout=PATIENCE)
    expect(laptop.locator("#drafted")).to_have_value("")
    phone = person("alice", viewport={"width": 360, "height": 740})
    phone.goto(thread)
    connected(phone)
    answer = phone.get_by_role("textbox", name="Answer")
    expect(answer).to_have_value("Yes, at")

    answer.press("Control+End")
    answer.press_sequentially(" four")
    answer.press("Enter")
    expect(phone.locator(".is-thread .text", has_text="Yes, at four")).to_be_visible(timeout=PATIENCE)
    expect(phone.locator("#answer-drafted")).to_have_value("", timeout=PATIENCE)
    phone.reload()
    expect(answer).to_have_value("")


def test_an_emptied_draft_is_gone(person: Person) -> None:
    alice = enter(person("alice"))
    box(alice).press_sequentially("never mind")
    kept(alice)
    box(alice).fill("")
    expect(alice.locator("#drafted")).to_have_value("", timeout=PATIENCE)
    alice.reload()
    expect(box(alice)).to_have_value("")


def test_who_goes_elsewhere_finds_the_draft_when_they_return(person: Person) -> None:
    alice = enter(person("alice"))
    box(alice).press_sequentially("back in a moment")
    # Sooner than a pause in typing would keep it.
    alice.get_by_role("link", name="Browse rooms").click()
    alice.wait_for_url("**/rooms/")
    enter(alice)
    expect(box(alice)).to_have_value("back in a moment")


def test_a_draft_survives_a_server_that_goes_away(
    person: Person, server: Server, expected_complaints: list[str]
) -> None:
    expected_complaints += ["WebSocket", "htmx:ws:error"]
    alice = enter(person("alice"))
    box(alice).press_sequentially("hold on")
    kept(alice)
    server.restart()
    box(alice).press("Control+End")
    box(alice).press_sequentially(" a little")
    box(alice).press("Enter")
    shows(alice, "hold on a little")
    expect(alice.locator("#drafted")).to_have_value("", timeout=PATIENCE)
    alice.reload()
    expect(box(alice)).to_have_value("")


def test_a_draft_in_a_browser_without_a_script(person: Person) -> None:
    alice = enter(person("alice"))
    box(alice).press_sequentially("from here")
    kept(alice)
    old = person("alice", java_script_enabled=False)
    old.goto("/rooms/general/")
    expect(box(old)).to_have_value("from here")
    old.get_by_role("button", name="Send", exact=True).click()
    expect(newest(old)).to_have_text("from here")
    expect(box(old)).to_have_value("")


# -- Commands ------------------------------------------------------------------------------


def test_me_is_a_sentence_about_oneself(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "/me waves")
    expect(newest(bob)).to_have_text("alice waves", timeout=PATIENCE)
    say(alice, "/shrug who knows")
    expect(newest(bob)).to_have_text("who knows ¯\\_(ツ)_/¯", timeout=PATIENCE)


def test_a_topic_is_on_every_open_page(person: Person, server: Server) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "/topic Tea & <b>biscuits</b>")
    expect(bob.locator("#topic")).to_have_text("Tea & <b>biscuits</b>", timeout=PATIENCE)
    expect(alice.get_by_role("status").filter(has_text="The topic is now")).to_be_visible()
    say(bob, "/topic mine")
    expect(bob.get_by_role("alert").filter(has_text="Only a moderator")).to_be_visible(timeout=PATIENCE)
    say(alice, "and now")
    shows(bob, "and now")
    expect(alice.get_by_text("The topic is now")).to_have_count(0)
    expect(alice.locator("#topic")).to_have_text("Tea & <b>biscuits</b>")


def test_help_and_what_is_no_command_are_for_the_sender_alone(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "/help")
    expect(alice.get_by_text("What can be typed")).to_be_visible(timeout=PATIENCE)
    say(alice, "/nothing of the kind")
    expect(alice.get_by_text("There is no command /nothing")).to_be_visible(timeout=PATIENCE)
    expect(box(alice)).to_have_value("/nothing of the kind")
    say(alice, "//nothing of the kind")
    shows(bob, "/nothing of the kind")
    assert texts(bob) == ["/nothing of the kind"]


def test_commands_without_a_script(person: Person, expected_complaints: list[str]) -> None:
    expected_complaints.append("422")
    alice = person("alice", java_script_enabled=False)
    alice.goto("/rooms/general/")
    for text, answer in (
        ("/help", "What can be typed"),
        ("/nothing", "There is no command"),
        ("/topic Tea", "The topic is now"),
    ):
        box(alice).fill(text)
        alice.get_by_role("button", name="Send", exact=True).click()
        expect(alice.get_by_text(answer)).to_be_visible()
    expect(alice.locator("#topic")).to_have_text("Tea")
    assert not texts(alice)
