"""Reading on, up and down, and back to where one was: what one reads stays where it is."""

from tests.browser.server import Server
from tests.browser.test_history import MORE_FURNITURE, MORE_TALK  # noqa: F401
from tests.engines.conftest import Member, connected, enter
from tests.engines.page import Page, text

SCROLLER = ".scroller"
# A turn of the wheel, CSS pixels (less than where older rows are asked for), and what it may be out by.
STEP, SLACK = 400, 3


def row(number: int) -> str:
    """The row of the message `number N.`: the site has 230 of them, with the ids from 1 on."""
    return f"#message-{number + 1}"


def in_history(page: Page, server: Server, number: int) -> Page:
    """The page of a message, by its permalink, once nothing more is on its way."""
    enter(page, server, f"/rooms/general/messages/{number + 1}/")
    settles(page)
    return page


FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))"


def settles(page: Page) -> None:
    """Wait until nothing is asked for, which shows two frames later, and what was brought is drawn."""
    for _ in range(2):
        page.js(FRAMES)
        page.becomes("!document.querySelector('.htmx-request')")


def is_in_view(page: Page, number: int) -> bool:
    """Whether the row of a message is where one reads."""
    return page.js(f"""(row => {{
        const [box, view] = [row, row.closest(".scroller")].map(one => one.getBoundingClientRect())
        return box.top >= view.top - 1 && box.bottom <= view.bottom + 1
    }})(document.querySelector({text(row(number))}))""")


def in_view(page: Page) -> str:
    """The first row below the middle of what one reads."""
    middle = "document.querySelector('.scroller').getBoundingClientRect().bottom / 2"
    rows = "[...document.querySelectorAll('.scroller .message')]"
    return "#" + page.js(f"{rows}.find(row => row.getBoundingClientRect().top > {middle}).id")


def turn(page: Page, distance: int) -> float:
    """Turn the wheel, and wait for what that loads; how far what one reads has moved, CSS pixels."""
    settles(page)
    at = in_view(page)
    before = page.top(at)
    page.wheel(SCROLLER, distance)
    page.becomes(f"document.querySelector({text(at)}).getBoundingClientRect().top != {before}")
    settles(page)
    return page.top(at) - before


# Of 230, and pages of 50: at both ends, near an end of what is shown at first, and in the middle of it.
PLACES = (0, 10, 30, 100, 178, 204, 220, 229)


def test_permalinks_are_in_view(alice: Page, server: Server) -> None:
    for number in PLACES:
        in_history(alice, server, number)
        assert is_in_view(alice, number), number


def test_history_up_and_down_moves_by_the_wheel_alone(alice: Page, server: Server) -> None:
    in_history(alice, server, 120)
    moved = read_on(alice, -STEP, "#oldest")
    assert [distance for distance in moved if abs(distance - STEP) > SLACK] == [], moved
    moved = read_on(alice, STEP, "#newest")
    assert [distance for distance in moved if abs(distance + STEP) > SLACK] == [], moved
    assert alice.count("#history > .message") == 230


def test_nor_does_it_move_where_rows_go_at_the_other_end(alice: Page, server: Server) -> None:
    """Of a history that is read for long: a page keeps some 300 messages."""
    server.shell(MORE_TALK)
    in_history(alice, server, 480)
    moved = read_on(alice, -STEP, "#oldest")
    assert [distance for distance in moved if abs(distance - STEP) > SLACK] == [], moved
    assert alice.count("#history > .message") <= 350


def read_on(page: Page, distance: int, end: str) -> list[float]:
    """Turn the wheel until one end of the history is reached; how far each turn moved what one reads."""
    moved: list[float] = []
    while page.value(end):
        moved.append(turn(page, distance))
        assert len(moved) < 60
    return moved


def test_older_messages_load_as_one_scrolls_up_in_the_room(alice: Page, server: Server) -> None:
    enter(alice, server)
    moved = read_on(alice, -STEP, "#oldest")
    assert [distance for distance in moved if abs(distance - STEP) > SLACK] == [], moved
    assert alice.count("#messages > .message") == 230


def test_who_has_scrolled_up_stays_where_they_are(alice: Page, bob: Member, server: Server) -> None:
    enter(alice, server)
    turn(alice, -400)
    at = in_view(alice)
    before = alice.top(at)
    for number in range(4):
        bob.say(f"fresh {number}")
        alice.becomes(f"document.querySelector('#messages').textContent.includes('fresh {number}')")
        settles(alice)
        assert abs(alice.top(at) - before) <= SLACK
    # And at the end one stays there.
    alice.wheel(SCROLLER, 30_000)
    alice.becomes("document.querySelector('.scroller').scrollTop > -2")
    bob.say("and more")
    alice.becomes("document.querySelector('#messages').textContent.includes('and more')")
    alice.becomes("document.querySelector('.scroller').scrollTop > -2")


def test_what_came_below_is_counted_and_led_to(alice: Page, bob: Member, server: Server) -> None:
    enter(alice, server)
    bob.say("at the end")
    alice.shows("at the end", "#messages")
    assert alice.count("#news a") == 0
    turn(alice, -400)
    alice.becomes("!document.querySelector('#news').hidden")
    bob.say(*(f"fresh {number}" for number in range(3)))
    alice.becomes("document.querySelectorAll('#news a').length == 3")

    alice.click("#news a:last-child")

    first = "[...document.querySelectorAll('.message')].find(row => row.textContent.includes('fresh 0'))"
    alice.becomes(f"location.hash == '#' + {first}.id")
    alice.becomes(f"{first}.getBoundingClientRect().bottom < innerHeight")
    # At the end nothing is new any longer.
    alice.wheel(SCROLLER, 30_000)
    alice.becomes("document.querySelectorAll('#news a').length == 0")
    alice.becomes("document.querySelector('#news').hidden")


def test_a_press_beside_code_selects_all_of_it(alice: Page, bob: Member, server: Server) -> None:
    enter(alice, server)
    bob.say("```python\nfirst = 1\nsecond = 2\n```")
    alice.shows("second = 2", "#messages")
    place = "(box => [box.right - 24, box.top + 18].map(Math.round))"
    alice.press_at(*alice.js(f"{place}(document.querySelector('pre').getBoundingClientRect())"))
    alice.becomes("getSelection().toString().trim() == 'first = 1\\nsecond = 2'")
    # In it one selects as anywhere: a press lets go.
    alice.click("pre code .n")
    alice.becomes("getSelection().toString() == ''")


def test_a_long_text_that_is_unfolded_is_seen_from_its_beginning(
    alice: Page, bob: Member, server: Server
) -> None:
    enter(alice, server)
    bob.say("\n".join(f"line {number}" for number in range(60)))
    alice.shows("line 50", "#messages")
    alice.click(".unfold summary")
    box = "document.querySelector('.fold').getBoundingClientRect()"
    alice.becomes(f"{box}.height > 1000 && {box}.top >= 40")


def test_back_and_forward_are_live(alice: Page, bob: Member, server: Server) -> None:
    enter(alice, server)
    alice.click(".side a", "Browse rooms")
    alice.arrives("/rooms/")
    alice.back()
    alice.arrives("/rooms/general/")
    connected(alice)
    bob.say("while you were away")
    alice.shows("while you were away", "#messages")
    alice.type("here I am")
    alice.press("Enter")
    alice.shows("here I am", "#messages")
    alice.forward()
    alice.arrives("/rooms/")
    connected(alice)
