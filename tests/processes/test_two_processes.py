"""What happens in one process is seen in the other, and outlives it."""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress

from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from live.hub import COME_BACK
from tests.browser.server import Server
from tests.processes.conftest import Site
from tests.processes.sockets import Browser, Socket

SignIn = Callable[[Server, str], Browser]

ROOM, CHAT = "/ws/rooms/general/", "/ws/chat/general/"
PAGE = "/rooms/general/"
# Seconds in which what Redis did not bring has come: ten, and as many more for a slow machine.
SOON = 20


def matches(pattern: str) -> Callable[[str], bool]:
    """Whether a text has something that matches."""
    return lambda text: re.search(pattern, text) is not None


def in_order(pattern: str, text: str) -> list[str]:
    """What matches, each once."""
    return list(dict.fromkeys(re.findall(pattern, text)))


def in_place(pattern: str, text: str) -> list[str]:
    """What matches in the rows of messages, in the order in which the rows stand on a page."""
    rows = {int(pk): row for pk, row in re.findall(r'<li id="message-(\d+)"(.*?)</li>', text)}
    return [found[0] for _, row in sorted(rows.items()) if (found := re.findall(pattern, row))]


async def pages_of(one: Browser, other: Browser) -> tuple[Socket, Socket]:
    """Two pages of the room, each where it wants to be."""
    pages = await one.socket(ROOM), await other.socket(ROOM)
    for page in pages:
        await page.until("#pulse")
    return pages


async def say(socket: Socket, text: str) -> None:
    """Post a text; the same text again is the same message."""
    await socket.send(type="message", body=text, token=text)


async def test_a_message_a_banner_typing_and_a_sign_out_cross(site: Site, browser: SignIn) -> None:
    one, two = site.start(), site.start()
    page = await browser(one, "alice").socket(ROOM)
    await page.until("#pulse")
    bob = browser(two, "bob")
    await page.until("bob signed in")

    bobs = await bob.socket(ROOM)
    await bobs.until("#pulse")
    await page.until(matches(r'id="here-\d+"[^>]*>(<[^>]*>)*bob<'))
    await bobs.send(type="typing")
    await page.until('id="typing-')
    await say(bobs, "over there")
    await page.until("over there")
    await say(page, "and back")
    await bobs.until("and back")

    # Signed out through the other process than the one that holds the socket.
    elsewhere = await bob.socket("/ws/live/", one)
    await elsewhere.until("#pulse")
    bob.submit("/accounts/logout/")
    assert await elsewhere.code() == 4401
    assert await bobs.code() == 4401
    await page.until("bob signed out")


async def test_a_killed_process_leaves_no_ghost_and_loses_nothing(site: Site, browser: SignIn) -> None:
    one, two = site.start(), site.start()
    bob = browser(two, "bob")
    page, bobs = await pages_of(browser(one, "alice"), bob)
    for number in range(60):
        await say(bobs, f"word {number}.")
    await bobs.until("word 5.")
    # With the rest of them on their way.
    two.kill()
    await bobs.code()
    await page.until(matches(r'#online-\d+[^"]*" hx-swap="delete"'))
    await say(page, "meanwhile")
    told = in_order(r"word \d+\.", await page.until("meanwhile"))

    # Whatever bob saw himself is there; whatever is there was told to alice.
    stored = in_order(r"word \d+\.", bob.get(PAGE, one))
    assert set(in_order(r"word \d+\.", bobs.text)) <= set(stored)
    assert told[-len(stored) :] == stored
    # He returns to the other process, and hears of what he missed alone.
    back = await bob.socket(ROOM, one)
    await back.send(type="resume", seen=str(len(told)))
    assert "word" not in await back.until("meanwhile")


async def test_a_burst_arrives_whole_and_in_order_everywhere(site: Site, browser: SignIn) -> None:
    one, two = site.start(), site.start()
    people = [browser(server, name) for server in (one, two) for name in ("alice", "bob", "charlie")]
    pages = await pages_of(people[0], people[3])
    await say(pages[0], "ready")
    for page in pages:
        await page.until("ready")
    senders = [await person.socket(CHAT) for person in people]
    programs = [await people[0].socket(CHAT), await people[3].socket(CHAT)]
    for program in (*senders, *programs):
        # Who is answered is where they want to be.
        await program.send(resume=0)
        await program.until("ready")
    readers = [*programs, *pages]
    word = r"\[\d\.\d+\]"

    async def burst(sender: Socket, number: int) -> None:
        for turn in range(84):
            await sender.send(message=f"[{number}.{turn}]")

    await asyncio.gather(*(burst(sender, number) for number, sender in enumerate(senders)))
    orders = [
        in_order(word, await reader.until(lambda text: len(in_order(word, text)) == 504))
        for reader in readers
    ]
    assert orders[1:] == orders[:1] * 3
    for number in range(len(senders)):
        mine = [said for said in orders[0] if said.startswith(f"[{number}.")]
        assert mine == [f"[{number}.{turn}]" for turn in range(84)]


