"""Reading: the type, what came while one was further up, and long texts."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.room import PATIENCE, Person, becomes, enter, say, shows
from tests.browser.server import Server
from tests.browser.test_history import MORE_FURNITURE  # noqa: F401

LONG_AGO = """
from rooms.models import Membership
Membership.objects.filter(person__username="bob").update(read=200)
"""

SLIP = """
from rooms.actions.messages_delete import delete_message
from rooms.models import Membership, Message
message = Message.objects.get(body="one")
delete_message(Membership.objects.get(room=message.room, person=message.author), message)
"""


def news(page: Page) -> Locator:
    """What leads to the first message that came while one was further up."""
    return page.locator("#news a:last-child")


def says_news(page: Page, count: int) -> None:
    """Wait until so many are counted there: each is a link, and the style sheet adds them up."""
    expect(page.locator("#news a")).to_have_count(count, timeout=PATIENCE)
    expect(
        page.get_by_role("link", name=f"new message{'s' if count > 1 else ''}", exact=True)
    ).to_be_visible()


def scroll_up(page: Page) -> Page:
    """A little up, so that the end is out of view."""
    page.locator(".scroller").hover()
    page.mouse.wheel(0, -1500)
    becomes(page, "document.querySelector('#news').hidden === false")
    return page


def scroll_down(page: Page) -> None:
    """To the end."""
    page.locator(".scroller").hover()
    page.mouse.wheel(0, 90_000)
    becomes(page, "document.querySelector('#news').hidden === true")


def test_headings_are_of_the_font_that_comes_along(person: Person) -> None:
    alice = enter(person("alice"))
    faces = alice.evaluate("document.fonts.load('600 1rem \"Source Serif 4\"').then(found => found.length)")
    assert faces == 1
    family = "getComputedStyle(document.querySelector('h2')).fontFamily"
    assert alice.evaluate(family).startswith('"Source Serif 4"')


def test_what_came_below_is_counted_and_led_to(person: Person) -> None:
    alice, bob = enter(person("alice")), scroll_up(enter(person("bob")))
    say(alice, "one")
    says_news(bob, 1)
    for text in ("two", "three"):
        say(alice, text)
        shows(bob, text)
    says_news(bob, 3)
    # At the end there is nothing to be led to.
    expect(news(alice)).to_have_count(0)
    expect(bob.get_by_text("one", exact=True)).not_to_be_in_viewport()

    news(bob).click()

    expect(bob.get_by_text("one", exact=True)).to_be_in_viewport()
    scroll_down(bob)
    expect(news(bob)).to_have_count(0, timeout=PATIENCE)
    scroll_up(bob)
    say(alice, "four")
    shows(bob, "four")
    says_news(bob, 1)


def test_what_was_deleted_is_not_counted(person: Person, server: Server) -> None:
    alice, bob = enter(person("alice")), scroll_up(enter(person("bob")))
    for text in ("one", "two"):
        say(alice, text)
        shows(bob, text)
    server.shell(SLIP)
    says_news(bob, 1)


def test_the_line_where_one_left_off_is_one_press_away(person: Person, server: Server) -> None:
    server.shell(LONG_AGO)
    bob = enter(person("bob"))
    first = bob.locator("#messages > .new-line + li")
    expect(first).not_to_be_in_viewport()
    bob.get_by_role("link", name="New messages").click()
    expect(first).to_be_in_viewport()
    # Followed, it stays where it belongs.
    scroll_down(bob)
    expect(bob.get_by_role("link", name="New messages")).not_to_be_in_viewport()


def test_a_press_beside_code_selects_all_of_it(person: Person) -> None:
    alice = enter(person("alice"))
    say(alice, "```python\nfirst = 1\nsecond = 2\n```")
    shows(alice, "second")
    block = alice.locator("#messages pre")
    place = block.bounding_box()
    assert place
    block.click(position={"x": place["width"] - 24, "y": 18})
    becomes(alice, "getSelection().toString().trim() === 'first = 1\\nsecond = 2'")
    # In it one selects as anywhere: a word.
    block.get_by_text("1", exact=True).dblclick()
    becomes(alice, "getSelection().toString() === '1'")


def test_a_long_text_that_is_unfolded_is_seen_from_its_beginning(person: Person) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, "\n".join(f"line {number}" for number in range(60)))
    shows(bob, "line 0")
    expect(bob.get_by_text("line 0")).to_be_in_viewport()
    expect(bob.get_by_text("line 0")).to_have_count(1)
    bob.get_by_text("Show all").click()
    becomes(bob, "document.querySelector('.fold').getBoundingClientRect().height > 1000")
    becomes(
        bob,
        """document.querySelector('.fold').getBoundingClientRect().top
           >= document.querySelector('.scroller').getBoundingClientRect().top - 1""",
    )
    # What comes meanwhile moves nothing, and is counted.
    say(alice, "meanwhile")
    says_news(bob, 1)
    bob.get_by_text("Show less").click()
    becomes(bob, "document.querySelector('.fold').getBoundingClientRect().height < 400")
