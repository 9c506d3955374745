"""Two and three people in a room, live."""

import pytest
from playwright.sync_api import expect

from tests.browser.room import PATIENCE, Person, box, enter, messages, notices, rows, say, shows, texts


@pytest.mark.parametrize("server", ["uvicorn", "daphne"], indirect=True)
def test_the_main_journey(person: Person) -> None:
    """Sign in, be seen, chat without a reload, sign out, be seen to."""
    alice = enter(person("alice", reduced_motion="no-preference"))
    alice.evaluate("window.notReloaded = true")
    bob = person("bob", by_form=True, reduced_motion="no-preference")
    expect(notices(alice)).to_contain_text("bob signed in", timeout=PATIENCE)
    enter(bob)
    expect(alice.get_by_role("list", name="Online")).to_contain_text("bob", timeout=PATIENCE)
    expect(alice.get_by_role("list", name="In this room")).to_contain_text("bob", timeout=PATIENCE)

    say(alice, "Hello, Bob")
    shows(bob, "Hello, Bob")
    say(bob, "Hello, Alice")
    shows(alice, "Hello, Alice")
    assert texts(alice) == texts(bob) == ["Hello, Bob", "Hello, Alice"]

    bob.locator(".me-link").click()
    bob.get_by_role("button", name="Sign out").click()
    expect(notices(alice)).to_contain_text("bob signed out", timeout=PATIENCE)
    expect(alice.get_by_role("list", name="Online")).not_to_contain_text("bob", timeout=PATIENCE)
    assert alice.evaluate("window.notReloaded")


def test_three_people_see_the_same_once_and_in_the_same_order(person: Person) -> None:
    pages = [enter(person(name)) for name in ("alice", "bob", "charlie")]
    for number in range(12):
        say(pages[number % 3], f"message {number}")
    for page in pages:
        for number in range(12):
            shows(page, f"message {number}")
    assert texts(pages[0]) == texts(pages[1]) == texts(pages[2])
    assert len(texts(pages[0])) == len(set(texts(pages[0]))) == 12


