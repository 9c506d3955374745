"""A Chromium for the browser tests: the machine's, else Playwright's, else Debian's package.

The headless shell where there is one: the same engine without the windows around it, which takes a third
less of a processor, and is what Playwright takes for itself.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests import debian
from tests.services import Missing

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Debian's; older releases have only the second.
PACKAGES = ("chromium-headless-shell", "chromium")


def find() -> str:
    """The path of a Chromium that starts; installs one where there is none."""
    found = on_machine() or playwrights_own() or playwrights_own(install=True) or packaged()
    if not found:
        raise Missing(
            "There is no Chromium here, and none could be installed."
            " Type: apt-get install chromium   or: .venv/bin/playwright install --with-deps chromium"
        )
    return found


def on_machine() -> str | None:
    """The one that PARLEY_CHROMIUM names, or one on the PATH."""
    named = os.environ.get("PARLEY_CHROMIUM")
    for name in (named,) if named else NAMES:
        path = shutil.which(name)
        if path and starts(path):
            return path
    return None


def playwrights_own(*, install: bool = False) -> str | None:
    """The one that Playwright downloads for itself."""
    if install:
        print("No Chromium here: asking Playwright for its own …", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, timeout=600)
    asked = "from playwright.sync_api import sync_playwright as start\n"
    asked += "with start() as playwright: print(playwright.chromium.executable_path)"
    # In a process of its own: Playwright leaves an event loop behind.
    path = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=False
    ).stdout.strip()
    return path if path and starts(path) else None


def packaged() -> str | None:
    """Debian's package, where we may install it."""
    return next((found for name in PACKAGES if debian.install(name) and (found := on_machine())), None)


def starts(path: str) -> bool:
    """Whether it is more than a name: Ubuntu's chromium-browser may be a note about snap."""
    if not Path(path).exists():
        return False
    try:
        said = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    return "Chrom" in said
