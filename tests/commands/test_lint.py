"""bin/lint: all of it or one part, and what it does not know."""

import subprocess

from tests.environment import ROOT


def lint(*words: str) -> subprocess.CompletedProcess[str]:
    """bin/lint, with these words."""
    return subprocess.run([ROOT / "bin" / "lint", *words], capture_output=True, text=True, check=False)


def test_one_part() -> None:
    done = lint("imports")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kept, 0 broken" in done.stdout


def test_a_part_that_is_none_is_a_sentence() -> None:
    done = lint("spelling")
    assert done.returncode == 2
    assert (
        "There is no spelling; the parts are ruff, format, djade, imports, catalogues, mypy." in done.stdout
    )
