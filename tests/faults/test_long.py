"""What takes minutes, or happens once in a site's life: only with --long."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests import debian
from tests.browser.preloaded import Preloaded
from tests.browser.server import worker_beside
from tests.faults import happenings as h
from tests.faults.crowd import Crowd, lines_of, until
from tests.faults.ledger import Attempt
from tests.faults.pages import OpenPage
from tests.faults.sites import LargeSite, SmallSite, large_site, small_site
from tests.faults.trial import trial
from tests.processes.stores import Store

pytestmark = pytest.mark.long

# More than the file of a site and what is written beside it, and less than a filler leaves.
SMALL_DISK = "24m"
# Tabs of each person, besides those in which something is done: together a few hundred.
TABS = 15
HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize("seed", range(3))
async def test_a_small_site_for_minutes(
    small_house: Path, preloaded: Preloaded, tmp_path: Path, seed: int
) -> None:
    async with small_site(small_house, tmp_path / "site", preloaded) as site:
        await trial(site, seed, partial(everything_at_a_small_site, site), times=2)


def everything_at_a_small_site(site: SmallSite, crowd: Crowd) -> list[h.Fault]:
    """What takes longer than a page waits, and longer than SQLite does."""
    (server,), lines = site.servers, site.lines
    return [
        ("all lines are silent for 12 s", lambda: h.silent(lines, 12)),
        ("nothing arrives for 12 s", lambda: h.silent(lines, 12, "there")),
        ("everything takes half a second for 10 s", lambda: h.slow(lines, 10, 0.5)),
        ("nobody is let through for 8 s", lambda: h.refused(lines, 8)),
        ("it stands still for 20 s", lambda: h.frozen(server, 20)),
        ("SQLite is locked for 25 s, longer than anybody waits for it", lambda: h.locked(site, 25)),
        *[(f"kill -9, number {number}", lambda: h.killed(server)) for number in range(3)],
        *[(f"SIGTERM, number {number}", lambda: h.restarted(server)) for number in range(3)],
        ("it stands still for 60 s", lambda: h.frozen(server, 60)),
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_a_large_site_for_minutes(
    postgresql: Store, large_house: Path, preloaded: Preloaded, tmp_path: Path, seed: int
) -> None:
    async with large_site(postgresql, large_house, tmp_path / f"site{seed}", preloaded) as site:
        await trial(site, seed, partial(everything_at_a_large_site, site), times=2)


def everything_at_a_large_site(site: LargeSite, crowd: Crowd) -> list[h.Fault]:
    """Each part of it is away for longer than anybody waits."""
    one, two = site.servers
    return [
        ("Redis stands still for 10 s", lambda: h.redis_frozen(site, 10)),
        ("PostgreSQL dies", lambda: h.postgresql_killed(site)),
        ("one process stands still for 20 s", lambda: h.frozen(one, 20)),
        ("both processes die", lambda: h.both_killed(one, two)),
        ("PostgreSQL stands still for 20 s", lambda: h.postgresql_frozen(site, 20)),
        ("one process cannot reach Redis for 20 s", lambda: h.refused(site.redis_lines[1:], 20)),
        ("one process's line to Redis is silent for 15 s", lambda: h.silent(site.redis_lines[:1], 15)),
        ("PostgreSQL takes nobody more for 10 s", lambda: h.postgresql_full(site, 10)),
        ("the other process stands still for 60 s", lambda: h.frozen(two, 60)),
    ]


async def test_hundreds_of_pages_return_at_once(
    small_house: Path, preloaded: Preloaded, tmp_path: Path
) -> None:
    async with small_site(small_house, tmp_path / "site", preloaded) as site:
        await trial(site, 1, partial(many_return, site))


def many_return(site: SmallSite, crowd: Crowd) -> list[h.Fault]:
    """Everybody has many tabs, all of which lose their line at the same moment."""
    tabs: list[OpenPage] = []

    async def open_tabs() -> None:
        tabs.extend(await crowd.open_tabs("general", TABS))
        assert await until(lambda: lines_of(tabs) == len(tabs), 120)

    async def cut() -> None:
        before = sum(tab.connections for tab in tabs)

        def are_back() -> bool:
            is_new = sum(tab.connections for tab in tabs) >= before + len(tabs)
            return is_new and lines_of(tabs) == len(tabs)

        site.lines[0].cut()
        assert await until(are_back, 120)

    return [("tabs are opened", open_tabs), *[(f"all lines are cut, number {n}", cut) for n in range(3)]]


async def test_the_disk_is_full_for_a_while(small_house: Path, preloaded: Preloaded, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        async with small_site(small_house, disk / "site", preloaded) as site:
            await trial(site, 1, partial(full_disk, disk))


def full_disk(disk: Path, crowd: Crowd) -> list[h.Fault]:
    """Under the database, the uploads and the log: all that a small site writes."""

    async def full() -> None:
        filler = disk / "filler"
        await asyncio.to_thread(fill, filler)
        await asyncio.sleep(6)
        filler.unlink()

    return [("the disk is full for 6 s", full), ("and again", full)]


def fill(file: Path) -> None:
    """Write until there is no room for a byte more."""
    size = 65536
    with file.open("wb", buffering=0) as filler:
        while size:
            try:
                filler.write(b"\0" * size)
            except OSError:
                size //= 2


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of a few megabytes, in memory."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(folder)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"No small disk can be had here: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def faketime() -> Path:
    """The library that tells a process another time."""
    found = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if found is None and debian.install("libfaketime"):
        found = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if found is None:
        pytest.skip("There is no libfaketime, and Debian's cannot be had.")
    return found


async def test_the_clock_is_moved(small_house: Path, preloaded: Preloaded, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("+0")
    settings = {
        # It looks into that file once a second, and not at each look at the clock.
        "LD_PRELOAD": str(faketime()), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    async with small_site(small_house, tmp_path / "site", None, **settings) as site:
        await trial(site, 1, partial(another_time, clock))


def another_time(clock: Path, crowd: Crowd) -> list[h.Fault]:
    """By an hour and by a day, both ways; a clock that is set back is set right in the end."""

    async def move(seconds: int) -> None:
        await asyncio.to_thread(clock.write_text, f"{seconds:+}")
        await asyncio.sleep(4)

    return [
        (f"the clock is moved to {at:+} s", partial(move, at)) for at in (HOUR, 0, -HOUR, 0, DAY, 0, -DAY, 0)
    ]


async def test_the_worker_is_killed_in_the_middle_of_it(
    small_house: Path, preloaded: Preloaded, tmp_path: Path
) -> None:
    async with small_site(small_house, tmp_path / "site", preloaded) as site:
        await trial(site, 1, partial(killed_worker, site))
        left = site.rows(
            "SELECT COUNT(*) FROM rooms_message m JOIN rooms_removal r ON r.person_id = m.author_id "
            "WHERE m.deleted_at IS NULL AND m.posted_at <= r.asked_at"
        )
        assert left == [(0,)]


def killed_worker(site: SmallSite, crowd: Crowd) -> list[h.Fault]:
    """All that somebody said is removed, by a worker that dies once it has begun."""
    (server,), root = site.servers, h.Administrator(crowd)

    async def remove_all() -> None:
        for said in crowd.ledger.said.values():
            if said.author == "p1":
                said.deletions.append(Attempt(""))
        await root.remove_all("p1")

    removed = "SELECT removed FROM rooms_removal WHERE done_at IS NULL"

    async def worker() -> None:
        before = site.rows(removed)
        with worker_beside(server) as process:
            # What each step of it would leave is in test_worker.py.
            assert await until(lambda: site.rows(removed) != before, 120, every=0.01)
            process.kill()
            process.wait()

    async def done() -> None:
        with worker_beside(server):
            undone = "SELECT COUNT(*) FROM rooms_removal WHERE done_at IS NULL"
            # The worker looks for what another has left every five minutes.
            assert await until(lambda: site.rows(undone) == [(0,)], 900, every=1)

    return [
        ("everybody talks", lambda: asyncio.sleep(10)),
        ("removal", remove_all),
        ("the worker dies once it has begun", worker),
        ("it is done", done),
    ]
