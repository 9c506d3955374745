"""The worker is killed before each step of each thing that it does; the next one ends it, once."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.server import House
from tests.environment import ROOT, environment

WORKS = (
    "removal", "retention", "scheduled", "reminders", "missed", "mails", "reset", "download", "departure",
    "departure-with-messages", "export-pages", "export-slack", "export-parley", "import", "claim",
    "feed-says", "feed-look", "hook", "hook-gone", "icon", "link",
)  # fmt: skip


def run(folder: Path, *words: str) -> str:
    """What the worker that dies has to say, at a site in that folder."""
    place = environment(folder) | {"DJANGO_SETTINGS_MODULE": "site_config.settings", "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "tests.faults.endings", *words]
    done = subprocess.run(command, cwd=ROOT, env=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-8000:]
    return done.stdout.splitlines()[-1]


@pytest.mark.long
@pytest.mark.parametrize("work", WORKS)
def test_a_worker_dies_at_each_step(small_house: Path, tmp_path: Path, work: str) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    House(small_house).copy_to(folder)
    print(run(folder, work))


@pytest.mark.long
def test_all_that_the_worker_does_is_among_it(small_house: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    House(small_house).copy_to(folder)
    assert run(folder).split() == sorted(WORKS)
