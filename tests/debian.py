"""Debian's packages, for what the tests need of the machine."""

import os
import shutil
import subprocess

# Another apt-get may be at work: how long to wait for it, seconds.
PATIENCE = 300


def install(*names: str) -> bool:
    """Install packages, and nothing that they only recommend; false where we may not, or it went wrong."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", f"DPkg::Lock::Timeout={PATIENCE}"]
    subprocess.run([*apt, "update"], check=False, env=quiet, stdout=subprocess.DEVNULL)
    print(f"Installing Debian's {', '.join(names)} …", flush=True)
    command = [*apt, "install", "-y", "--no-install-recommends", *names]
    return subprocess.run(command, check=False, env=quiet, stdout=subprocess.DEVNULL).returncode == 0
