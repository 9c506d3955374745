"""All that bin/test runs, in order, and what came of it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, NoReturn

from tests import chromium, lint, services
from tests.engines import firefox, webkit
from tests.environment import ROOT, environment

# The longest tests are in the first of them: nobody waits for one in the end.
APPS = [
    "tests",
    "rooms",
    "database",
    "hypermedia",
    "live",
    "accounts",
    "administration",
    "notifications",
    "integrations",
    "demo",
]
PYTEST = [sys.executable, "-m", "pytest"]
# The rest are steps of their own: they do not care which database, or bring theirs.
PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
# What computes, in each of two lanes: a worker takes long to begin. Each goes through its part of the files,
# whose tests share sites, and helps the others in the end.
AT_ONCE = ["-n", str(max(2, PROCESSORS * 3 // 4)), "--dist", "worksteal"]
# More at once than there are processors: many mostly wait, for a banner to fade or a lease to end.
WAITING_AT_ONCE = ["-n", str(max(3, PROCESSORS))]
# An engine is started once, by the worker that gets its journeys.
AN_ENGINE_EACH = ["-n", "2", "--dist", "loadgroup"]
UNIT = [
    *PYTEST,
    *AT_ONCE,
    *APPS,
    *(f"--ignore=tests/{name}" for name in ("browser", "commands", "engines", "faults", "processes")),
]
# How long a step may take to clean up after Ctrl-C.
GOODBYE = 20
# In CI a part that is missing is a failure.
STRICT = os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@dataclass
class Step:
    """One thing to run, with the parts it needs beyond the packages."""

    name: str
    command: list[str]
    needs: Mapping[str, Callable[[ExitStack], str]] = field(default_factory=dict)


def steps() -> list[Step]:
    """Everything that keeps the machine busy by itself, the quick and telling ones first."""
    manage = [sys.executable, "manage.py"]
    return [
        *(Step(name, command) for name, command in lint.parts().items() if name != "mypy"),
        Step("check", ["env", "HTTPS=on", *manage, "check", "--deploy", "--fail-level", "WARNING"]),
        Step("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        Step("unit tests on SQLite", UNIT),
        Step("browser tests", [*PYTEST, *WAITING_AT_ONCE, "tests/browser"], BROWSER),
        # The second lane is free for these by then.
        Step("unit tests on PostgreSQL and Redis", UNIT, {**DATABASE, **REDIS}),
    ]


def steps_beside() -> list[Step]:
    """What mostly waits, for one process or for a lease to end: it runs beside the others.

    When it is over, the second lane helps the first.
    """
    return [
        Step("mypy", lint.parts()["mypy"]),
        Step("process tests", [*PYTEST, *WAITING_AT_ONCE, "tests/processes"]),
        Step("faults", [*PYTEST, *AT_ONCE, "tests/faults"]),
        Step("commands", [*PYTEST, "tests/commands"]),
        Step("journeys in Firefox and WebKit", [*PYTEST, *AN_ENGINE_EACH, "tests/engines"], ENGINES),
    ]


DATABASE = {"TEST_DATABASE_URL": lambda stack: stack.enter_context(services.postgresql())}
REDIS = {"TEST_REDIS_URL": lambda stack: stack.enter_context(services.redis())}
BROWSER = {"PARLEY_CHROMIUM": lambda _: chromium.find()}
ENGINES = {"PARLEY_FIREFOX": lambda _: firefox.find(), "PARLEY_WEBKIT": lambda _: webkit.find()}
# A word for a folder that is asked for by its path, and what its tests need.
JOURNEYS = {
    "browser": ("tests/browser", BROWSER),
    "engines": ("tests/engines", ENGINES),
    "faults": ("tests/faults", {}),
}


def main(words: list[str]) -> int:
    """Run everything, or what the words ask for."""
    os.chdir(ROOT)
    if words:
        only(words)
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)
    outcomes: dict[str, str] = {}
    with clean_environment() as place, ThreadPoolExecutor(1) as threads:
        queue = deque(steps())
        beside = threads.submit(run_quietly, chain(steps_beside(), taken_from(queue)), place, outcomes)
        try:
            for step in taken_from(queue):
                outcomes[step.name] = run(step, place)
            beside.result()
        except KeyboardInterrupt:
            outcomes["the rest"] = "interrupted"
            end_all()
    return summary(outcomes)


def only(words: list[str]) -> NoReturn:
    """Become pytest for the apps, paths and options given, on SQLite."""
    words = [JOURNEYS[word][0] if word in JOURNEYS else word for word in words]
    for folder, needs in JOURNEYS.values():
        if any(word.startswith(folder) for word in words):
            os.environ.update({name: bring(ExitStack()) for name, bring in needs.items()})
    os.execv(sys.executable, [*PYTEST, *words])


@contextmanager
def clean_environment() -> Iterator[dict[str, str]]:
    """An environment with nothing of the developer's, in which manage.py runs as well."""
    with tempfile.TemporaryDirectory(prefix="parley-tests-") as folder:
        # What the steps leave in temporary folders goes with this one.
        place = environment(Path(folder)) | {"TMPDIR": folder}
        yield {name: value for name, value in place.items() if name not in {*DATABASE, *REDIS}}


