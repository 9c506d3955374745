"""People who meet: cards, the directory, pictures and statuses seen live, and a block."""

import io

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.axe import finds_nothing, finds_nothing_in_any_look
from tests.browser.room import PATIENCE, Person, box, connected, enter, messages, say, shows
from tests.browser.server import Server


def card(page: Page):
    return page.locator("#card")


def set_status(page: Page, emoji: str, text: str) -> None:
    page.goto("/accounts/profile/")
    page.get_by_label("Emoji").fill(emoji)
    page.get_by_label("What you are up to").fill(text)
    page.get_by_role("button", name="Set status").click()
    expect(page.get_by_text("Your status is set.")).to_be_visible()


def test_a_card_opens_beside_a_name_and_as_a_page(person: Person) -> None:
    alice, bob = enter(person("alice", bypass_csp=True)), enter(person("bob"))
    say(bob, "Here I am")
    shows(alice, "Here I am")
    alice.locator("#messages .author", has_text="bob").last.click()
    expect(card(alice)).to_be_visible()
    expect(card(alice)).to_contain_text("@bob")
    expect(card(alice).get_by_role("link", name="bob", exact=True)).to_be_focused()
    finds_nothing(alice)
    alice.keyboard.press("Escape")
    expect(card(alice)).to_be_hidden()

    # The face is a part of it.
    alice.locator("#messages .message", has_text="Here I am").locator(".avatar").click(force=True)
    expect(card(alice)).to_be_visible()
    alice.keyboard.press("Escape")

    # In the list of who is here as well, and again after it was opened before.
    alice.locator("#here").get_by_role("link", name="bob").click()
    expect(card(alice)).to_be_visible()
    card(alice).get_by_role("link", name="Mention").click()
    alice.wait_for_url("**/rooms/general/?mention=bob#body")
    expect(box(alice)).to_have_value("@bob ")

    alice.goto("/people/bob/")
    expect(alice.get_by_role("heading", name="bob")).to_be_visible()
    finds_nothing_in_any_look(alice)


def test_the_directory_finds_by_any_part(person: Person) -> None:
    alice = person("alice", bypass_csp=True)
    alice.goto("/rooms/")
    alice.get_by_role("link", name="People", exact=True).click()
    expect(alice.get_by_role("list", name="People").get_by_role("listitem")).to_have_count(3)
    alice.get_by_label("Find somebody").fill("harl")
    alice.get_by_role("button", name="Find").click()
    found = alice.get_by_role("list", name="People").get_by_role("listitem")
    expect(found).to_have_count(1)
    found.get_by_role("link", name="charlie").click()
    expect(card(alice)).to_contain_text("@charlie")
    alice.keyboard.press("Escape")
    finds_nothing_in_any_look(alice)


def test_a_status_is_seen_on_pages_that_were_open(person: Person) -> None:
    alice, bob = enter(person("alice")), person("bob")
    directory = alice.context.new_page()
    directory.goto("/people/")
    connected(directory)
    set_status(bob, "🌴", "On holiday")
    expect(alice.locator("#online", has_text="🌴")).to_be_visible(timeout=PATIENCE)
    expect(directory.locator(".people-directory [data-status]", has_text="🌴")).to_be_visible(
        timeout=PATIENCE
    )
    bob.get_by_role("button", name="Clear").click()
    expect(alice.locator("#online [data-status]")).to_have_count(0, timeout=PATIENCE)
    expect(directory.locator(".people-directory", has_text="🌴")).to_have_count(0)


def test_a_picture_is_seen_on_pages_that_were_open(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(bob, "With a face")
    shows(alice, "With a face")
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(file, "PNG")
    bob.goto("/accounts/profile/")
    bob.get_by_label("A picture").set_input_files(
        {"name": "me.png", "mimeType": "image/png", "buffer": file.getvalue()}
    )
    bob.get_by_role("button", name="Use this picture").click()
    expect(bob.get_by_text("Your picture is saved.")).to_be_visible()
    face = alice.locator("#messages .message", has_text="With a face").locator(".avatar img")
    expect(face).to_be_visible(timeout=PATIENCE)
    assert face.evaluate("face => face.decode().then(() => face.naturalWidth)") == 96
    expect(alice.locator("#online .face")).to_be_visible(timeout=PATIENCE)


def test_the_lines_of_who_is_blocked_are_folded(person: Person, server: Server) -> None:
    alice, bob = enter(person("alice", bypass_csp=True)), enter(person("bob"))
    say(bob, "Something loud")
    shows(alice, "Something loud")
    server.shell(
        "from rooms import access; from rooms.actions.messages_post import *; from rooms.models import *; "
        "charlie = access.membership(Person.objects.get(username='charlie').pk, 'general'); "
        "post_message(charlie, 'Hush', reply_to=Message.objects.get(body='Something loud').pk)"
    )
    shows(alice, "Hush")
    quote = messages(alice).locator(".message", has_text="Hush").locator(".quote")
    expect(quote.locator("b")).to_be_visible()
    alice.locator("#messages .author", has_text="bob").last.click()
    card(alice).get_by_text("Block …").click()
    card(alice).get_by_role("button", name="Block bob").click()
    expect(alice.get_by_text("You blocked bob")).to_be_visible()
    connected(alice)
    line = messages(alice).locator(".message", has_text="Something loud").first
    expect(line.locator(".text")).to_be_hidden()
    # And what others repeat of it: something stands there, and not that.
    expect(quote.locator("b")).to_be_hidden()
    place = quote.bounding_box()
    assert place is not None
    assert place["width"] > 60
    finds_nothing(alice)
    # Also what comes from now on.
    say(bob, "Louder")
    expect(messages(alice).locator(".message", has_text="Louder").locator(".text")).to_be_hidden()
    # One line unfolds with the focus, and folds again.
    line.locator(".when").focus()
    expect(line.locator(".text")).to_be_visible()
    box(alice).focus()
    expect(line.locator(".text")).to_be_hidden()
    messages(alice).locator(".message", has_text="Hush").locator(".when").focus()
    expect(quote.locator("b")).to_be_visible()

    alice.goto("/accounts/profile/")
    alice.get_by_role("button", name="Unblock bob").click()
    enter(alice)
    expect(line.locator(".text")).to_be_visible()


def test_without_a_script(person: Person) -> None:
    alice, bob = person("alice", java_script_enabled=False), enter(person("bob"))
    say(bob, "Plain")
    shows(bob, "Plain")
    alice.goto("/rooms/general/")
    alice.locator("#messages .author", has_text="bob").last.click()
    alice.wait_for_url("**/people/bob/")
    alice.get_by_text("Block …").click()
    alice.get_by_role("button", name="Block bob").click()
    alice.wait_for_url("**/people/bob/")
    alice.get_by_role("button", name="Unblock").click()
    alice.get_by_role("link", name="Mention", exact=True).click()
    expect(box(alice)).to_have_value("@bob ")
    set_status(alice, "🎧", "Listening")
    alice.goto("/people/alice/")
    expect(alice.get_by_text("Listening")).to_be_visible()


def test_the_profile_has_no_findings(person: Person) -> None:
    alice = person("alice", bypass_csp=True)
    set_status(alice, "📅", "In a meeting with a very long name that goes on and on, and on")
    finds_nothing_in_any_look(alice)
