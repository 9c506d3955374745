"""bin/processes.py, by itself: what it prints, and that one at a time works with a folder of data."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from tests.browser.server import HOST, free_port
from tests.environment import ROOT, environment

PATIENCE = 30


def start(folder: Path, procfile: str, **settings: str) -> subprocess.Popen[str]:
    """Run the process `web` of a Procfile on a folder of data."""
    return start_into(subprocess.PIPE, folder, procfile, **settings)


def start_into(output: IO[str] | int, folder: Path, procfile: str, **settings: str) -> subprocess.Popen[str]:
    """The same, with its output somewhere."""
    (folder / "Procfile").write_text(procfile)
    place = environment(folder) | {"HOST": HOST, "PORT": str(free_port()), "PYTHONUNBUFFERED": "1"} | settings
    command = [sys.executable, str(ROOT / "bin" / "processes.py"), str(folder / "Procfile"), "web"]
    return subprocess.Popen(command, env=place, stdout=output, stderr=subprocess.PIPE, text=True)


def printed(folder: Path, line: str, **settings: str) -> list[str]:
    """The lines that it prints for a process that prints one."""
    process = start(folder, f"web: printf '%s\\n' '{line}'\n", **settings)
    return process.communicate(timeout=PATIENCE)[0].splitlines()


@pytest.fixture
def running(tmp_path: Path):
    """One that is at work with the folder."""
    process = start(tmp_path, "web: echo begun; exec sleep 60\n")
    assert process.stdout
    while "begun" not in process.stdout.readline():
        assert process.poll() is None
    yield process
    process.terminate()
    process.communicate(timeout=PATIENCE)


@pytest.mark.parametrize("where", ["environment", "file"])
def test_each_line_is_an_object_for_a_collector(tmp_path: Path, where: str) -> None:
    settings = {"LOG_FORMAT": "json"} if where == "environment" else {}
    if where == "file":
        (tmp_path / "environment").write_text("LOG_FORMAT=json\n")
    said = {"level": "WARNING", "message": "an object"}

    lines = [json.loads(line) for line in printed(tmp_path, json.dumps(said), **settings)]
    plain = [json.loads(line) for line in printed(tmp_path, 'plain "words"', **settings)]

    assert said in lines
    assert ("web.1", 'plain "words"') in [(line["logger"], line["message"]) for line in plain]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines if line != said)


def test_lines_have_a_prefix_for_people(tmp_path: Path) -> None:
    assert any(line.endswith("web.1  | hello") for line in printed(tmp_path, "hello"))


def test_a_second_one_on_the_same_data_is_a_sentence(tmp_path: Path, running: subprocess.Popen[str]) -> None:
    second = start(tmp_path, "web: echo begun\n")
    said, why = second.communicate(timeout=PATIENCE)

    assert second.returncode == 1
    assert said == ""
    assert f"Parley is running already with the data in {tmp_path}, at {HOST}:" in why
    assert "Traceback" not in why


def test_with_redis_there_may_be_two(tmp_path: Path, running: subprocess.Popen[str]) -> None:
    second = start(tmp_path, "web: echo begun\n", REDIS_URL="redis://somewhere")

    assert "begun" in second.communicate(timeout=PATIENCE)[0]


def test_another_folder_is_another_site(tmp_path: Path, running: subprocess.Popen[str]) -> None:
    (tmp_path / "other").mkdir()

    assert "begun" in start(tmp_path / "other", "web: echo begun\n").communicate(timeout=PATIENCE)[0]


def test_one_that_was_killed_is_in_nobodys_way(tmp_path: Path) -> None:
    process = start(tmp_path, "web: echo begun; exec sleep 1\n")
    assert process.stdout
    while "begun" not in process.stdout.readline():
        assert process.poll() is None
    process.kill()
    process.communicate(timeout=PATIENCE)

    assert "begun" in start(tmp_path, "web: echo begun\n").communicate(timeout=PATIENCE)[0]
    assert os.stat(tmp_path / "running").st_mode & 0o077 == 0  # noqa: PTH116


def test_a_full_disk_under_the_log_ends_nothing(tmp_path: Path) -> None:
    done = tmp_path / "done"
    # A device that has never any space.
    with Path("/dev/full").open("w") as full:
        process = start_into(full, tmp_path, f"web: echo one; echo two; sleep 1; touch {done}\n")
        _, why = process.communicate(timeout=PATIENCE)

    assert done.exists(), why
    assert "Traceback" not in why
