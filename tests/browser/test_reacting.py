"""Reactions, answers and threads, with two people, one of them on a page that was opened before."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.room import PATIENCE, Person, becomes, box, connected, enter, rows, say, shows
from tests.browser.server import Server

# For what happens elsewhere.
IMPORTS = (
    "from django.utils.timezone import now; from rooms import access; from rooms.models import *; "
    "from rooms.actions import messages_delete, messages_post"
)
BOB = 2


def message(page: Page, text: str) -> Locator:
    """The row of the message that says `text`."""
    return page.locator(
        "li.message:not(.is-waiting)", has=page.locator(".text").get_by_text(text, exact=True)
    )


def reaction(page: Page, text: str, emoji: str) -> Locator:
    """The button of `emoji` under the message that says `text`."""
    return message(page, text).locator(f".reactions button[value='{emoji}']")


def open_menu(page: Page, text: str) -> Locator:
    """Open the menu of the message that says `text`."""
    row = message(page, text)
    row.hover()
    row.locator(".when").click()
    menu = page.locator("#menu")
    expect(menu.get_by_role("dialog")).to_be_visible()
    return menu


def react(page: Page, text: str, emoji: str) -> None:
    """React from the menu, with one of those at hand."""
    open_menu(page, text).locator(f".emoji[value='{emoji}']").click()


def answer(page: Page, text: str, words: str) -> None:
    """Answer the message that says `text`, from its menu."""
    open_menu(page, text).get_by_role("link", name="Reply").click()
    expect(page.locator("#reply-to .quote")).to_be_visible()
    say(page, words)
    shows_in_list(page, words)


def shows_in_list(page: Page, words: str) -> None:
    """Wait for a message, in a room or in a thread."""
    expect(message(page, words)).to_be_visible(timeout=PATIENCE)


# -- Reactions -----------------------------------------------------------------------------


def test_a_reaction_is_on_both_pages_and_each_sees_which_are_their_own(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")

    react(bob, "Tea?", "👍")
    expect(bob.locator("#menu")).to_be_hidden()
    for page in (alice, bob):
        expect(reaction(page, "Tea?", "👍")).to_have_text("👍 1", timeout=PATIENCE)
        expect(reaction(page, "Tea?", "👍")).to_have_attribute("title", "bob reacted with 👍")
    assert colour_of_frame(reaction(bob, "Tea?", "👍")) != colour_of_frame(reaction(alice, "Tea?", "👍"))

    reaction(alice, "Tea?", "👍").click()
    for page in (alice, bob):
        expect(reaction(page, "Tea?", "👍")).to_have_text("👍 2", timeout=PATIENCE)
        expect(reaction(page, "Tea?", "👍")).to_have_attribute("title", "bob and alice reacted with 👍")
    assert colour_of_frame(reaction(bob, "Tea?", "👍")) == colour_of_frame(reaction(alice, "Tea?", "👍"))

    reaction(bob, "Tea?", "👍").click()
    reaction(alice, "Tea?", "👍").click()
    for page in (alice, bob):
        expect(reaction(page, "Tea?", "👍")).to_have_count(0, timeout=PATIENCE)


def colour_of_frame(button: Locator) -> str:
    return str(button.evaluate("button => getComputedStyle(button).borderColor"))


def test_who_reacted_is_told_to_screen_readers(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")
    react(bob, "Tea?", "👍")
    expect(reaction(alice, "Tea?", "👍")).to_be_visible(timeout=PATIENCE)
    theirs, own = (page.get_by_role("button", name="👍 1") for page in (alice, bob))
    expect(theirs).to_have_accessible_description("bob reacted with 👍")
    expect(theirs).to_have_accessible_name("👍 1")
    expect(own).to_have_accessible_name("👍 1, you too")


def test_the_focus_stays_on_the_button_that_was_pressed(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")
    react(bob, "Tea?", "👍")
    expect(reaction(alice, "Tea?", "👍")).to_be_visible(timeout=PATIENCE)
    reaction(alice, "Tea?", "👍").focus()
    alice.keyboard.press("Enter")
    expect(reaction(alice, "Tea?", "👍")).to_have_text("👍 2", timeout=PATIENCE)
    expect(reaction(alice, "Tea?", "👍")).to_be_focused()


def test_fast_presses_of_two_people_converge(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")
    react(bob, "Tea?", "🎉")
    for page in (alice, bob):
        expect(reaction(page, "Tea?", "🎉")).to_be_visible(timeout=PATIENCE)
    # htmx sends one after the other of a form and keeps one more waiting.
    for _ in range(3):
        reaction(alice, "Tea?", "🎉").evaluate("button => { button.click(); button.click() }")
        react(bob, "Tea?", "👀")
    say(bob, "done")
    shows(alice, "done")
    for page in (alice, bob):
        expect(reaction(page, "Tea?", "👀")).to_have_text("👀 1", timeout=PATIENCE)
    late = enter(person("charlie"))
    for page in (alice, bob):
        agree(page, late)


def agree(page: Page, other: Page) -> None:
    """Wait until both pages show the same messages, with the same under them."""
    for _ in range(PATIENCE // 50):
        if rows(page) == rows(other):
            return
        page.wait_for_timeout(50)
    assert rows(page) == rows(other)


def test_the_picker_finds_by_name_and_by_keyboard(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")
    menu = open_menu(bob, "Tea?")
    menu.get_by_role("link", name="More").press("Enter")
    expect(menu.get_by_role("searchbox", name="Find an emoji")).to_be_focused()
    expect(menu.get_by_role("group", name="Food and drink")).to_be_attached()
    bob.keyboard.type("unicorn")
    expect(menu.locator(".emoji")).to_have_count(1, timeout=PATIENCE)
    expect(menu.get_by_role("searchbox")).to_be_focused()
    bob.keyboard.press("Tab")
    expect(menu.get_by_role("button", name="unicorn")).to_be_focused()
    bob.keyboard.press("Enter")
    expect(reaction(alice, "Tea?", "🦄")).to_have_text("🦄 1", timeout=PATIENCE)

    menu = open_menu(bob, "Tea?")
    menu.get_by_role("link", name="More").click()
    menu.get_by_role("searchbox").fill("zzzz")
    expect(menu.get_by_text("No emoji is called that.")).to_be_visible(timeout=PATIENCE)


def test_reacting_to_what_is_gone_says_so_and_leaves_the_page(
    person: Person, server: Server, expected_complaints: list[str]
) -> None:
    expected_complaints.append("404")
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")
    menu = open_menu(bob, "Tea?")
    # As if the deletion had not reached this page yet.
    server.shell(f"{IMPORTS}; Message.objects.update(deleted_at=now(), removed_at=now())")
    menu.locator(".emoji[value='👍']").click()
    expect(bob.get_by_text("That message is no longer there.")).to_be_visible(timeout=PATIENCE)
    expect(box(bob)).to_be_visible()


def test_without_a_script_a_reaction_takes_one_more_click(
    person: Person, expected_complaints: list[str]
) -> None:
    expected_complaints.append("403")
    alice = enter(person("alice"))
    say(alice, "Tea?")
    react(alice, "Tea?", "👍")
    expect(reaction(alice, "Tea?", "👍")).to_be_visible(timeout=PATIENCE)

    bob = person("bob", java_script_enabled=False)
    bob.goto("/rooms/general/")
    reaction(bob, "Tea?", "👍").click()
    bob.get_by_role("button", name="👍 React").click()
    expect(reaction(bob, "Tea?", "👍")).to_have_text("👍 2")
    expect(reaction(alice, "Tea?", "👍")).to_have_text("👍 2", timeout=PATIENCE)

    bob.goto("/rooms/general/")
    message(bob, "Tea?").locator(".when").click()
    bob.get_by_role("link", name="More").click()
    bob.get_by_role("searchbox", name="Find an emoji").fill("unicorn")
    bob.get_by_role("button", name="Find").click()
    bob.get_by_role("button", name="unicorn").click()
    expect(reaction(alice, "Tea?", "🦄")).to_have_text("🦄 1", timeout=PATIENCE)


# -- Answers -------------------------------------------------------------------------------


def test_an_answer_quotes_and_the_first_message_counts_live(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")
    box(bob).fill("Yes, ")
    open_menu(bob, "Tea?").get_by_role("link", name="Reply").click()
    expect(bob.locator("#reply-to")).to_contain_text("Tea?")
    # What was begun is still there, and goes on at once.
    expect(box(bob)).to_be_focused()
    expect(box(bob)).to_have_value("Yes, ")
    bob.keyboard.type("please")
    bob.keyboard.press("Enter")
    shows(alice, "Yes, please")
    expect(bob.locator("#reply-to")).to_be_empty(timeout=PATIENCE)
    expect(message(alice, "Yes, please").locator(".quote")).to_have_text("alice Tea?")
    for page in (alice, bob):
        expect(message(page, "Tea?").locator(".answers")).to_have_text("1 answer", timeout=PATIENCE)

    say(bob, "by the way")
    shows(alice, "by the way")
    expect(message(alice, "by the way").locator(".quote")).to_have_count(0)
    live = rows(alice)
    alice.reload()
    shows(alice, "by the way")
    assert rows(alice) == live


def test_an_answer_can_be_called_off(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "Tea?")
    shows(alice, "Tea?")
    open_menu(alice, "Tea?").get_by_role("link", name="Reply").click()
    alice.get_by_role("checkbox", name="Answer this message").press("Space")
    expect(alice.locator("#reply-to")).to_be_hidden()
    say(alice, "just so")
    shows(alice, "just so")
    expect(message(alice, "just so").locator(".quote")).to_have_count(0)
    expect(alice.locator("#reply-to")).to_be_empty(timeout=PATIENCE)


def test_a_quote_follows_what_it_quotes(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")
    answer(bob, "Tea?", "Yes")
    shows(alice, "Yes")
    message(bob, "Yes").locator(".quote").click()
    bob.wait_for_url("**/messages/1/#message-1")
    expect(message(bob, "Tea?")).to_be_in_viewport()
    bob.go_back()
    connected(bob)

    menu = open_menu(alice, "Tea?")
    menu.get_by_role("link", name="Delete").click()
    menu.get_by_role("button", name="Delete this message").click()
    expect(message(bob, "Yes").locator(".quote")).to_have_text("A message that was deleted", timeout=PATIENCE)
    live = rows(bob)
    bob.reload()
    shows(bob, "Yes")
    assert rows(bob) == live


def test_an_answer_to_what_is_gone_keeps_its_text(person: Person, server: Server) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")
    open_menu(bob, "Tea?").get_by_role("link", name="Reply").click()
    expect(bob.locator("#reply-to .quote")).to_be_visible()
    server.shell(f"{IMPORTS}; messages_delete.remove_message(Message.objects.get())")
    say(bob, "my words")
    problem = bob.locator("#composer-error")
    expect(problem).to_contain_text("The message that you answer is no longer there.", timeout=PATIENCE)
    expect(box(bob)).to_have_value("my words")


# -- Threads -------------------------------------------------------------------------------


def beside(page: Page, text: str) -> Locator:
    """The row beside the room of the message that says `text`."""
    return page.locator("#panel li.message", has=page.locator(".text").get_by_text(text, exact=True))


def shows_beside(page: Page, words: str) -> None:
    """Wait for a message beside the room."""
    expect(beside(page, words)).to_be_visible(timeout=PATIENCE)


def open_thread(page: Page, text: str) -> None:
    """Open the thread of the message that says `text`, beside the room."""
    page.locator("#messages > li", has_text=text).locator(".answers").click()
    page.wait_for_url("**/thread/")
    shows_beside(page, text)


def test_a_thread_is_live_and_so_is_the_room(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")
    answer(bob, "Tea?", "Yes")
    box(alice).fill("half a sentence")
    open_thread(alice, "Tea?")
    expect(beside(alice, "Yes").locator(".quote")).to_be_hidden()
    expect(alice.get_by_text("No answers yet.")).to_be_hidden()

    answer(bob, "Yes", "With milk")
    shows_beside(alice, "With milk")
    expect(alice.locator(".is-first .answers")).to_have_text("2 answers", timeout=PATIENCE)
    expect(alice.locator("#messages > li", has_text="Tea?").locator(".answerers").first).to_contain_text("B")
    say(bob, "something else")
    shows(bob, "something else")

    alice.get_by_role("textbox", name="Answer").fill("Here it is")
    alice.keyboard.press("Enter")
    shows_beside(alice, "Here it is")
    expect(alice.get_by_role("textbox", name="Answer")).to_be_focused()
    expect(alice.get_by_role("textbox", name="Answer")).to_have_value("")
    shows(bob, "Here it is")
    expect(message(bob, "Here it is").locator(".quote")).to_have_text("alice Tea?")
    expect(message(alice, "Here it is")).to_have_count(2)
    expect(beside(alice, "something else")).to_have_count(0)
    react(bob, "Here it is", "🎉")
    both = reaction(alice, "Here it is", "🎉")
    expect(both).to_have_text(["🎉 1", "🎉 1"], timeout=PATIENCE)
    beside(alice, "Here it is").locator(".reactions button").click()
    expect(reaction(bob, "Here it is", "🎉")).to_have_text("🎉 2", timeout=PATIENCE)
    expect(both).to_have_text(["🎉 2", "🎉 2"], timeout=PATIENCE)
    expect(box(alice)).to_have_value("half a sentence")

    live = thread(alice)
    alice.reload()
    shows_beside(alice, "Here it is")
    assert thread(alice) == live


def thread(page: Page) -> list[str]:
    """The answers beside the room, with what is under them."""
    return page.locator(".is-thread > li.message").all_inner_texts()


def test_back_and_forward_change_what_is_beside_the_room_alone(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    for words in ("Tea?", "Cake?"):
        say(alice, words)
        shows(bob, words)
        answer(bob, words, f"Yes, {words}")
    box(alice).fill("half a sentence")
    becomes(alice, "(document.querySelector('#live').is = 'the same page')")
    open_thread(alice, "Tea?")
    open_thread(alice, "Cake?")

    alice.go_back()
    shows_beside(alice, "Tea?")
    alice.go_back()
    expect(alice.locator("#panel")).to_be_empty(timeout=PATIENCE)
    assert alice.url.endswith("/rooms/general/")
    alice.go_forward()
    shows_beside(alice, "Yes, Tea?")
    expect(beside(alice, "Cake?")).to_have_count(0)
    expect(box(alice)).to_have_value("half a sentence")
    assert alice.evaluate("document.querySelector('#live').is") == "the same page"

    # What is said meanwhile comes to what was brought back.
    answer(bob, "Yes, Tea?", "With milk")
    shows_beside(alice, "With milk")
    alice.get_by_role("textbox", name="Answer").press("Escape")
    expect(alice.locator("#panel")).to_be_empty(timeout=PATIENCE)
    assert alice.url.endswith("/rooms/general/")
    expect(box(alice)).to_be_focused()
    expect(box(alice)).to_have_value("half a sentence")


def test_what_is_beside_the_room_goes_with_its_message(
    person: Person, expected_complaints: list[str]
) -> None:
    expected_complaints.append("404")
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")
    bob.goto("/rooms/general/messages/1/thread/")
    connected(bob)
    shows_beside(bob, "Tea?")
    expect(bob.locator(".first-gone")).to_be_hidden()

    menu = open_menu(alice, "Tea?")
    menu.get_by_text("Delete", exact=True).click()
    menu.get_by_role("button", name="Delete this message").click()

    expect(bob.locator(".first-gone")).to_be_visible(timeout=PATIENCE)
    bob.get_by_role("textbox", name="Answer").fill("my words")
    bob.keyboard.press("Enter")
    expect(bob.locator("#answer-error")).to_contain_text("no longer there", timeout=PATIENCE)
    expect(bob.get_by_role("textbox", name="Answer")).to_have_value("my words")


def test_pins_and_versions_open_beside_the_room(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea at fuor")
    shows(bob, "Tea at fuor")
    bob.get_by_role("link", name="Pinned messages").click()
    expect(bob.locator("#panel")).to_contain_text("Nothing is pinned here.")
    open_menu(alice, "Tea at fuor").get_by_role("button", name="Pin").click()
    expect(alice.locator("#messages .pinned")).to_be_visible(timeout=PATIENCE)
    # The list that is open has it by itself.
    shows_beside(bob, "Tea at fuor")
    expect(bob.get_by_text("Nothing is pinned here.")).to_be_hidden()

    open_menu(alice, "Tea at fuor").get_by_role("link", name="Edit").click()
    alice.locator(".editing textarea").fill("Tea at four")
    alice.keyboard.press("Enter")
    shows_beside(bob, "Tea at four")
    beside(bob, "Tea at four").locator(".edited").click()
    bob.wait_for_url("**/versions/")
    expect(bob.locator("#panel .version")).to_have_count(2)
    bob.go_back()
    shows_beside(bob, "Tea at four")
    open_menu(alice, "Tea at four").get_by_role("button", name="Unpin").click()
    expect(beside(bob, "Tea at four")).to_be_hidden(timeout=PATIENCE)


def test_who_reacted_is_said_while_it_is_read(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")
    react(bob, "Tea?", "👍")
    expect(reaction(alice, "Tea?", "👍")).to_have_text("👍 1", timeout=PATIENCE)
    message(alice, "Tea?").locator(".who").click()
    who = alice.locator("#panel .reacted")
    expect(who).to_contain_text("bob")

    react(bob, "Tea?", "🎉")
    expect(who.locator("dt", has_text="🎉")).to_be_visible(timeout=PATIENCE)
    for emoji in ("👍", "🎉"):
        reaction(bob, "Tea?", emoji).click()
    expect(who.locator("dt")).to_have_count(0, timeout=PATIENCE)
    expect(alice.get_by_role("heading", name="Reactions")).to_be_visible()
    assert alice.url.endswith("/reactions/?who=")


def test_on_a_phone_what_is_beside_the_room_is_a_page(person: Person) -> None:
    alice, bob = enter(person("alice", viewport={"width": 360, "height": 640})), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")
    answer(bob, "Tea?", "Yes")
    open_thread(alice, "Tea?")
    expect(alice.locator("#messages")).to_be_hidden()
    expect(alice.get_by_role("textbox", name="Message")).to_be_hidden()
    alice.get_by_role("link", name="Close").click()
    expect(alice.locator("#messages")).to_be_visible()


def test_a_thread_that_was_cut_off_catches_up(
    person: Person, server: Server, expected_complaints: list[str]
) -> None:
    expected_complaints.append("WebSocket|net::ERR|ws:error")
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "Tea?")
    shows(bob, "Tea?")
    answer(bob, "Tea?", "Yes")
    alice.goto("/rooms/general/messages/1/thread/")
    connected(alice)
    server.stop()
    server.start()
    server.shell(
        f"{IMPORTS}; messages_post.post_message(access.membership({BOB}, 'general'), 'Still?', reply_to=1)"
    )
    shows_beside(alice, "Still?")
    assert len(thread(alice)) == 2


def test_a_thread_without_a_script(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "Tea?")
    shows(alice, "Tea?")
    bob = person("bob", java_script_enabled=False)
    bob.goto("/rooms/general/")
    message(bob, "Tea?").locator(".when").click()
    bob.get_by_role("link", name="Reply").click()
    bob.get_by_role("textbox", name="Answer").fill("Yes")
    bob.get_by_role("button", name="Send", exact=True).click()
    expect(message(bob, "Yes").locator(".quote")).to_have_text("alice Tea?")
    message(bob, "Tea?").locator(".answers").click()
    bob.get_by_role("textbox", name="Answer").fill("With milk")
    bob.locator("#answer").get_by_role("button", name="Send", exact=True).click()
    expect(bob.locator(".is-thread .text")).to_have_text(["Yes", "With milk"])
    shows(alice, "With milk")
    becomes(alice, "document.querySelector('.answers').textContent === '2 answers'")
