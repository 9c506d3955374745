"""Names in messages: suggested, standing out, and kept on a page of their own."""

from playwright.sync_api import expect

from tests.browser.room import PATIENCE, Person, box, enter, messages, say, shows


def test_a_name_is_suggested_and_chosen_with_the_mouse(person: Person) -> None:
    alice = enter(person("alice"))
    box(alice).press_sequentially("Hello @bo")
    suggestion = alice.get_by_role("list", name="Who may be meant").get_by_role("button")
    expect(suggestion).to_have_count(1, timeout=PATIENCE)

    suggestion.click()

    expect(box(alice)).to_have_value("Hello @bob ")
    expect(box(alice)).to_be_focused()
    alice.keyboard.type("there")
    expect(box(alice)).to_have_value("Hello @bob there")
    expect(alice.get_by_role("list", name="Who may be meant")).to_have_count(0)
    # The box is the same: what listens to it still does.
    alice.keyboard.press("Enter")
    shows(alice, "Hello @bob there")
    expect(box(alice)).to_have_value("")


def test_a_name_is_chosen_with_the_keyboard(person: Person) -> None:
    alice = enter(person("alice"))
    for _ in range(2):
        box(alice).press_sequentially("@ch")
        expect(alice.get_by_role("button", name="@charlie")).to_be_visible(timeout=PATIENCE)
        alice.keyboard.press("Tab")
        expect(alice.get_by_role("button", name="@charlie")).to_be_focused()
        alice.keyboard.press("Enter")
        expect(box(alice)).to_be_focused()
    expect(box(alice)).to_have_value("@charlie @charlie ")
    expect(messages(alice)).not_to_contain_text("@ch")


def test_a_draft_and_a_reply_survive_the_choice(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(bob, "Who comes?")
    shows(alice, "Who comes?")
    box(alice).press_sequentially("Me and @bo")
    alice.locator("#messages > li", has_text="Who comes?").locator(".when").click()
    alice.locator("#menu").get_by_role("link", name="Reply").click()
    expect(box(alice)).to_have_value("Me and @bo")
    expect(box(alice)).to_be_focused()
    alice.keyboard.press("End")
    alice.keyboard.type("b")
    alice.get_by_role("button", name="@bob").click()
    expect(box(alice)).to_have_value("Me and @bob ")
    expect(alice.locator("#reply-to")).to_contain_text("Who comes?")


def test_my_mentions_stand_out_for_me_alone(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    charlie = person("charlie")
    charlie.goto("/rooms/")
    say(alice, "Is @charlie here?")
    shows(bob, "Is @charlie here?")

    for_me = charlie.locator(".room-list .unread.is-mention")
    expect(for_me).to_have_text("1 unread, for you", timeout=PATIENCE)
    expect(charlie.get_by_role("link", name="Mentions")).to_have_accessible_name("Mentions 1 unread, for you")
    expect(bob.locator(".unread.is-mention")).to_have_count(0)
    colour = "getComputedStyle(document.querySelector('.mention')).backgroundColor"
    enter(charlie)
    assert charlie.evaluate(colour) != bob.evaluate(colour)


def test_the_page_of_mentions(person: Person) -> None:
    alice, bob = enter(person("alice")), person("bob")
    bob.goto("/rooms/")
    say(alice, "@bob, and @room: tea?")
    say(alice, "Not for Bob")
    expect(bob.get_by_role("link", name="Mentions")).to_have_accessible_name(
        "Mentions 1 unread, for you", timeout=PATIENCE
    )
    bob.goto("/mentions/")
    kept = bob.get_by_role("list", name="Mentions")
    expect(kept.locator("> li")).to_have_count(1)
    expect(kept.locator("> li.is-unread")).to_contain_text("tea?")
    enter(bob)
    bob.goto("/mentions/")
    expect(kept.locator("> li.is-unread")).to_have_count(0)
    kept.get_by_role("link", name="go to this message").click()
    expect(bob.get_by_text("tea?")).to_be_visible()


def test_here_calls_who_is_here(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    charlie = person("charlie")
    charlie.goto("/rooms/")
    # Who has just left a room still counts as being there.
    expect(alice.get_by_role("list", name="In this room")).not_to_contain_text("charlie", timeout=PATIENCE)
    bob.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(bob.locator("#away")).to_have_value("0", timeout=PATIENCE)
    expect(alice.get_by_role("list", name="In this room")).to_contain_text("bob", timeout=PATIENCE)
    say(alice, "@here: quickly")
    expect(bob.locator(".room-list .unread.is-mention")).to_be_visible(timeout=PATIENCE)
    expect(charlie.locator(".room-list .unread")).to_have_text("1 unread", timeout=PATIENCE)
    expect(charlie.locator(".room-list .unread.is-mention")).to_have_count(0)
