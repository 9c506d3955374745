"""What a process pays for others: several of them on this machine, with a PostgreSQL and a Redis.

One process has so many sockets, whose people are in rooms of ten among themselves. All others together have
so many more, however many processes there are: so what grows in the first is what a process costs the others,
and what grows in PostgreSQL and Redis is what it costs these. From both follows what larger houses would ask.

    bin/simulate [--processes 2,3,5] [--sockets 300] [--elsewhere 600] [--rate 50] [--seconds 6] [--rounds 2]
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import linear_regression, mean, median
from typing import Any

import psycopg
from redis import Redis

from bench import house, machine, servers
from bench.generator import Failed, Generator
from bench.house import House
from bench.report import number, table
from bench.servers import family, running
from tests.processes import stores

TICKS = os.sysconf("SC_CLK_TCK")
# Where the CPU goes.
HERE, ELSEWHERE, POSTGRESQL, REDIS = "here", "elsewhere", "PostgreSQL", "Redis"
# Houses that are thought of: their sockets, so many in a process, and this part of them speaks each second.
SIZES = (10_000, 100_000, 1_000_000)
IN_A_PROCESS, SPEAKING, IN_A_ROOM = 3000, 0.01, 10

Spent = Mapping[str, float]


@dataclass(frozen=True)
class Wanted:
    """What is simulated."""

    processes: Sequence[int]
    sockets: int
    elsewhere: int
    rate: float
    seconds: float
    rounds: int


@dataclass(frozen=True)
class Round:
    """What one house of processes cost: CPU seconds a second, by where they went."""

    idle: Spent
    busy: Spent
    # CPU seconds here for each page that came elsewhere.
    arrival: float
    rate: float

    def message(self, *places: str) -> float:
        """Milliseconds of CPU in those places for one message, besides what is spent in any case."""
        return sum(self.busy[place] - self.idle[place] for place in places) / self.rate * 1000


# -- What is used --------------------------------------------------------------------------


class Meters:
    """The processes of a house, and CPU seconds that they have used so far."""

    def __init__(self, server: servers.Running, postgresql: int, redis: int) -> None:
        first, *others = (family(process.pid) for process in server.processes)
        self._pids = {HERE: first, ELSEWHERE: [pid for pids in others for pid in pids]}
        self._postgresql = postgresql
        self._redis = redis

    def now(self) -> dict[str, float]:
        """All of them; those of PostgreSQL's connections that have ended are counted with it."""
        used = {name: sum(map(used_by, pids)) for name, pids in self._pids.items()}
        used[POSTGRESQL] = sum(map(used_by, family(self._postgresql))) + used_by_ended(self._postgresql)
        used[REDIS] = used_by(self._redis)
        return used

    def during(self, seconds: float) -> Spent:
        """CPU seconds a second, for so long from now."""
        began, before = time.monotonic(), self.now()
        time.sleep(seconds)
        took, after = time.monotonic() - began, self.now()
        return {name: (after[name] - before[name]) / took for name in before}


