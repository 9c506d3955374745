"""One who does not read changes nothing for those who do, and is let go of."""

import re
from collections.abc import Callable
from pathlib import Path

from tests.browser.server import Server
from tests.processes.conftest import Site
from tests.processes.deaf import COUNTED, ROOM, deaf, drown
from tests.processes.sockets import Browser

SignIn = Callable[[Server, str], Browser]

# What a process may grow by, MB, while others read what stuck readers do not.
FLAT = 32


def resident(server: Server) -> int:
    """The memory of a process, MB."""
    assert server.process is not None
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{server.process.pid}/status").read_text())
    assert found
    return int(found[1]) // 1024


async def test_a_stuck_reader_changes_nothing_for_the_others(site: Site, browser: SignIn) -> None:
    server = site.start(**COUNTED)
    page = await browser(server, "alice").socket(ROOM)
    await page.until("#pulse")
    bob, charlie = browser(server, "bob"), browser(server, "charlie")
    for _ in range(3):
        await deaf(charlie)
    before = resident(server)

    await drown(3, bob, page)

    assert resident(server) - before < FLAT
