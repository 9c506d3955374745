"""Messages are edited, deleted, pinned and saved, before the eyes of somebody whose page was open already."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import finds_nothing_in_any_look
from tests.browser.room import PATIENCE, Person, becomes, box, enter, messages, rows, say, shows, texts
from tests.browser.server import Server

PHONE = {"width": 360, "height": 740}


def row(page: Page, text: str) -> Locator:
    """The row of the message that says `text`."""
    return page.locator("#messages > .message").filter(has=page.locator(".text", has_text=text))


def open_menu(page: Page, text: str) -> Locator:
    """Click on the time of the message that says `text`; its menu."""
    row(page, text).locator(".when").click()
    menu = page.locator("#menu")
    expect(menu.get_by_role("dialog")).to_be_visible()
    return menu


def open_box(page: Page, text: str) -> Locator:
    """Edit the message that says `text`; the box."""
    open_menu(page, text).get_by_role("link", name="Edit").click()
    editing = page.get_by_role("textbox", name="Your message")
    expect(editing).to_be_focused()
    return editing


def delete(page: Page, text: str) -> None:
    """Delete the message that says `text`, and mean it."""
    menu = open_menu(page, text)
    menu.get_by_role("link", name="Delete").click()
    menu.get_by_role("button", name="Delete this message").click()


def is_what_a_reload_shows(page: Page, last: str) -> None:
    """The rows are those of a page that is loaded afresh."""
    live = rows(page)
    page.reload()
    shows(page, last)
    assert rows(page) == live


# -- The menu ------------------------------------------------------------------------------


def test_a_click_opens_the_menu_beside_and_moves_nothing(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "one")
    say(alice, "two")
    shows(alice, "two")
    places = "[...document.querySelectorAll('#messages > li')].map(row => row.getBoundingClientRect().top)"
    before = alice.evaluate(places)
    menu = open_menu(alice, "one")
    assert alice.evaluate(places) == before
    # Beside it: what is under the pointer there is nothing while the menu is open.
    alice.mouse.click(700, 90)
    expect(menu).to_be_hidden()
    open_menu(alice, "two")
    assert alice.url.endswith("/rooms/general/")


def test_the_menu_by_keyboard(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "one")
    shows(alice, "one")
    time = row(alice, "one").locator(".when")
    time.focus()
    alice.keyboard.press("Enter")
    menu = alice.locator("#menu")
    expect(menu.get_by_role("link", name="Reply")).to_be_focused()
    alice.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(time).to_be_focused()
    open_menu(alice, "one").get_by_role("button", name="Close").click()
    expect(menu).to_be_hidden()
    expect(time).to_be_focused()


def test_arrows_go_from_message_to_message_and_letters_act(person: Person) -> None:
    alice = enter(person("alice"))
    for text in ("one", "two", "three"):
        say(alice, text)
        shows(alice, text)
    row(alice, "one").locator(".when").focus()
    alice.keyboard.press("ArrowDown")
    alice.keyboard.press("ArrowDown")
    expect(row(alice, "three").locator(".when")).to_be_focused()
    alice.keyboard.press("ArrowUp")
    expect(row(alice, "two").locator(".when")).to_be_focused()
    # The bar is where the focus is, as it is where a mouse is.
    bar = alice.locator("#hand")
    expect(bar).to_be_visible()
    assert is_at(bar, row(alice, "two"))
    alice.keyboard.press("Home")
    expect(row(alice, "one").locator(".when")).to_be_focused()
    alice.keyboard.press("End")
    expect(row(alice, "three").locator(".when")).to_be_focused()
    assert is_at(bar, row(alice, "three"))
    alice.keyboard.press("ArrowUp")
    alice.keyboard.press("Enter")
    menu = alice.locator("#menu")
    expect(menu.get_by_role("link", name="Reply")).to_be_focused()
    expect(bar).to_be_visible()
    alice.keyboard.press("ArrowDown")
    expect(menu.get_by_role("link", name="Edit")).to_be_focused()
    # With Ctrl it is the browser's.
    alice.keyboard.press("Control+p")
    alice.keyboard.press("p")
    expect(row(alice, "two").locator(".pinned")).to_be_visible(timeout=PATIENCE)
    expect(menu).to_be_hidden()
    expect(row(alice, "two").locator(".when")).to_be_focused()
    alice.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="Reply")).to_be_focused()
    alice.keyboard.press("d")
    expect(menu.get_by_role("button", name="Delete this message")).to_be_focused()
    alice.keyboard.press("Enter")
    expect(row(alice, "two")).to_have_count(0, timeout=PATIENCE)
    row(alice, "one").locator(".when").focus()
    alice.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="Reply")).to_be_focused()
    alice.keyboard.press("r")
    expect(box(alice)).to_be_focused()
    expect(alice.locator("#reply-to .quote")).to_contain_text("one")
    expect(menu).to_be_hidden()


def test_arrows_lead_into_the_bar_and_back_to_the_row(person: Person) -> None:
    alice = enter(person("alice"))
    for text in ("one", "two"):
        say(alice, text)
        shows(alice, text)
    bar, time = alice.locator("#hand"), row(alice, "two").locator(".when")
    first, more = bar.get_by_role("button").first, bar.get_by_role("link", name="Menu")
    time.focus()
    alice.keyboard.press("ArrowRight")
    expect(first).to_be_focused()
    alice.keyboard.press("Enter")
    expect(row(alice, "two").locator(".reactions button")).to_have_count(1, timeout=PATIENCE)
    expect(first).to_be_focused()
    alice.keyboard.press("End")
    expect(more).to_be_focused()
    alice.keyboard.press("ArrowUp")
    expect(bar.get_by_role("link", name="Reply")).to_be_focused()
    alice.keyboard.press("ArrowLeft")
    expect(time).to_be_focused()
    alice.keyboard.press("ArrowRight")
    expect(first).to_be_focused()
    alice.keyboard.press("Escape")
    expect(time).to_be_focused()
    # Whatever way it was left, the next arrow leads into it again.
    alice.keyboard.press("ArrowRight")
    alice.keyboard.press("End")
    alice.keyboard.press("ArrowUp")
    alice.keyboard.press("Enter")
    expect(box(alice)).to_be_focused()
    expect(bar).to_be_hidden()
    row(alice, "one").locator(".when").focus()
    alice.keyboard.press("ArrowRight")
    expect(first).to_be_focused()
    expect(row(alice, "one")).to_have_attribute("data-at", "")
    alice.keyboard.press("End")
    alice.keyboard.press("Enter")
    expect(alice.locator("#menu").get_by_role("link", name="Reply")).to_be_focused()
    alice.keyboard.press("s")
    expect(row(alice, "one").locator(".when")).to_be_focused()
    alice.keyboard.press("ArrowRight")
    expect(first).to_be_focused()


def test_the_arrow_into_the_bar_points_on_where_one_reads_from_the_right(person: Person) -> None:
    alice = enter(person("alice", locale="ar"))
    alice.locator("#body").fill("one")
    alice.keyboard.press("Enter")
    shows(alice, "one")
    time, first = row(alice, "one").locator(".when"), alice.locator("#hand button").first
    time.focus()
    alice.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    alice.keyboard.press("ArrowRight")
    expect(time).to_be_focused()


def test_the_bar_at_the_row_that_is_pointed_at(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "one")
    say(alice, "two")
    shows(bob, "two")
    bar = bob.locator("#hand")
    expect(bar).to_be_hidden()
    box(bob).fill("half a sen")
    row(bob, "two").hover()
    expect(bar).to_be_visible()
    assert is_at(bar, row(bob, "two"))
    bar.get_by_role("button", name="👍").click()
    expect(row(alice, "two").locator(".reactions button")).to_have_text("👍 1", timeout=PATIENCE)
    # One may go on writing, and react to the same row at once: it was morphed meanwhile.
    expect(box(bob)).to_be_focused()
    bar.get_by_role("button", name="❤️").click()
    expect(row(alice, "two").locator(".reactions button")).to_have_count(2, timeout=PATIENCE)
    row(bob, "one").hover()
    bar.get_by_role("link", name="Reply").click()
    expect(bob.locator("#reply-to .quote")).to_contain_text("one")
    expect(box(bob)).to_have_value("half a sen")
    row(bob, "two").hover()
    bar.get_by_role("link", name="Menu").click()
    expect(bob.locator("#menu").get_by_role("dialog")).to_be_visible()
    # The row stays the one that is meant, whatever the pointer does.
    row(bob, "one").hover(force=True)
    expect(row(bob, "two")).to_have_attribute("data-at", "")
    bob.keyboard.press("s")
    expect(bob.get_by_text("Saved: it is among what you keep.")).to_be_visible(timeout=PATIENCE)
    expect(row(bob, "two").locator(".when")).to_be_focused()


def is_at(bar: Locator, message: Locator) -> bool:
    """Whether the bar stands at the upper edge of a row."""
    middle = bar.evaluate("bar => { let at = bar.getBoundingClientRect(); return at.top + at.height / 2 }")
    return abs(middle - message.evaluate("row => row.getBoundingClientRect().top")) < 24


def test_the_bar_at_the_row_that_was_touched(person: Person) -> None:
    alice = enter(person("alice", viewport=PHONE, has_touch=True, is_mobile=True))
    for text in ("one", "two"):
        say(alice, text)
        shows(alice, text)
    bar = alice.locator("#hand")
    expect(bar).to_be_hidden()
    row(alice, "two").locator(".text").tap()
    expect(bar).to_be_visible()
    assert is_at(bar, row(alice, "two"))
    for button in bar.locator("a, button").all():
        place = button.bounding_box()
        assert place
        assert min(place["width"], place["height"]) >= 43.9
        assert 0 <= place["x"] <= place["x"] + place["width"] <= PHONE["width"]
    bar.get_by_role("button", name="👍").tap()
    expect(row(alice, "two").locator(".reactions button")).to_have_text("👍 1", timeout=PATIENCE)
    box(alice).tap()
    expect(bar).to_be_hidden()


def test_home_and_end_are_the_box_s_own_where_one_writes(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "one")
    shows(alice, "one")
    box(alice).fill("half a sentence")
    alice.keyboard.press("Home")
    expect(box(alice)).to_be_focused()
    assert box(alice).evaluate("box => box.selectionStart") == 0


def test_arrows_pass_over_what_is_gone(person: Person) -> None:
    alice = enter(person("alice"))
    for text in ("one", "two", "three"):
        say(alice, text)
        shows(alice, text)
    open_menu(alice, "two").get_by_role("link", name="Reply").click()
    say(alice, "an answer")
    shows(alice, "an answer")
    delete(alice, "two")
    expect(alice.locator("#messages > .is-gone")).to_be_visible(timeout=PATIENCE)
    row(alice, "one").locator(".when").focus()
    alice.keyboard.press("ArrowDown")
    expect(row(alice, "three").locator(".when")).to_be_focused()


def test_a_question_mark_lists_the_keys_where_one_is_not_writing(person: Person) -> None:
    alice = enter(person("alice"))
    box(alice).press_sequentially("why?")
    expect(box(alice)).to_have_value("why?")
    box(alice).fill("")
    say(alice, "one")
    shows(alice, "one")
    row(alice, "one").locator(".when").focus()
    alice.keyboard.press("?")
    keys = alice.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("edits what you said last")
    alice.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    say(alice, "/help")
    expect(alice.locator("#composer-answer").get_by_label("Keys")).to_contain_text("edits what you said last")


def test_a_link_in_a_message_leads_where_it_says(person: Person, server: Server) -> None:
    alice = enter(person("alice"))
    say(alice, f"all of them: {server.url}/rooms/")
    with alice.context.expect_page() as opened:
        row(alice, "all of them").locator(".text a").click()
    expect(opened.value.get_by_role("heading", name="Rooms", exact=True)).to_be_visible()
    expect(alice.locator("#menu")).to_be_hidden()


def test_on_a_phone_times_are_there_and_large_enough_to_touch(person: Person) -> None:
    alice = enter(person("alice", viewport=PHONE, has_touch=True, is_mobile=True))
    say(alice, "one")
    say(alice, "two")
    shows(alice, "two")
    time = row(alice, "two").locator(".when")
    becomes(alice, "getComputedStyle(document.querySelector('.is-continued > .byline')).opacity === '1'")
    height = "time => parseFloat(getComputedStyle(time, '::before').blockSize)"
    assert time.evaluate(height) >= 44
    time.tap()
    menu = alice.locator("#menu")
    expect(menu).to_be_visible()
    # A sheet at the foot, and nothing in it too small to touch.
    at = menu.bounding_box()
    assert at
    assert (at["x"], at["width"], at["y"] + at["height"]) == (0, PHONE["width"], PHONE["height"])
    sizes = menu.locator(".menu-item, .emoji, .menu-close").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 41
    assert alice.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


# -- Editing -------------------------------------------------------------------------------


def test_an_edit_is_on_every_page_and_says_so(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "see you at fuor")
    say(bob, "fine")
    shows(bob, "fuor")
    bob.evaluate("window.notReloaded = true")
    editing = open_box(alice, "see you at fuor")
    expect(row(alice, "see you").locator(".text")).to_be_hidden()
    editing.fill("see you at **four**")
    editing.press("Enter")
    expect(editing).to_have_count(0)
    for page in (alice, bob):
        expect(row(page, "see you at four").get_by_role("link", name="edited")).to_be_visible()
        expect(page.locator("#messages strong")).to_have_text("four")
    assert texts(bob) == ["see you at four", "fine"]
    assert bob.evaluate("window.notReloaded")
    row(bob, "see you").get_by_role("link", name="edited").click()
    expect(bob.locator("del").first).to_have_text("fuor")
    bob.go_back()
    is_what_a_reload_shows(bob, "fine")


def test_up_in_the_empty_box_edits_what_one_said_last(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "the last of mine")
    say(bob, "of bob")
    shows(alice, "of bob")
    box(alice).fill("something")
    box(alice).press("ArrowUp")
    box(alice).fill("")
    box(alice).press("ArrowUp")
    editing = alice.get_by_role("textbox", name="Your message")
    expect(editing).to_be_focused()
    alice.keyboard.type(", and more")
    alice.keyboard.press("Enter")
    expect(row(bob, "the last of mine, and more")).to_be_visible(timeout=PATIENCE)
    expect(alice.locator(".editing")).to_have_count(0)


def test_escape_and_cancel_leave_the_box_and_shift_enter_breaks_a_line(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "as it was")
    shows(alice, "as it was")
    editing = open_box(alice, "as it was")
    editing.fill("other words")
    editing.press("Escape")
    expect(editing).to_have_count(0)
    expect(row(alice, "as it was").locator(".text")).to_be_visible()
    open_box(alice, "as it was").fill("other words")
    alice.get_by_role("link", name="Cancel").click()
    expect(editing).to_have_count(0)
    expect(messages(alice).get_by_role("link", name="edited")).to_have_count(0)
    editing = open_box(alice, "as it was")
    editing.fill("two")
    editing.press("Shift+Enter")
    editing.press_sequentially("lines")
    alice.get_by_role("button", name="Save").click()
    expect(row(alice, "two").get_by_role("link", name="edited")).to_be_visible()
    assert texts(alice) == ["two\nlines"]


def test_an_open_box_a_menu_and_a_selection_survive_what_arrives(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "the first words")
    shows(bob, "the first words")
    editing = open_box(alice, "the first words")
    editing.fill("half an")
    say(bob, "meanwhile")
    shows(alice, "meanwhile")
    open_menu(bob, "the first words").get_by_role("button", name="thumbs up").click()
    expect(row(alice, "the first words").locator(".reactions button").first).to_be_attached(timeout=PATIENCE)
    expect(editing).to_be_focused()
    alice.keyboard.type(" answer")
    expect(editing).to_have_value(re.compile("half an.* answer"))
    editing.press("Escape")

    open_menu(alice, "meanwhile")
    alice.evaluate(
        "getSelection().selectAllChildren([...document.querySelectorAll('#messages .text')].at(-1))"
    )
    open_menu(bob, "meanwhile").get_by_role("button", name="party popper").click()
    expect(row(alice, "meanwhile").locator(".reactions button").first).to_be_attached(timeout=PATIENCE)
    open_menu(bob, "meanwhile").get_by_role("button", name="Pin").click()
    expect(row(alice, "meanwhile").locator(".pinned")).to_be_attached(timeout=PATIENCE)
    assert alice.evaluate("getSelection().toString().trim()") == "meanwhile"
    expect(alice.locator("#menu")).to_be_visible()


def test_an_edit_that_lost_a_race_shows_both_texts(person: Person, expected_complaints: list[str]) -> None:
    expected_complaints.append("409")
    desk = enter(person("alice"))
    phone = enter(desk.context.new_page())
    say(desk, "draft")
    shows(phone, "draft")
    here, there = open_box(desk, "draft"), open_box(phone, "draft")
    here.fill("from the desk")
    there.fill("from the phone")
    there.press("Enter")
    expect(there).to_have_count(0)
    here.press("Enter")
    expect(desk.get_by_text("This message was edited meanwhile.")).to_be_visible()
    expect(desk.locator(".editing pre")).to_have_text("from the phone")
    expect(here).to_have_value("from the desk")
    here.press("Enter")
    shows(phone, "from the desk")


def test_what_was_written_in_a_message_that_is_deleted_is_kept(
    person: Person, expected_complaints: list[str]
) -> None:
    expected_complaints.append("404")
    bob, alice = enter(person("bob")), enter(person("alice"))
    say(bob, "of bob")
    shows(alice, "of bob")
    editing = open_box(bob, "of bob")
    editing.fill("dear words")
    delete(alice, "of bob")
    expect(row(bob, "of bob")).to_have_count(0, timeout=PATIENCE)
    editing.press("Enter")
    expect(bob.get_by_text("That message is no longer there.")).to_be_visible()
    expect(editing).to_have_value("dear words")


# -- Deleting ------------------------------------------------------------------------------


def test_a_deleted_message_leaves_a_trace_where_it_was_answered(person: Person, server: Server) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(bob, "a slip")
    shows(alice, "a slip")
    say(alice, "before the answer")
    answer = "from rooms.models import *; from rooms import access; from rooms.actions import messages_post;"
    answer += (
        "messages_post.post_message(access.membership(Person.objects.get(username='alice').pk, 'general'),"
    )
    server.shell(answer + "'an answer', reply_to=Message.objects.get(body='a slip').pk)")
    shows(bob, "an answer")
    menu = open_menu(bob, "before the answer")
    delete(alice, "a slip")
    for page in (alice, bob):
        expect(messages(page).get_by_text("A message was deleted.")).to_be_visible(timeout=PATIENCE)
        expect(messages(page)).not_to_contain_text("a slip")
    expect(menu).to_be_visible()
    is_what_a_reload_shows(alice, "an answer")


def test_a_menu_goes_with_its_message(person: Person) -> None:
    bob, alice = enter(person("bob")), enter(person("alice"))
    say(bob, "a slip")
    say(bob, "the rest")
    shows(alice, "the rest")
    menu = open_menu(bob, "a slip")
    delete(alice, "a slip")
    expect(menu).to_be_hidden(timeout=PATIENCE)
    expect(row(bob, "a slip")).to_have_count(0)


# -- Pins and what is saved ----------------------------------------------------------------


def test_a_pin_is_on_every_page_and_in_the_list(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "remember this")
    shows(bob, "remember this")
    open_menu(bob, "remember this").get_by_role("button", name="Pin").click()
    expect(row(bob, "remember this").locator(".when")).to_be_focused()
    expect(open_menu(bob, "remember this").get_by_role("button", name="Unpin")).to_be_visible()
    bob.keyboard.press("Escape")
    expect(row(alice, "remember this").locator(".pinned")).to_be_visible(timeout=PATIENCE)
    alice.get_by_role("link", name="Pinned messages").click()
    expect(alice.get_by_role("list", name="Pinned messages")).to_contain_text("remember this")
    alice.get_by_role("button", name="Unpin").click()
    expect(alice.get_by_text("Nothing is pinned here.")).to_be_visible()
    expect(row(bob, "remember this").locator(".pinned")).to_have_count(0, timeout=PATIENCE)


def test_what_one_saves_one_finds_again(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "for later")
    shows(alice, "for later")
    open_menu(alice, "for later").get_by_role("button", name="Save").click()
    expect(alice.get_by_text("Saved: it is among what you keep.")).to_be_visible()
    expect(row(alice, "for later").locator(".when")).to_be_focused()
    alice.get_by_role("link", name="Saved", exact=True).click()
    alice.get_by_role("link", name="go to this message").click()
    expect(alice.get_by_text("for later")).to_be_visible()
    alice.goto("/saved/")
    alice.get_by_role("button", name="Remove").click()
    expect(alice.get_by_text("You have saved nothing yet.")).to_be_visible()


# -- Without a script ----------------------------------------------------------------------


def test_all_of_it_without_a_script(person: Person) -> None:
    alice = person("alice", java_script_enabled=False)
    alice.goto("/rooms/general/")
    box(alice).fill("frist")
    alice.get_by_role("button", name="Send", exact=True).click()
    row(alice, "frist").locator(".when").click()
    alice.get_by_role("link", name="Edit").click()
    alice.get_by_role("textbox", name="Your message").fill("first")
    alice.get_by_role("button", name="Save").click()
    alice.get_by_role("button", name="Pin").click()
    alice.get_by_role("button", name="Save").click()
    expect(alice.get_by_role("button", name="Saved")).to_be_visible()
    alice.get_by_role("link", name="Versions").click()
    expect(alice.locator("ins")).to_have_text("first")
    alice.get_by_role("link", name="Back to the message").click()
    alice.get_by_text("Delete", exact=True).click()
    alice.get_by_role("button", name="Delete this message").click()
    alice.wait_for_url("**/rooms/general/**")
    expect(messages(alice)).not_to_contain_text("first")


# -- For everybody -------------------------------------------------------------------------


def test_axe_finds_nothing_in_a_menu_and_a_box(person: Person) -> None:
    alice = enter(person("alice", bypass_csp=True))
    say(alice, "one")
    say(alice, "two")
    shows(alice, "two")
    menu = open_menu(alice, "two")
    menu.get_by_role("button", name="Pin").click()
    expect(row(alice, "two").locator(".pinned")).to_be_visible(timeout=PATIENCE)
    open_menu(alice, "two")
    finds_nothing_in_any_look(alice)
    menu.get_by_role("link", name="More").click()
    expect(menu.get_by_role("searchbox")).to_be_focused()
    finds_nothing_in_any_look(alice)
    alice.keyboard.press("Escape")
    open_menu(alice, "two").get_by_role("link", name="Delete").click()
    expect(menu.get_by_role("button", name="Delete this message")).to_be_focused()
    finds_nothing_in_any_look(alice)
    alice.keyboard.press("Escape")
    open_box(alice, "one")
    finds_nothing_in_any_look(alice)