def used_by(pid: int) -> float:
    """CPU seconds of a process and its threads; nothing of one that has ended."""
    try:
        # The number of another process's clock is made of its own: clock_getcpuclockid(3).
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def used_by_ended(pid: int) -> float:
    """CPU seconds of the children of a process that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[13:15])) / TICKS


# -- One house of processes ----------------------------------------------------------------


def simulate(
    generator: Generator, built: House, redis: str, wanted: Wanted, count: int, by_room: bool
) -> Round:
    """Start `count` processes, open the sockets, wait, and let those elsewhere speak."""
    kind = replace(servers.STORED_REDIS, variables=(("EVENTS_BY_ROOM", "on" if by_room else "off"),))
    # What is silent, and what is busy, a second apart from what comes before and after.
    silent, apart = wanted.seconds + 1, 0.5
    common: dict[str, Any] = {
        "cookies": built.cookies, "greeting": True, "path": "/ws/rooms/ten-%d/", "room_size": IN_A_ROOM,
        "warm": 0, "seconds": 0,
    }  # fmt: skip
    with ExitStack() as stack:
        server = stack.enter_context(running(kind, built, redis, count))
        meters = Meters(
            server, postmaster(built.database), Redis.from_url(redis).info("server")["process_id"]
        )
        stack.enter_context(
            generator.holding(
                ports=server.ports[:1], pids=server.pids, sockets=wanted.sockets, steady=0, hold=110, **common
            )
        )
        before = meters.now()
        load = generator.started(
            "sockets", ports=server.ports[1:], pids=server.pids, sockets=wanted.elsewhere,
            first=wanted.sockets, hold=silent, steady=wanted.seconds + 2 * apart, rate=wanted.rate, **common,
        )  # fmt: skip
        process = stack.enter_context(load)
        arrival = (meters.now()[HERE] - before[HERE]) / wanted.elsewhere
        time.sleep(apart)
        idle = meters.during(silent - 2 * apart)
        time.sleep(3 * apart)
        busy = meters.during(wanted.seconds)
        said, _ = process.communicate(timeout=60)
        if '"lost":0,' not in said:
            raise Failed(f"not everything arrived: {said}")
    return Round(idle, busy, arrival, wanted.rate)


def postmaster(url: str) -> int:
    """The process number of the PostgreSQL that all others are children of."""
    folder, _, name = url.partition("@/")[2].rpartition("/")
    with psycopg.connect(host=folder, user="postgres", dbname=name) as connection:
        (pid,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


Found = dict[tuple[int, bool], list[Round]]


def in_turn(generator: Generator, built: House, redis: str, wanted: Wanted) -> Found:
    """Each number of processes, with events for all and by room, several times."""
    found: Found = {}
    for turn in range(wanted.rounds):
        for count in wanted.processes:
            for by_room in (False, True):
                print(f"  round {turn + 1}: {count} processes, EVENTS_BY_ROOM={by_room}", flush=True)
                one = simulate(generator, built, redis, wanted, count, by_room)
                found.setdefault((count, by_room), []).append(one)
    return found


# -- What was found ------------------------------------------------------------------------

MEASURED_HEAD = (
    "processes", "`EVENTS_BY_ROOM`", "here, idle, ms/s", "here, for a message elsewhere, µs",
    "here, for a page that comes elsewhere, µs", "all processes, a message, ms", "PostgreSQL, a message, ms",
    "PostgreSQL, idle, ms/s", "Redis, a message, ms", "Redis, idle, ms/s",
)  # fmt: skip


def measured(found: Found) -> Iterator[Sequence[str]]:
    """A line for each number of processes, and way of events."""
    for (count, by_room), rounds in sorted(found.items()):
        yield (
            str(count), "on" if by_room else "off",
            both([one.idle[HERE] * 1000 for one in rounds]),
            both([one.message(HERE) * 1000 for one in rounds]),
            both([one.arrival * 1e6 for one in rounds]),
            both([one.message(HERE, ELSEWHERE) for one in rounds]),
            both([one.message(POSTGRESQL) for one in rounds]),
            both([one.idle[POSTGRESQL] * 1000 for one in rounds]),
            both([one.message(REDIS) for one in rounds]),
            both([one.idle[REDIS] * 1000 for one in rounds]),
        )  # fmt: skip


def both(values: Sequence[float]) -> str:
    """A median and its range; what is less than can be told is nothing."""
    low, middle, high = (number(max(value, 0)) for value in (min(values), median(values), max(values)))
    return middle if len(values) == 1 else f"{middle} ({low} – {high})"


COMPUTED_HEAD = (
    "sockets", "processes", "messages/s", "`EVENTS_BY_ROOM`", "PostgreSQL, cores", "Redis, cores",
    "each process, for what is elsewhere, ms/s",
)  # fmt: skip


def computed(found: Found) -> Iterator[Sequence[str]]:
    """What larger houses would ask: lines through what was measured."""
    for sockets in SIZES:
        count, rate = -(-sockets // IN_A_PROCESS), sockets * SPEAKING
        for by_room in (False, True):
            rounds = {number_: one for (number_, way), one in found.items() if way == by_room}
            # A message goes to the processes that serve its room, or to all of them.
            hearing = min(count, IN_A_ROOM) if by_room else count
            database = rate * constant(rounds, POSTGRESQL) + count * slope(
                {each: [one.idle[POSTGRESQL] * 1000 for one in some] for each, some in rounds.items()}
            )
            layer = rate * along(
                {each: [one.message(REDIS) for one in some] for each, some in rounds.items()}, hearing
            )
            heard = mean(one.message(HERE) for one in found[max(found)[0], False]) * rate
            yield (
                f"{sockets:,}", f"{count:,}", f"{rate:,.0f}", "on" if by_room else "off",
                number(database / 1000), number(layer / 1000),
                number(heard * (min(1.0, IN_A_ROOM / count) if by_room else 1)),
            )  # fmt: skip


def constant(rounds: Mapping[int, Sequence[Round]], place: str) -> float:
    """Milliseconds of a message there, however many processes there are."""
    return mean(one.message(place) for some in rounds.values() for one in some)


def slope(values: Mapping[int, Sequence[float]]) -> float:
    """How much more each process is; never less than nothing."""
    return max(0.0, linear_regression(*points(values)).slope)


def along(values: Mapping[int, Sequence[float]], count: int) -> float:
    """The value at `count`, on a line through the others."""
    line = linear_regression(*points(values))
    return max(0.0, line.intercept + max(0.0, line.slope) * count)


def points(values: Mapping[int, Sequence[float]]) -> tuple[list[float], list[float]]:
    """Two lists, for a regression."""
    pairs = [(float(count), value) for count, some in values.items() for value in some]
    return [count for count, _ in pairs], [value for _, value in pairs]


@contextmanager
def prepared(wanted: Wanted) -> Iterator[tuple[Generator, House, str]]:
    """The generator, a house in a PostgreSQL of its own, and a Redis."""
    with (
        tempfile.TemporaryDirectory(prefix="parley-simulate-") as place,
        stores.redis() as redis,
        stores.postgresql() as postgresql,
    ):
        people = wanted.sockets + wanted.elsewhere
        sizes = {"people": people, "members": 10, "rooms": 10, "messages": 0}
        built = house.build(Path(place) / "house", sizes, database=f"{postgresql.url}/postgres")
        yield Generator(Path(place)), built, redis.url


def main() -> None:
    """Simulate, and print the tables."""
    parser = argparse.ArgumentParser(prog="bin/simulate", description="What a process pays for others.")
    parser.add_argument("--processes", default="2,3,5", help="how many there are, of which one is looked at")
    parser.add_argument("--sockets", type=int, default=300, help="those of that one")
    parser.add_argument("--elsewhere", type=int, default=600, help="those of all others together")
    parser.add_argument("--rate", type=float, default=50, help="messages a second, elsewhere")
    parser.add_argument("--seconds", type=float, default=6, help="how long each is measured")
    parser.add_argument("--rounds", type=int, default=2)
    said = parser.parse_args()
    counts = sorted({int(word) for word in said.processes.split(",")})
    if len(counts) < 2 or counts[0] < 2 or counts[-1] > 9:
        parser.error("--processes takes two numbers or more, from 2 to 9")
    wanted = Wanted(counts, said.sockets, said.elsewhere, said.rate, said.seconds, said.rounds)
    before = machine.load()
    with prepared(wanted) as (generator, built, redis):
        found = in_turn(generator, built, redis, wanted)
    print("\n".join(f"- {line}" for line in machine.description()))
    print(f"- load average {before:.1f} before, {machine.load():.1f} after")
    print(
        f"\nOne process with {wanted.sockets:,} sockets is looked at (“here”); all others together have"
        f" {wanted.elsewhere:,}, who say {wanted.rate:g} messages a second in rooms of {IN_A_ROOM}.\n"
    )
    print(table(MEASURED_HEAD, measured(found)))
    print(
        f"\nComputed from these: {IN_A_PROCESS:,} sockets in a process, a message from"
        f" {SPEAKING:.0%} of all sockets a second.\n"
    )
    print(table(COMPUTED_HEAD, computed(found)))


if __name__ == "__main__":
    main()
