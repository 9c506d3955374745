"""Who is here, as others see it: tabs, reloads, crashes."""

from playwright.sync_api import Page, expect

from tests.browser.axe import finds_nothing
from tests.browser.conftest import PASSWORD
from tests.browser.room import PATIENCE, Person, connected, enter, notices, say
from tests.browser.server import Server


def test_a_banner_on_whatever_page_one_is(person: Person) -> None:
    alice = person("alice")
    for path in ("/rooms/", "/connection/", "/accounts/profile/"):
        alice.goto(path)
        connected(alice)
        bob = person("bob", by_form=True)
        expect(notices(alice)).to_contain_text("bob signed in", timeout=PATIENCE)
        bob.locator(".me-link").click()
        bob.get_by_role("button", name="Sign out").click()
        expect(notices(alice)).to_contain_text("bob signed out", timeout=PATIENCE)
        bob.context.close()


def test_a_banner_fades_by_itself(person: Person) -> None:
    alice = enter(person("alice"))
    person("bob", by_form=True)
    expect(notices(alice).locator(".notice", has_text="bob signed in")).to_be_visible(timeout=PATIENCE)
    expect(notices(alice).locator(".notice", has_text="bob signed in")).to_be_hidden(timeout=2 * PATIENCE)


def test_nobody_is_told_of_themselves(person: Person) -> None:
    alice = enter(person("alice"))
    bob = enter(person("bob", by_form=True))
    expect(notices(alice)).to_contain_text("bob", timeout=PATIENCE)
    assert "bob" not in (notices(bob).text_content() or "")


