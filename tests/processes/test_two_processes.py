"""What happens in one process is seen in the other, and outlives it."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from tests.browser.server import Server
from tests.processes.conftest import Site
from tests.processes.sockets import Browser, Socket

SignIn = Callable[[Server, str], Browser]

ROOM, CHAT = "/ws/rooms/general/", "/ws/chat/general/"


async def told(socket: Socket) -> None:
    """Wait until the page is where it wants to be."""
    await socket.until("#pulse")


async def test_a_message_a_banner_typing_and_a_sign_out_cross(site: Site, browser: SignIn) -> None:
    one, two = site.start(), site.start()
    alice = browser(one, "alice")
    page = await alice.socket(ROOM)
    await told(page)
    bob = browser(two, "bob")
    await page.until("bob signed in")

    bobs = await bob.socket(ROOM)
    await told(bobs)
    await page.until(re.compile(r'id="here-\d+" data-seq="bob"').search)  # type: ignore[arg-type]
    await bobs.send(type="typing")
    await page.until('id="typing-')
    await bobs.send(type="message", body="over there", token="t1")
    await page.until("over there")
    await page.send(type="message", body="and back", token="t1")
    await bobs.until("and back")

    # Signed out through the other process than the one that holds the socket.
    elsewhere = await bob.socket("/ws/live/", one)
    await told(elsewhere)
    bob.submit("/accounts/logout/")
    assert await elsewhere.code() == 4401
    assert await bobs.code() == 4401
    await page.until("bob signed out")


async def test_a_killed_process_leaves_no_ghost_and_loses_nothing(site: Site, browser: SignIn) -> None:
    one, two = site.start(), site.start()
    page = await browser(one, "alice").socket(ROOM)
    bob = browser(two, "bob")
    bobs = await bob.socket(ROOM)
    await bobs.send(type="message", body="before", token="t1")
    await page.until("before")
    two.kill()
    await page.until(re.compile(r'hx-target="#online-\d+" hx-swap="delete"').search)  # type: ignore[arg-type]
    await page.send(type="message", body="meanwhile", token="t2")
    await page.until("meanwhile")

    back = await bob.socket(ROOM, one)
    await back.send(type="resume", seen="1")
    assert "before" not in await back.until("meanwhile")


async def test_a_burst_arrives_whole_and_in_order_everywhere(site: Site, browser: SignIn) -> None:
    one, two = site.start(), site.start()
    people = [browser(server, name) for server in (one, two) for name in ("alice", "bob", "charlie")]
    readers = [await people[0].socket(CHAT), await people[3].socket(CHAT)]
    senders = [await person.socket(CHAT) for person in people]
    await asyncio.sleep(0.5)

    async def burst(sender: Socket, number: int) -> None:
        for turn in range(84):
            await sender.send(message=f"<{number}.{turn}>")

    await asyncio.gather(*(burst(sender, number) for number, sender in enumerate(senders)))
    orders = [
        re.findall(r"<\d\.\d+>", await reader.until(lambda text: text.count('"type": "message"') == 504))
        for reader in readers
    ]
    assert orders[0] == orders[1]
    assert len(set(orders[0])) == 504
    for number in range(len(senders)):
        mine = [said for said in orders[0] if said.startswith(f"<{number}.")]
        assert mine == [f"<{number}.{turn}>" for turn in range(84)]


async def test_viewers_converge_when_redis_was_away_under_traffic(site: Site, browser: SignIn) -> None:
    one, two = site.start(), site.start()
    alice, bob = browser(one, "alice"), browser(two, "bob")
    page, bobs = await alice.socket(ROOM), await bob.socket(ROOM)
    await told(page)
    await told(bobs)
    for number in range(30):
        await bobs.send(type="message", body=f"number {number}.", token=f"t{number}")
        if number == 10:
            site.redis.stop()
        if number == 20:
            site.redis.start()
        await asyncio.sleep(0.1)
    for socket in (page, bobs):
        text = await socket.until("number 29.", patience=10)
        assert all(f"number {number}." in text for number in range(30))
    await page.send(type="message", body="and it goes on", token="t")
    await bobs.until("and it goes on", patience=10)


async def test_nothing_is_lost_when_redis_restarts(site: Site, browser: SignIn) -> None:
    one, two = site.start(), site.start()
    page, bobs = await browser(one, "alice").socket(ROOM), await browser(two, "bob").socket(ROOM)
    await told(page)
    site.redis.restart()
    await bobs.send(type="message", body="just after", token="t1")
    await page.until("just after", patience=10)


async def test_sockets_outlive_a_restart_of_postgresql(site: Site, browser: SignIn) -> None:
    one, two = site.start(), site.start()
    page, bobs = await browser(one, "alice").socket(ROOM), await browser(two, "bob").socket(ROOM)
    await bobs.send(type="message", body="before", token="t1")
    await page.until("before")
    site.postgresql.stop()
    await bobs.send(type="message", body="while it is away", token="t2")
    await bobs.until("it is our fault")
    site.postgresql.start()
    for attempt in range(20):
        await bobs.send(type="message", body="after it", token=f"t{attempt}")
        await asyncio.sleep(0.5)
        if "after it" in page.text + bobs.text:
            break
        await asyncio.sleep(0)
        try:
            await bobs.until("after it", patience=0.5)
        except AssertionError:
            continue
    await page.until("after it")


async def test_a_stuck_reader_changes_nothing_for_the_others(site: Site, browser: SignIn) -> None:
    server = site.start()
    stuck = await browser(server, "charlie").socket(ROOM, max_queue=1)
    page, bobs = await browser(server, "alice").socket(ROOM), await browser(server, "bob").socket(ROOM)
    await told(page)
    # The client's own buffers fill, then the machine's, and then the server has to wait or to let go.
    stuck.connection.transport.pause_reading()
    before = resident(server.process.pid)  # type: ignore[union-attr]
    for number in range(150):
        await bobs.send(type="message", body=f"{number}." + "x" * 9_000, token=f"t{number}")
        await page.until(f">{number}.")
        page.text = ""
    assert resident(server.process.pid) - before < 32 * 1024  # type: ignore[union-attr]


def resident(pid: int) -> int:
    """The memory of a process, KB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1])