def test_the_page_is_what_a_reload_shows(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    for number in range(6):
        say((alice, bob)[number // 2 % 2], f"message {number}")
        shows(alice, f"message {number}")
        shows(bob, f"message {number}")
    live = rows(bob)
    bob.reload()
    shows(bob, "message 5")
    assert rows(bob) == live


def test_the_box_is_empty_and_keeps_the_focus(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "one")
    alice.keyboard.type("two")
    alice.keyboard.press("Enter")
    shows(alice, "two")
    expect(box(alice)).to_have_value("")
    expect(box(alice)).to_be_focused()


def test_shift_enter_breaks_the_line(person: Person) -> None:
    alice = enter(person("alice"))
    box(alice).press_sequentially("first")
    box(alice).press("Shift+Enter")
    box(alice).press_sequentially("second")
    alice.get_by_role("button", name="Send", exact=True).click()
    shows(alice, "second")
    assert texts(alice) == ["first\nsecond"]


def test_the_enter_of_an_input_method_does_not_send(person: Person) -> None:
    alice = enter(person("alice"))
    box(alice).fill("にほんご")
    composing = "{key: 'Enter', isComposing: true, bubbles: true}"
    box(alice).evaluate(f"box => box.dispatchEvent(new KeyboardEvent('keydown', {composing}))")
    expect(box(alice)).to_have_value("にほんご")
    box(alice).press("Enter")
    shows(alice, "にほんご")


def test_the_view_stays_at_the_newest(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    for number in range(30):
        say(alice, f"message {number}")
    for page in (alice, bob):
        shows(page, "message 29")
        expect(page.locator("#messages").get_by_text("message 29", exact=True)).to_be_in_viewport()


def test_the_view_stays_where_the_reader_is(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    for number in range(40):
        say(alice, f"message {number}")
    shows(bob, "message 39")
    old = bob.get_by_text("message 5", exact=True)
    old.scroll_into_view_if_needed()
    before = old.bounding_box()
    say(alice, "one more")
    shows(bob, "one more")
    after = old.bounding_box()
    assert before
    assert after
    assert after["y"] == pytest.approx(before["y"], abs=1)


def test_typing_is_seen_and_ends_with_the_message(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    box(bob).press_sequentially("Well")
    expect(alice.locator("#typing")).to_contain_text("bob", timeout=PATIENCE)
    expect(bob.locator("#typing")).not_to_contain_text("bob")
    box(bob).press("Enter")
    shows(alice, "Well")
    expect(alice.locator("#typing")).not_to_contain_text("bob")


def test_typing_fades_by_itself(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    box(bob).press_sequentially("W")
    expect(alice.locator("#typing .typing")).to_be_visible(timeout=PATIENCE)
    expect(alice.locator("#typing .typing")).to_be_hidden(timeout=PATIENCE)


def test_the_title_counts_what_was_not_looked_at(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    bob.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(bob.locator("#away")).to_have_value("0")
    say(alice, "one")
    say(alice, "two")
    expect(bob).to_have_title("(2) general", timeout=PATIENCE)
    bob.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(bob).to_have_title("general", timeout=PATIENCE)


def test_hostile_text_is_text(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    hostile = [
        "<b>bold?</b><script>document.title = 'owned'</script>",
        "</li></hx-partial><hx-partial hx-target='body' hx-swap='innerHTML'>gone</hx-partial>",
        "<img src=x onerror=\"document.title='owned'\" hx-get='/rooms/' hx-trigger='load'>",
        "<template><p>hidden</p></template>",
    ]
    for text in hostile:
        say(alice, text)
        shows(bob, text)
    say(alice, "[x](javascript:alert(1)) javascript:alert(1) https://example.org/<b>")
    shows(bob, "javascript:alert(1)")
    assert bob.locator("#messages a[href^='javascript']").count() == 0
    expect(bob).to_have_title("general")


def test_a_link_can_be_followed(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "see https://example.org/a?b=1 for it")
    expect(messages(alice).get_by_role("link", name="https://example.org/a?b=1")).to_have_attribute(
        "href", "https://example.org/a?b=1"
    )


def test_one_author_in_a_row_has_one_heading(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    for number in range(3):
        say(alice, f"message {number}")
    shows(bob, "message 2")
    say(bob, "and mine")
    shows(alice, "and mine")
    assert alice.locator("#messages > li.is-continued").count() == 2
    assert alice.locator("#messages .day").count() == 1


def test_a_deleted_message_goes_from_open_pages(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "a slip")
    say(alice, "and the rest")
    shows(bob, "and the rest")
    alice.locator("#messages > li", has_text="a slip").locator(".when").click()
    alice.locator("#menu").get_by_role("link", name="Delete").click()
    alice.get_by_role("button", name="Delete this message").click()
    expect(messages(bob)).not_to_contain_text("a slip", timeout=PATIENCE)
    live = rows(bob)
    bob.reload()
    shows(bob, "and the rest")
    assert rows(bob) == live


def test_rooms_are_made_found_joined_and_left(person: Person) -> None:
    alice, bob = person("alice"), person("bob")
    alice.goto("/rooms/")
    alice.get_by_role("link", name="New room").click()
    alice.get_by_label("Name").fill("Tea & <b>biscuits</b>")
    alice.get_by_label("Topic").fill("At four")
    alice.get_by_role("button", name="Create room").click()
    alice.wait_for_url("**/rooms/tea-bbiscuitsb/")
    expect(alice.get_by_role("navigation", name="Rooms").locator("[aria-current=page]")).to_contain_text(
        "Tea & <b>"
    )

    bob.goto("/rooms/")
    bob.get_by_role("link", name="Tea &").click()
    bob.get_by_role("button", name="Join room").click()
    enter(bob, "tea-bbiscuitsb")
    say(bob, "Four it is")
    shows(alice, "Four it is")
    bob.get_by_role("button", name="Leave this room").click()
    expect(bob.get_by_text("You left Tea")).to_be_visible()
