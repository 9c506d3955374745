"""One trial: people come, faults happen, and in the end everything is compared with everything."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from tests.browser.server import Server
from tests.faults import checks
from tests.faults.crowd import PAUSE, Crowd
from tests.faults.happenings import Fault, happen
from tests.faults.sites import Site

# Who comes: so many of the members of each room, with a page, a program, or a browser without a script.
PAGES = {"general": 4, "closed": 3, "doomed": 2, "pair": 2, "several": 2}
PROGRAMS = {"general": 1, "closed": 1}
FORMS = {"general": 1, "several": 1}
# What may be in the log: uvicorn says so of what a process that ends after four seconds had not done by then.
EXPECTED = ("timeout graceful shutdown exceeded",)
# Bytes that a process may have more at the end than when everybody had come: caches fill.
MORE_MEMORY = 60_000_000


async def trial(
    site: Site,
    seed: int,
    faults: Callable[[Crowd], list[Fault]],
    *,
    times: int = 1,
    pause: float = PAUSE,
    expected: tuple[str, ...] = EXPECTED,
) -> Crowd:
    """Let `faults` happen to a site, and compare. `times` as many come; `expected` may be in the log."""
    crowd = Crowd(site, seed, pause=pause)
    began = time.monotonic()
    print(f"\nThe seed is {seed}.")
    try:
        await crowd.come(
            *({room: count * times for room, count in those.items()} for those in (PAGES, PROGRAMS, FORMS))
        )
        happening = faults(crowd)
        await happen(happening)
        before = {server.port: memory_of(server) for server in site.servers}
        await checks.settled(crowd)
        stored = checks.stored_as_told(crowd)
        compared = await checks.pages_are_as_afresh(crowd)
        badges = checks.unread_is_as_counted(crowd)
        sent_away = checks.who_is_sent_away_is_told(crowd)
        files = await checks.files_are_there(crowd)
        checks.log_is_quiet(site, expected)
        for server in site.servers:
            assert memory_of(server) - before[server.port] < MORE_MEMORY
    finally:
        await crowd.leave()
    ledger, connections = crowd.ledger, sum(page.connections for page in crowd.pages)
    print(
        f"{ledger.operations} operations and {len(happening)} faults in {time.monotonic() - began:.0f} s:\n"
        f"{dict(stored)}; {len(ledger.failures)} times something else was said than that it was done;\n"
        f"{compared} pages as afresh after {connections} connections, {badges} badges as counted, "
        f"{files} files, {sent_away} pages closed for good."
    )
    return crowd


def memory_of(server: Server) -> int:
    """The bytes that a process has for itself; 0 where the machine does not say."""
    file = Path(f"/proc/{server.process.pid}/statm") if server.process else None
    return int(file.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if file and file.exists() else 0


def many(those: dict[str, int], times: int) -> dict[str, int]:
    """So many times as many of each."""
    return {room: count * times for room, count in those.items()}
