"""Notifications on the desktop, which an open page shows."""

from playwright.sync_api import expect

from tests.browser.room import Person, becomes, enter, say
from tests.browser.test_unread import look_away

# What the browser was asked for: it shows none of it where nobody sits before it.
NOTE_SHOWN = """
    window.shown = []
    window.asked = []
    let ask = Notification.requestPermission
    Notification.requestPermission = () => asked.push(ask.call(Notification))
    window.Notification = new Proxy(Notification, {construct: (kind, [title, how]) =>
        (shown.push([title, how.body, how.tag]), new kind(title, how))})
"""


def test_who_allows_it_and_wants_it_is_shown_what_is_for_them(person: Person) -> None:
    alice, bob = enter(person("alice")), person("bob")
    bob.context.grant_permissions(["notifications"])
    bob.add_init_script(NOTE_SHOWN)
    bob.goto("/accounts/notifications/")
    bob.get_by_role("button", name="Let this browser show it").click()
    becomes(bob, "asked.length == 1")
    assert bob.evaluate("asked[0]") == "granted"
    bob.get_by_label("And how it begins").check()
    bob.get_by_role("button", name="Save what is shown").click()
    expect(bob.get_by_text("You are shown so from now on.")).to_be_visible()

    look_away(enter(bob))
    say(alice, "@bob lunch & <tea>?")
    becomes(bob, "shown.length == 1")
    [title, body, tag] = bob.evaluate("shown[0]")
    assert (title, body) == ("alice · general", "@bob lunch & <tea>?")
    assert tag.startswith("told-")
