"""For bin/run and bin/dev: starts what a Procfile names, through honcho, and ends all of it together."""

import signal
import sys


def leave(number: int, _frame: object) -> None:
    """End before anything has been started, without the traceback of an import cut short."""
    sys.exit(128 + number)


for early in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(early, leave)

import errno  # noqa: E402
import multiprocessing  # noqa: E402
import os  # noqa: E402
import threading  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TextIO  # noqa: E402

import json_lines  # noqa: E402
from address import announce  # noqa: E402
from alone import hold  # noqa: E402
from honcho.environ import expand_processes, parse_procfile  # noqa: E402
from honcho.manager import Manager  # noqa: E402
from honcho.printer import Printer  # noqa: E402


class TogetherManager(Manager):
    """Honcho's manager, for which a Ctrl-C never comes too early.

    Honcho answers a signal at once, and fails if it does not know the ids of its processes yet:
    then it is gone and they stay. Here it waits until they have all started, and as honcho does
    when one of them has stopped by itself, it kills what is still there after five seconds.
    """

    told_to_end = False

    def _start(self) -> None:
        super()._start()
        # After the forks, for a fork takes no threads along.
        threading.Thread(
            target=announce, args=(os.environ["HOST"], int(os.environ["PORT"])), daemon=True
        ).start()

    def terminate(self) -> None:
        """End all of them, as soon as they are all known."""
        self.told_to_end = True
        if self._all_started():
            super().terminate()

    def _any_stopped(self) -> bool:
        return self.told_to_end or super()._any_stopped()


# The disk under the output has no space, or none for this user.
FULL = {errno.ENOSPC, errno.EDQUOT}


class Listened:
    """The output, for as long as somebody reads it: afterwards it is time to end, not to fail."""

    def __init__(self, output: TextIO) -> None:
        self.output = output

    def write(self, text: str) -> None:
        """Write, or end if the terminal was closed."""
        self._attempt(lambda: self.output.write(text))

    def flush(self) -> None:
        """Flush, or end likewise."""
        self._attempt(self.output.flush)

    def isatty(self) -> bool:
        """Whether there are colours."""
        return self.output.isatty()

    def _attempt(self, action: Callable[[], object]) -> None:
        try:
            action()
        except OSError as error:
            if error.errno in FULL:
                # What cannot be written is lost; the site is not.
                return
            self.output = open(os.devnull, "w")  # noqa: SIM115, PTH123  (until the end of the process)
            os.kill(os.getpid(), signal.SIGTERM)


def main(procfile: str, names: list[str]) -> int:
    """Run the processes of these names in a Procfile until one of them ends, or all are told to."""
    # Honcho hands its handlers of signals on to its children; only a fork does that.
    multiprocessing.set_start_method("fork")
    # Until the end of this process.
    held = hold()
    kind = json_lines.JsonPrinter if json_lines.is_wanted() else Printer
    manager = TogetherManager(kind(Listened(sys.stdout)))
    commands = parse_procfile(Path(procfile).read_text()).processes
    chosen = {name: commands[name] for name in names}
    for process in expand_processes(chosen, port=int(os.environ["PORT"])):
        manager.add_process(process.name, process.cmd, quiet=process.quiet, env=os.environ | process.env)
    # A terminal that is closed says so with this signal, which honcho does not know.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    with held:
        manager.loop()
    return manager.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
