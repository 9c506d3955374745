"""Everything essential, with JavaScript off."""

from playwright.sync_api import expect

from tests.browser.room import Person, enter, messages, shows


def test_sign_in_read_post_sign_out(person: Person) -> None:
    alice = enter(person("alice"))
    bob = person("bob", java_script_enabled=False)
    bob.goto("/rooms/general/")
    bob.get_by_role("textbox", name="Message").fill("No script here")
    bob.get_by_role("button", name="Send", exact=True).click()
    expect(messages(bob)).to_contain_text("No script here")
    shows(alice, "No script here")

    alice.get_by_role("textbox", name="Message").fill("Nice")
    alice.get_by_role("textbox", name="Message").press("Enter")
    shows(alice, "Nice")
    bob.reload()
    expect(messages(bob)).to_contain_text("Nice")
    expect(bob.get_by_role("list", name="Online")).to_contain_text("alice")

    bob.locator(".me-link").click()
    bob.get_by_role("button", name="Sign out").click()
    expect(bob.get_by_role("button", name="Sign in")).to_be_visible()
    bob.goto("/rooms/general/")
    expect(bob.get_by_role("button", name="Sign in")).to_be_visible()


def test_connection_lost_is_not_claimed(person: Person) -> None:
    bob = person("bob", java_script_enabled=False)
    bob.goto("/rooms/general/")
    bob.wait_for_timeout(14_000)
    expect(bob.get_by_text("Connection lost.")).to_be_hidden()


def test_a_message_sent_twice_by_a_double_click_is_one(person: Person) -> None:
    bob = person("bob", java_script_enabled=False)
    bob.goto("/rooms/general/")
    bob.get_by_role("textbox", name="Message").fill("only once")
    bob.get_by_role("button", name="Send", exact=True).dblclick()
    expect(messages(bob)).to_contain_text("only once")
    bob.goto("/rooms/general/")
    expect(bob.get_by_text("only once")).to_have_count(1)
