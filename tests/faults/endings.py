"""A worker that is killed before each of its steps, and the next: `python -m tests.faults.endings NAME`.

A step is a statement to the database, a file that is written, moved or deleted, a process or a connection
that is begun. The worker of each try is a process of its own, forked from this one, that kills itself before
one of them; the next worker comes ten minutes later. What is there in the end is compared with what is there
where no worker was killed. On the last line stands how often one was.
"""

import json
import os
import shutil
import signal
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import django

from tests.browser.preloaded import prepare

# Events of the interpreter that are a step; `open` where it is to write.
ACTS = {"os.remove", "os.rename", "os.mkdir", "socket.connect", "subprocess.Popen"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
# What a try leaves for who compares.
SEEN = "seen.json"
# More steps than any work here has.
MOST = 600


class Work(NamedTuple):
    """Something for the worker: what it is, and what a worker does each minute that finds it again."""

    prepare: Callable[[], object]
    periodic: tuple[Any, ...] = ()
    # Where a worker dies it may stay undone, and is not half done.
    may_be_left: bool = False
    # Makes what is outside of the site ready: in the process that stays.
    meet: Callable[[], object] = lambda: None


def main(name: str) -> None:
    """Kill the worker at each step of the work of that name; without one, name all. Raises AssertionError."""
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    django.setup()
    # What is imported and compiled here no try has to.
    prepare()
    from django.conf import settings

    from tests.faults import works

    folder: Path = settings.DATA_DIR
    settings.MAILERS = {"default": {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(folder / "mails")},
    }}  # fmt: skip
    if not name:
        print(*sorted(works.WORKS), *(f"forgotten:{one}" for one in works.forgotten()))
        return
    work = works.WORKS[name]
    work.meet()
    in_a_process(work.prepare)
    before = folder.with_name(f"{folder.name}-before")
    shutil.copytree(folder, before, symlinks=True)
    whole = attempt(work, before, folder, MOST)
    assert whole.ended_at is None, "it has more steps than are tried"
    assert whole.seen, "nothing can be seen of it"
    undone = attempt(work, before, folder, 0)
    problems, step = [], 0
    while (tried := attempt(work, before, folder, step)).ended_at is not None:
        found = differences(whole, tried)
        if found and work.may_be_left and tried.seen == undone.seen:
            found = []
        problems += [f"before step {step} ({tried.ended_at}): {one}" for one in found]
        step += 1
    assert not problems, "\n".join([*problems[:40], f"{len(problems)} in all"])
    assert step > 3, "nothing is done there"
    print(f"{name}: killed {step} times; {dict(whole.outside)}")


class Attempt(NamedTuple):
    """What is there after a worker, and the next: rows, files, and what was done outside."""

    ended_at: str | None
    seen: dict[str, Any]
    outside: Counter[str]


def attempt(work: Work, before: Path, folder: Path, step: int) -> Attempt:
    """Let a worker die before that step, the next one come, and look."""
    from tests.faults import works

    restore(before, folder)
    works.forget_outside()
    ended = folder / "ended"
    is_killed = in_a_process(partial(die, work, step, folder, ended), may_be_killed=True)
    in_a_process(lambda: look_later(work, folder))
    outside = Counter(works.outside()) + Counter(mails_in(folder / "mails"))
    return Attempt(ended.read_text() if is_killed else None, json.loads((folder / SEEN).read_text()), outside)


def die(work: Work, step: int, folder: Path, ended: Path) -> None:
    """Do what there is to do, until that step."""
    end_before(step, folder, ended)
    one_minute(work)


def look_later(work: Work, folder: Path) -> None:
    """Let the next worker come, and one after that, for what has to be done once more; and look."""
    from tests.faults import works

    for _ in range(2):
        works.ten_minutes_later()
        one_minute(work)
    (folder / SEEN).write_text(json.dumps(works.seen()))


def restore(before: Path, folder: Path) -> None:
    """Let the folder be what it was."""
    for old in folder.iterdir():
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)
        else:
            old.unlink()
    shutil.copytree(before, folder, symlinks=True, dirs_exist_ok=True)


def in_a_process(task: Callable[[], object], *, may_be_killed: bool = False) -> bool:
    """Do it in a process of its own; whether that was killed. Raises AssertionError where it failed."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            task()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status == 0 or (may_be_killed and status == -signal.SIGKILL), status
    return status != 0


def end_before(step: int, folder: Path, note: Path) -> None:
    """Let this process be killed before it does so many steps; what that step is gets written down."""
    from django.db import connection

    left = step

    def count(what: str) -> None:
        nonlocal left
        left -= 1
        if left == -1:
            note.write_text(what)
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute: Any, sql: str, *words: Any) -> Any:
        count(sql[:120])
        return execute(sql, *words)

    def act(event: str, words: tuple[Any, ...]) -> None:
        if event in ACTS or (event == "open" and is_written(words, folder)):
            count(f"{event} {str(words)[:120]}")

    connection.execute_wrappers.append(statement)
    sys.addaudithook(act)


def is_written(words: tuple[Any, ...], folder: Path) -> bool:
    """Whether a file of the site is opened to write."""
    name, _mode, flags = words
    return isinstance(name, str) and name.startswith(str(folder)) and bool(flags & WRITES)


def one_minute(work: Work) -> None:
    """What a worker does: what is in the queue, what is due, and what came into the queue by that."""
    from huey.contrib.djhuey import HUEY

    def queued() -> None:
        while (task := HUEY.dequeue()) is not None:
            HUEY.execute(task)

    queued()
    for periodic in work.periodic:
        periodic.call_local()
        queued()


def mails_in(folder: Path) -> list[str]:
    """To whom mails were sent, and about what."""
    found = []
    for file in folder.glob("*") if folder.exists() else ():
        for one in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
            if one.strip():
                mail = message_from_bytes(one)
                found.append(f"mail to {mail['To']}: {mail['Subject']}")
    return found


def differences(whole: Attempt, tried: Attempt) -> list[str]:
    """What is otherwise than where no worker was killed."""
    found = []
    for what in sorted(whole.seen.keys() | tried.seen.keys()):
        wanted, there = whole.seen.get(what, []), tried.seen.get(what, [])
        lacking, more = (
            [one for one in wanted if one not in there],
            [one for one in there if one not in wanted],
        )
        if lacking or more or len(wanted) != len(there):
            found.append(f"{what}: lacks {str(lacking)[:300]}, has {str(more)[:300]}")
    for what in whole.outside.keys() | tried.outside.keys():
        # What is done outside cannot be noted in the same moment: a worker that ends between does it twice.
        if not whole.outside[what] <= tried.outside[what] <= whole.outside[what] + 1:
            found.append(f"{what}: {tried.outside[what]} times, {whole.outside[what]} without")
    return found


if __name__ == "__main__":
    main("".join(sys.argv[1:]))