async def test_pages_stay_together_while_redis_is_away_and_when_it_returns(
    site: Site, browser: SignIn
) -> None:
    one, two = site.start(), site.start()
    alice, bob = browser(one, "alice"), browser(two, "bob")
    page, bobs = await pages_of(alice, bob)
    await say(bobs, "before")
    await page.until("before")

    site.redis.stop()
    # Some fifteen seconds, in which each process learns of the other's by its own look at the database.
    for number in range(15):
        await say(bobs, f"bob {number}.")
        await say(page, f"alice {number}.")
        await page.until(f"bob {number}.", patience=SOON)
        await bobs.until(f"alice {number}.", patience=SOON)
        await asyncio.sleep(0.5)
    site.redis.start()
    for number in range(10):
        await say(bobs, f"after {number}.")
        await asyncio.sleep(0.1)

    word = r"(?:alice|bob|after) \d+\."
    # Who sends is shown their own at once, and the others' when it is known: rows stand by their ids.
    orders = [in_place(word, await socket.until("after 9.", patience=SOON)) for socket in (page, bobs)]
    assert orders[0] == orders[1] == in_place(word, alice.get(PAGE))
    assert len(orders[0]) == 40
    # These are the pages of the beginning, and what Redis alone carries is carried again.
    assert page.connection.state is bobs.connection.state is State.OPEN
    await returned(bobs, page)


async def returned(sender: Socket, reader: Socket) -> None:
    """Somebody is typing again, which no look at the database would tell."""
    reader.text = ""
    for _ in range(20):
        await sender.send(type="typing")
        with suppress(AssertionError):
            await reader.until('id="typing-', patience=1)
            return
    raise AssertionError("the processes do not hear from each other")


async def test_nothing_is_lost_when_redis_restarts_under_traffic(site: Site, browser: SignIn) -> None:
    one, two = site.start(), site.start()
    alice = browser(one, "alice")
    page, bobs = await pages_of(alice, browser(two, "bob"))
    restart = asyncio.create_task(asyncio.to_thread(site.redis.restart))
    for number in range(30):
        await say(bobs, f"number {number}.")
        await asyncio.sleep(0.05)
    await restart
    await say(bobs, "just after")

    word = r"number \d+\."
    for socket in (page, bobs):
        assert in_order(word, await socket.until("just after", patience=SOON)) == in_order(
            word, alice.get(PAGE)
        )
    assert len(in_order(word, page.text)) == 30
    await returned(bobs, page)


async def test_sockets_outlive_a_restart_of_postgresql(site: Site, browser: SignIn) -> None:
    one, two = site.start(), site.start()
    page, bobs = await pages_of(browser(one, "alice"), browser(two, "bob"))
    await say(bobs, "before")
    await page.until("before")
    # What is stored and not yet answered would be said not to be.
    await bobs.until('id="token"')

    site.postgresql.stop()
    await bobs.send(type="typing")
    await say(bobs, "while it is away")
    await bobs.until("could not be stored")
    site.postgresql.start()

    for _ in range(60):
        await say(bobs, "after it")
        with suppress(AssertionError):
            await page.until("after it", patience=0.5)
            break
    await bobs.until("after it")
    assert "after it" in page.text
    assert "while it is away" not in page.text


async def test_what_may_be_stored_is_not_said_not_to_be(site: Site, browser: SignIn) -> None:
    alice = browser(site.start(), "alice")
    first, second = await pages_of(alice, alice)
    await say(first, "only once")
    await first.until('id="token"')

    # As if that answer had been lost with its line: the page says it on the next one.
    site.postgresql.stop()
    await say(second, "only once")
    assert await second.code() == COME_BACK
    assert "could not be stored" not in second.text
    site.postgresql.start()

    for _ in range(60):
        third = await alice.socket(ROOM)
        with suppress(AssertionError, ConnectionClosed):
            await third.until("#pulse")
            break
    await say(third, "only once")
    await third.until('id="token"')
    assert len(in_place("only once", alice.get(PAGE))) == 1
