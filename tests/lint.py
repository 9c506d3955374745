"""All that bin/lint reads: each part a command that runs nothing of Parley."""

import subprocess
import sys
from pathlib import Path

from tests.environment import ROOT

TOOLS = Path(sys.executable).parent


def parts() -> dict[str, list[str]]:
    """The command of each part, the quick and telling ones first."""
    # Not those in Jinja.
    found = [path for path in (ROOT / "templates").rglob("*.html") if "jinja2" not in path.parts]
    templates = [str(path) for path in sorted(found)]
    return {
        "ruff": [f"{TOOLS}/ruff", "check", "."],
        "format": [f"{TOOLS}/ruff", "format", "--check", "."],
        "djade": [f"{TOOLS}/djade", "--target-version", "6.1", "--check", *templates],
        "imports": [f"{TOOLS}/lint-imports", "--no-cache"],
        "catalogues": [sys.executable, "-m", "tests.catalogues"],
        "mypy": [sys.executable, "-m", "mypy", "."],
    }


def main(names: list[str]) -> int:
    """Run the parts of these names, or all; the exit status is 1 if one of them found something."""
    commands = parts()
    if unknown := set(names) - commands.keys():
        print(f"There is no {', '.join(sorted(unknown))}; the parts are {', '.join(commands)}.")
        return 2
    failed = [name for name in names or commands if subprocess.run(commands[name], cwd=ROOT).returncode]
    print(f"failed: {', '.join(failed)}" if failed else "Nothing to say.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
