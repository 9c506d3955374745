"""What a process pays for people who are elsewhere: who is here, read whole and by change.

python -m bench.growth                                       SQLite
python -m tests.services -- python -m bench.growth           the PostgreSQL that is started for it
"""

import os
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

from bench import machine
from tests.environment import environment

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 15
# So many are in a room, and so great a part of all comes or goes between two looks.
IN_A_ROOM = 10
CHURN = 0.01


class Spent:
    """What some looks have taken, each in ms: on queries, by the watch, and of this thread's CPU in all."""

    def __init__(self) -> None:
        self.queries: list[float] = []
        self.cpu: list[float] = []
        self._asking = 0.0

    @contextmanager
    def look(self) -> Iterator[None]:
        """One of them."""
        self._asking, began = 0.0, time.thread_time()
        yield
        self.cpu.append((time.thread_time() - began) * 1000)
        self.queries.append(self._asking * 1000)

    def timed(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        """A query whose time is counted."""

        def asking(*args: Any) -> Any:
            began = time.perf_counter()
            try:
                return ask(*args)
            finally:
                self._asking += time.perf_counter() - began

        return asking

    @property
    def row(self) -> list[str]:
        """Their medians."""
        return [f"{statistics.median(values):.2f}" for values in (self.queries, self.cpu)]


def settle(count: int) -> list[int]:
    """Let so many people have a page of a room open each, in four processes; the numbers of the rows."""
    from accounts.models import Person
    from live import actions
    from live.models import Connection, Process

    Connection.objects.all().delete()
    Process.objects.all().delete()
    missing = count - Person.objects.count()
    Person.objects.bulk_create(
        (Person(username=f"person-{uuid4().hex[:12]}") for _ in range(missing)), batch_size=5000
    )
    people = list(Person.objects.values_list("pk", flat=True)[:count])
    processes = holders()
    rows = [
        Connection(
            process_id=processes[number % 4],
            person_id=person_id,
            session=f"{number:064}",
            place=f"room-{number // IN_A_ROOM}",
        )
        for number, person_id in enumerate(people)
    ]
    pks: list[int] = []
    for first in range(0, count, 5000):
        pks += [row.pk for row in actions.open_connections(rows[first : first + 5000])]
    return pks


def holders() -> list[Any]:
    """Four processes whose leases outlast the run."""
    import datetime

    from django.utils import timezone

    from live.models import Process

    until = timezone.now() + datetime.timedelta(hours=1)
    return [Process.objects.create(lease_until=until).pk for _ in range(4)]


def churn(pks: list[int], count: int) -> None:
    """Let some of them leave, and as many come."""
    from live import actions
    from live.models import Connection

    leaving, pks[:count] = pks[:count], []
    gone = Connection.objects.filter(pk__in=leaving)
    rows = [
        Connection(process_id=process, person_id=person, session=session, place=place)
        for process, person, session, place in gone.values_list("process", "person", "session", "place")
    ]
    actions.close_connections([actions.Departure(pk, "", 1001) for pk in leaving])
    pks += [row.pk for row in actions.open_connections(rows)]


def measure(count: int) -> list[Sequence[str]]:
    """The rows of the table for so many people."""
    from live import presence

    pks = settle(count)
    whole, quiet, busy = Spent(), Spent(), Spent()
    ask_all, asked = presence._places, ("_latest", "_living", "_changed_since", "_as_they_are")
    compiled = {name: getattr(presence, name) for name in asked}

    tracemalloc.start()
    roll = presence.Roll()
    roll.look()
    kept = tracemalloc.get_traced_memory()[0] / count
    tracemalloc.stop()

    # In turn, so that what else the machine does is in all of them.
    before = presence.present()
    for _ in range(ROUNDS):
        setattr(presence, "_places", whole.timed(ask_all))  # noqa: B010
        with whole.look():
            after = presence.present()
            presence.differences(before, after)
        setattr(presence, "_places", ask_all)  # noqa: B010
        before = after
        for spent in (quiet, busy):
            if spent is busy:
                churn(pks, max(1, int(count * CHURN)))
            for name in asked:
                setattr(presence, name, spent.timed(compiled[name]))
            with spent.look():
                roll.look()
            for name in asked:
                setattr(presence, name, compiled[name])
    assert roll.here == dict(presence.present())
    return [
        (f"{count:,}", "all rows", *whole.row, ""),
        ("", "by change, quiet", *quiet.row, f"{kept:.0f}"),
        ("", f"by change, {CHURN:.0%} come and go", *busy.row, ""),
    ]


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="parley-growth-") as folder:
        elsewhere = os.environ.get("TEST_DATABASE_URL", "")
        os.environ.update(environment(Path(folder)) | ({"DATABASE_URL": elsewhere} if elsewhere else {}))
        os.environ["DJANGO_SETTINGS_MODULE"] = "site_config.settings"
        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        print("\n".join(f"- {line}" for line in machine.description()))
        print(f"- load average {machine.load():.1f}; {connection.vendor}; medians of {ROUNDS} looks\n")
        print("| people here | a look reads | queries, ms | CPU, ms | bytes a person |")
        print("| ---: | --- | ---: | ---: | ---: |")
        for count in SIZES:
            for row in measure(count):
                print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
