"""A process that speaks to elsewhere: without settings and secrets, and ended when its time is over."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings

# Of the environment, what Python may need to start; no secrets.
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")
TOO_LONG = "takes too long"


def said_by(module: str, wanted: Mapping[str, Any], seconds: float, start: float) -> dict[str, Any]:
    """What the process `python -m module` says when it is told what is `wanted`, in a line of JSON.

    It has so many `seconds`, which it is told as well and which it ends after by itself, and as many to
    `start` and to end. It speaks in lines of JSON objects; what it has said by then is given as one, with
    `ended` for why there is no more.
    """
    try:
        ended = subprocess.run(
            [sys.executable, "-m", module],
            input=json.dumps({**wanted, "seconds": seconds}).encode() + b"\n",
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
            timeout=seconds + start,
            cwd=settings.BASE_DIR, env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
        )  # fmt: skip
        said = ended.stdout
        why = TOO_LONG if ended.returncode == -signal.SIGALRM else f"it ended with {ended.returncode}"
    except subprocess.TimeoutExpired as late:
        said, why = late.stdout or b"", TOO_LONG
    found: dict[str, Any] = {"ended": why}
    # What follows the last end of a line was cut off.
    for line in said.split(b"\n")[:-1]:
        found |= json.loads(line)
    return found
