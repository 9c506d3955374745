"""A font for emoji, without which pictures of pages show empty squares."""

import shutil
import subprocess

from tests import debian

# Debian's, which is the one that phones with Android have.
PACKAGE = "fonts-noto-color-emoji"
# A thumb that is up: fonts of letters have some faces, in black and white, and not this.
THUMB = "1f44d"


def bring() -> None:
    """Install one where the machine has none; where that cannot be done, say what is missing."""
    if not (on_machine() or (debian.install(PACKAGE) and on_machine())):
        print(
            f"There is no font for emoji here: squares stand for them. Type: apt-get install {PACKAGE}",
            flush=True,
        )


def on_machine() -> bool:
    """Whether fontconfig, which browsers ask, knows one."""
    if not shutil.which("fc-list"):
        return False
    found = subprocess.run(["fc-list", f":charset={THUMB}"], capture_output=True, text=True, check=False)
    return bool(found.stdout.strip())