def run(step: Step, place: dict[str, str], output: IO[str] | None = None) -> str:
    """Run one step; say what came of it in a few words."""
    print(f"\n── {step.name} " + "─" * (86 - len(step.name)), file=output, flush=True)
    started = time.monotonic()
    try:
        with ExitStack() as stack:
            brought = {name: bring(stack) for name, bring in step.needs.items()}
            failed = attend(step.command, place | brought, output)
    except services.Missing as missing:
        print(missing, file=output, flush=True)
        return "failed: a part is missing" if STRICT else "skipped: a part is missing"
    took = f"{time.monotonic() - started:.1f} s"
    return f"failed after {took}" if failed else f"passed in {took}"


def taken_from(queue: deque[Step]) -> Iterator[Step]:
    """The steps that nobody has taken yet, one by one, whoever asks."""
    with suppress(IndexError):
        while True:
            yield queue.popleft()


def run_quietly(steps: Iterable[Step], place: dict[str, str], outcomes: dict[str, str]) -> None:
    """Run steps one after the other; what each has to say is printed when it is over."""
    for step in steps:
        if "the rest" in outcomes:
            return
        with tempfile.TemporaryFile("w+") as output:
            outcomes[step.name] = run(step, place, output)
            output.seek(0)
            print(output.read(), flush=True)


# What runs now, each in a session of its own: Ctrl-C reaches it once, from here.
running: set[subprocess.Popen[bytes]] = set()


def attend(command: list[str], place: dict[str, str], output: IO[str] | None) -> int:
    """Run a command to its end."""
    process = subprocess.Popen(
        command, env=place, stdin=subprocess.DEVNULL, start_new_session=True, stdout=output, stderr=output
    )
    running.add(process)
    try:
        return process.wait()
    finally:
        # An interrupted one gets the time to clean up: end_all.
        if process.poll() is not None:
            running.discard(process)
            end_group(process)


def end_all() -> None:
    """Let whatever runs clean up, and end it."""
    for process in tuple(running):
        process.send_signal(signal.SIGINT)
    for process in tuple(running):
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=GOODBYE)
        end_group(process)


def end_group(process: subprocess.Popen) -> None:
    """End whatever a step has left behind."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def interrupt(*_: object) -> NoReturn:
    """Treat being told to end as Ctrl-C, so that everything is stopped on the way out."""
    raise KeyboardInterrupt


def summary(outcomes: dict[str, str]) -> int:
    """Print what came of every step; give the exit status."""
    print("\n── all of it " + "─" * 77)
    for name, outcome in outcomes.items():
        print(f"{name:36} {outcome}")
    count = {
        word: sum(o.startswith(word) for o in outcomes.values()) for word in ("passed", "failed", "skipped")
    }
    print("\nsteps: " + ", ".join(f"{number} {word}" for word, number in count.items()), flush=True)
    if "interrupted" in outcomes.values():
        return 130
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
