"""What is for later: a message that goes then, and a reminder of one."""

from playwright.sync_api import expect

from tests.browser.room import Person, box, enter, messages, notices, say, shows


def test_a_message_goes_later_and_one_is_reminded_of_another(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "Something to come back to")
    shows(alice, "Something to come back to")

    messages(alice).locator("a.when").last.click()
    menu = alice.locator("#menu")
    menu.get_by_text("Remind me", exact=True).click()
    menu.get_by_role("button", name="Tomorrow at 9:00").click()
    expect(notices(alice)).to_contain_text("You are reminded on")

    # Pressed before the draft was stored: the text goes along.
    box(alice).fill("Good morning, later")
    alice.get_by_role("button", name="Send later").click()
    expect(alice.get_by_label("Message", exact=True)).to_have_value("Good morning, later")
    alice.get_by_role("button", name="Tomorrow at 9:00").click()
    expect(alice.get_by_role("list", name="Messages to be sent later")).to_contain_text("Good morning, later")
    enter(alice)
    expect(box(alice)).to_have_value("")
