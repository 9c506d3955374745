"""bin/bench loses nothing that it has found, and takes with it what it has started."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.__main__ import Report
from bench.generator import Failed
from bench.ledger import Ledger
from bench.report import with_section
from bench.sections import SHORT
from bench.servers import family
from tests.environment import ROOT

PATIENCE = 60


def fails() -> list[str]:
    raise Failed("Node ws: nothing arrives\nwhat its log says")


def is_wrong() -> list[str]:
    raise ZeroDivisionError


def test_a_section_that_fails_is_a_sentence_and_costs_no_other(tmp_path: Path) -> None:
    report = Report(SHORT, tmp_path / "report.md")
    sections = (
        ("Sockets", lambda: ["| 1 |"]),
        ("Two", fails),
        ("Three", is_wrong),
        ("Pages", lambda: ["| 2 |"]),
    )
    for section in sections:
        report.take(section)

    written = (tmp_path / "report.md").read_text()
    assert "## Sockets\n\n| 1 |\n\n## Two\n\n" in written
    assert "**This could not be measured:** Node ws: nothing arrives\n\n    what its log says" in written
    assert "## Three\n\n**This could not be measured:** ZeroDivisionError\n\n## Pages\n\n| 2 |" in written
    assert report.failed


def test_a_section_that_is_measured_alone_takes_its_place_in_a_report() -> None:
    report = "# Title\n\n## Sockets\n\nmany\n\n## Not like for like\n\n- nothing\n"
    once = with_section(report, "The page", "one")

    assert once == report.replace("## Not", "## The page\n\none\n\n## Not")
    assert with_section(once, "The page", "two") == once.replace("one", "two")
    assert with_section("", "The page", "one") == "## The page\n\none\n"


def test_a_ledger_tells_what_was_seen_and_not_stored_from_what_was_stored_and_not_seen() -> None:
    # Number 0 is everywhere, 1 on one page of two, 2 on a page only, 3 nowhere, 4 stored twice and not seen.
    found = Ledger(pages=2, said=5, stored=[0, 1, 4, 4], seen=Counter({0: 2, 1: 1, 2: 1, 3: 0, 4: 0}))

    assert (found.everywhere, found.unstored, found.nowhere, found.twice, found.missing) == (1, 1, 1, 1, 3)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for what is temporary, with a path short enough for that of a socket in it."""
    with tempfile.TemporaryDirectory(prefix="b-") as folder:
        yield Path(folder)


@pytest.fixture
def bench(place: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that has just begun."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "bench"],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(place)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process
    process.terminate()
    process.communicate(timeout=PATIENCE)


def wait_for_children(pid: int, least: int) -> list[int]:
    """Its descendants, once there are so many."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        _, *children = family(pid)
        if len(children) >= least:
            return children
        time.sleep(0.01)
    raise AssertionError("it starts nothing")


@pytest.mark.skipif(
    sys.platform != "linux" or not any(map(shutil.which, ("cc", "gcc", "clang"))),
    reason="the load generator is compiled, for Linux",
)
def test_told_to_end_it_leaves_no_process_and_no_file(bench: subprocess.Popen[str], place: Path) -> None:
    assert bench.stdout is not None
    assert "round 1" in bench.stdout.readline()
    # Redis, a server, and the load on it.
    children = wait_for_children(bench.pid, 3)

    # Twice: a terminal tells all of a group, and the script tells its command as well.
    bench.terminate()
    bench.terminate()
    said, _ = bench.communicate(timeout=PATIENCE)

    assert bench.returncode == 1
    assert said.endswith("Told to end.\n")
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
    assert list(place.iterdir()) == []