def test_two_tabs_are_one_person_who_leaves_with_the_last(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    second = bob.context.new_page()
    enter(second)
    online = alice.get_by_role("list", name="Online").get_by_role("listitem")
    expect(online).to_have_count(2, timeout=PATIENCE)
    second.close()
    alice.wait_for_timeout(7_000)
    expect(online).to_have_count(2)
    bob.close()
    expect(online).to_have_count(1, timeout=2 * PATIENCE)
    expect(notices(alice)).to_contain_text("bob went offline", timeout=PATIENCE)


def test_a_reload_is_no_news(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob", by_form=True))
    expect(notices(alice)).to_contain_text("bob signed in", timeout=PATIENCE)
    alice.evaluate("document.querySelector('#notices').replaceChildren()")
    for _ in range(3):
        bob.reload()
        connected(bob)
    alice.wait_for_timeout(7_000)
    assert "bob" not in (notices(alice).text_content() or "")


def test_a_dot_shows_who_is_here_on_every_avatar(person: Person) -> None:
    bob = enter(person("bob"))
    bob.get_by_role("textbox", name="Message").fill("I was here")
    bob.get_by_role("textbox", name="Message").press("Enter")
    alice = enter(person("alice"))
    dot = alice.locator("#messages .message", has_text="I was here").locator(".avatar > svg")
    lit = "dot => document.querySelector(dot.querySelector('use').getAttribute('href')) !== null"
    expect(dot).to_be_attached()
    assert dot.evaluate(lit)
    bob.locator(".me-link").click()
    bob.get_by_role("button", name="Sign out").click()
    expect(alice.get_by_role("list", name="Online")).not_to_contain_text("bob", timeout=PATIENCE)
    assert not dot.evaluate(lit)


def test_a_server_that_was_killed_leaves_no_ghost(
    person: Person, server: Server, expected_complaints
) -> None:
    expected_complaints.append("WebSocket|net::ERR|ws:error")
    alice, bob = enter(person("alice")), enter(person("bob"))
    expect(alice.get_by_role("list", name="Online")).to_contain_text("bob", timeout=PATIENCE)
    server.kill()
    bob.context.close()
    server.start()
    # As long as a lease, and a while for alice to return.
    expect(alice.get_by_role("list", name="Online")).not_to_contain_text("bob", timeout=40_000)
    expect(alice.get_by_role("list", name="Online").get_by_role("listitem")).to_have_count(1)


def test_signing_out_ends_the_other_tabs(person: Person) -> None:
    bob = enter(person("bob"))
    other = bob.context.new_page()
    enter(other)
    bob.locator(".me-link").click()
    bob.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("alert")).to_contain_text(["You are signed out."], timeout=PATIENCE)


def test_signing_out_there_ends_that_browser(person: Person) -> None:
    here, there = person("bob", by_form=True), enter(person("bob", by_form=True))
    here.goto("/accounts/sessions/")
    here.get_by_role("button", name="Sign out there").first.click()
    expect(there.locator("#farewell")).to_contain_text("You are signed out.", timeout=PATIENCE)
    there.reload()
    expect(there.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_new_password_leaves_the_other_tab_where_it_is(person: Person) -> None:
    dora = enter(person("dora", by_form=True))
    page = dora.context.new_page()
    page.goto("/accounts/password/change/")
    page.get_by_label("Current password").fill(PASSWORD)
    for label in ("New password", "New password, again"):
        page.get_by_label(label, exact=True).fill("a new horse 10")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    dora.get_by_role("textbox", name="Message").fill("Still here")
    dora.get_by_role("textbox", name="Message").press("Enter")
    expect(dora.locator("#messages")).to_contain_text("Still here")
    expect(dora.locator("#messages .is-waiting")).to_have_count(0)
    expect(dora.locator("#farewell")).to_be_empty()


def test_who_is_here_has_a_dot_at_what_they_said(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "Hello")
    dot = alice.locator(".message .avatar use")

    # Drawn, and as large as the avatar has it: not a box without anything in it.
    expect(dot).to_be_visible(timeout=PATIENCE)
    box = dot.bounding_box()
    assert box
    assert 8 < box["width"] < 16


def choose(page: Page, **looks: str) -> None:
    """Choose how pages look, on the profile: a group of choices, and one of them."""
    page.goto("/accounts/profile/")
    for group, choice in looks.items():
        page.get_by_role("group", name=group).get_by_label(choice, exact=True).check()
    page.get_by_role("button", name="Save the look").click()
    expect(page.get_by_text("Pages look so from now on.")).to_be_visible()


def test_banners_are_for_who_signs_in_alone_unless_somebody_chooses(person: Person) -> None:
    alice = enter(person("alice"))
    bob = enter(person("bob"))
    line = alice.locator("#people-news")
    # Came without signing in: a line beside the list, and no banner.
    expect(line).to_have_text("bob came online.", timeout=PATIENCE)
    expect(notices(alice).locator(".notice")).to_be_hidden()
    charlie = person("charlie", by_form=True)
    expect(notices(alice).locator(".notice", has_text="charlie signed in")).to_be_visible(timeout=PATIENCE)
    charlie.context.close()
    bob.context.close()
    choose(alice, Banners="Never")
    enter(alice)
    charlie = person("charlie", by_form=True)
    expect(line).to_contain_text("charlie signed in", timeout=PATIENCE)
    expect(notices(alice).locator(".notice").last).to_be_hidden()
    charlie.context.close()
    choose(alice, Banners="Whenever somebody comes or goes")
    enter(alice)
    expect(alice.get_by_role("list", name="Online")).not_to_contain_text("bob", timeout=PATIENCE)
    enter(person("bob"))
    expect(notices(alice).locator(".notice", has_text="bob came online")).to_be_visible(timeout=PATIENCE)


def test_no_banner_lies_on_the_talk_of_a_phone(person: Person) -> None:
    alice = enter(person("alice", viewport={"width": 360, "height": 640}))
    person("bob", by_form=True)
    slip = notices(alice).locator(".notice", has_text="bob signed in")
    expect(slip).to_be_attached(timeout=PATIENCE)
    expect(slip).to_be_hidden()


def test_pages_look_as_somebody_has_chosen(person: Person) -> None:
    alice = enter(person("alice", color_scheme="light", bypass_csp=True))
    say(alice, "Hello")
    row = alice.locator("#messages .message").last
    expect(row).to_contain_text("Hello")
    style = "name => getComputedStyle(document.documentElement)[name]"
    seen = "() => getComputedStyle(document.querySelector('.main')).backgroundColor"
    before, light = row.bounding_box(), alice.evaluate(seen)
    choose(alice, Colours="Dark", Density="Compact", Links="Underlined")
    # The page ends where the window does, whatever is hidden in it.
    assert alice.evaluate("document.documentElement.scrollHeight <= innerHeight")
    finds_nothing(alice)
    enter(alice)
    assert alice.evaluate(style, "colorScheme") == "dark"
    assert alice.evaluate(seen) != light
    after = alice.locator("#messages .message").last.bounding_box()
    assert before
    assert after
    assert after["height"] < before["height"]
    author = alice.locator("#messages .author").last
    assert author.evaluate("link => getComputedStyle(link).textDecorationLine") == "underline"
    finds_nothing(alice)
    choose(alice, Size="Larger", Motion="None")
    assert alice.evaluate(style, "fontSize") == "20px"
    finds_nothing(alice)
