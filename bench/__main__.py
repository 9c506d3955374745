"""What is measured, in which order. Type bin/bench."""

import argparse
import datetime
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import fanout, house, machine, pages, report, servers
from bench.fanout import Bench
from bench.generator import Failed, Figures, Generator
from bench.pages import OLDER, POST, ROOM, SIDE, TEMPLATED, Beside
from bench.report import Ratio, Trials, faster, kilobytes_each, middle, number, spread, table
from tests import services

PEERS = (servers.BARE_ASGI, servers.NODE_WS, servers.SOCKET_IO)
OURS = (servers.UNSTORED, servers.UNSTORED_STOCK, servers.STORED, servers.STORED_STOCK)
SLOW = (servers.TUTORIAL_REDIS, servers.TUTORIAL_MEMORY)
TWO = (servers.UNSTORED_REDIS, servers.STORED_REDIS, servers.SOCKET_IO)
STUCK = (servers.UNSTORED, servers.NODE_WS, servers.SOCKET_IO)

# Fewer than the thousand of a full run, for each takes time to connect.
SHORT_SOCKETS = 500

# The largest frame of one message, and the largest page, bytes.
ROW_LIMIT = 1024
PAGE_LIMIT = 60 * 1024

INTRODUCTION = """\
# What Parley costs, and what others do

Written by `bin/bench`; type it to have these figures of your own machine. Everything in one table was
measured in one run, in turn; where there were several rounds, a figure is their median, with the range in
brackets. The server is on one core, the load generator on the other. A machine that others use as well moves
by up to twice from round to round: less than a fifth is a tie, figures of two runs are not to be compared,
and CPU seconds say more than rates do. What a server's rate would be with a core of its own is 100,000
divided by its CPU seconds per 100k."""

NOT_ALIKE = """\
- Every server sends the same fragment to every socket; socket.io wraps it in an event of its own, some
  70 bytes. Parley's frames also carry the room's revision, which is counted as part of the fragment.
- Parley joins what arrives in one turn of the loop into one frame; the others send a frame a message. A
  delivery is one message at one socket, however it is framed.
- Parley's sockets belong to people who are signed in, are looked up in the database, written down, and told
  to everybody in the room. The tutorial's look the person up. The others know nobody.
- Whoever sends to Parley gets a fresh token for the composer as an answer; nobody else answers.
- The tutorial's template has two places to fill in; Parley's has a dozen, and is rendered once.
- Node and socket.io have no compiled parts beyond what npm installs without scripts.
- The bare view is behind Parley's middleware, and returns as many bytes as the page, all of them dots.
- CPU seconds are those of the server's processes. With two processes those of Redis are in them.
- Nobody negotiates compression."""


class Run:
    """One run: its trials, and the lines of its report."""

    def __init__(self, bench: Bench, *, full: bool) -> None:
        self.bench = bench
        self.full = full
        self.lines: list[str] = []
        self.wanted: list[Ratio] = []

    def say(self, *paragraphs: str) -> None:
        """Print paragraphs, and keep them for the report."""
        for paragraph in paragraphs:
            print(paragraph + "\n", flush=True)
            self.lines.append(paragraph)

    # -- Sockets -------------------------------------------------------------------------

    def sockets(self) -> None:
        """Deliveries at each number of sockets; the ratios are those of a thousand, or of the short run's."""
        for sockets, rounds in ({100: 2, 1000: 3, 3000: 1} if self.full else {SHORT_SOCKETS: 2}).items():
            kinds = (*OURS, *PEERS) if self.full else (servers.UNSTORED, *PEERS)
            found: dict[str, Trials] = dict(fanout.in_turn(self.bench, kinds, sockets, rounds))
            if sockets in (1000, SHORT_SOCKETS):
                # Once, for they take their time.
                slow = SLOW if self.full else (servers.UNSTORED_STOCK, servers.STORED, servers.TUTORIAL_REDIS)
                found |= dict(fanout.in_turn(self.bench, slow, sockets, 1))
                self.reach(found)
            self.say(f"## {sockets:,} sockets in one room, one process", report.deliveries(found))

    def reach(self, found: dict[str, Trials]) -> None:
        """The ratios of deliveries, latency and memory."""
        shared, stock = found[servers.UNSTORED.name], found[servers.UNSTORED_STOCK.name]
        for name, kind, with_frame, with_stock in (
            ("the tutorial's consumer", servers.TUTORIAL_REDIS, 25, 15),
            ("a bare ASGI application", servers.BARE_ASGI, 1.1, 0.7),
            ("socket.io with Redis", servers.SOCKET_IO, 1.25, 0.8),
            ("Node ws", servers.NODE_WS, 0.95, 0),
        ):
            self.wanted.append(faster(f"deliveries against {name}", shared, found[kind.name], with_frame))
            if with_stock:
                self.wanted.append(
                    faster(f"… on stock uvicorn against {name}", stock, found[kind.name], with_stock)
                )
        peer = found[servers.SOCKET_IO.name]
        late = middle(shared, "p99") / middle(peer, "p99")
        self.wanted.append(Ratio("p99 against socket.io", late, 1, most=True))
        idle = kilobytes_each(shared) / kilobytes_each(found[servers.BARE_ASGI.name])
        self.wanted.append(Ratio("memory of an idle socket against bare uvicorn", idle, 1.35, most=True))

    def two_processes(self) -> None:
        """Two processes and Redis, on the servers' one core: what counts is the CPU."""
        found: dict[str, Trials] = dict(fanout.in_turn(self.bench, TWO, 1000, 2, count=2))
        self.say(
            "## 1,000 sockets in one room, two processes on one core with Redis", report.deliveries(found)
        )
        ours, theirs = found[servers.UNSTORED_REDIS.name], found[servers.SOCKET_IO.name]
        cpu = middle(ours, "cpu_per_100k") / middle(theirs, "cpu_per_100k")
        self.wanted.append(Ratio("two processes: CPU per delivery against socket.io", cpu, 1, most=True))

    def stuck(self) -> None:
        """Two sockets of twenty that never read."""
        found = fanout.stuck_reader(self.bench, STUCK, 2 if self.full else 1, 5 if self.full else 2)
        rows = []
        for name, trials in found.items():
            owed = [one["messages"] * one["bytes_each"] / 2**20 for one in trials["stuck 2"]]
            rows.append([name, f"{min(owed):.0f}"])
            for figures in trials.values():
                grown = [one["kilobytes_after"] - one["kilobytes_idle"] for one in figures]
                rows[-1] += [number(middle(figures, "p99")), f"{max(grown) / 1024:.1f}"]
        head = ("", "MB for each reader", "p99 ms, none stuck", "MB grown", "p99 ms, two stuck", "MB grown")
        self.say("## 20 sockets, two of which do not read, messages of 3 KB", table(head, rows))
        alone, beside = found[servers.UNSTORED.name].values()
        late = middle(beside, "p99") / middle(alone, "p99")
        self.wanted.append(Ratio("a stuck reader: the others' p99 against without", late, 1.5, most=True))

    def stored(self) -> None:
        """Stored and delivered in rooms of ten."""
        trials = fanout.rooms_of_ten(self.bench, 1000 if self.full else 300, 3 if self.full else 1)
        messages: Trials = [one | {"messages_per_second": one["per_second"] / 10} for one in trials]
        self.say(
            "## Stored and delivered, in rooms of ten, on SQLite, one process",
            f"{spread(messages, 'messages_per_second')} messages/s; p50 {number(middle(trials, 'p50'))} ms,"
            f" p99 {number(middle(trials, 'p99'))} ms at 100 messages/s;"
            f" {number(middle(trials, 'cpu_per_100k') / 10)} ms CPU a message.",
        )
        self.wanted.append(
            Ratio(
                "messages/s stored and delivered in rooms of ten",
                middle(messages, "messages_per_second"),
                1500,
            )
        )

    # -- Pages ---------------------------------------------------------------------------

    def pages(self) -> None:
        """Parley's pages beside the bare view."""
        rounds, seconds = (3, 2.0) if self.full else (2, 0.6)
        found = pages.measure(self.bench, pages.PAGES, rounds, seconds)
        self.say(
            "## Pages: 16 clients that are signed in, one process",
            table(PAGE_HEAD, map(page_row, found.items())),
        )
        goals = {ROOM.name: 0.6, OLDER.name: 0.5, SIDE.name: 0.5, POST.name: 0.5}
        for name, goal in goals.items():
            beside = found[name]
            self.wanted.append(
                Ratio(
                    f"{name} against a bare view of its bytes",
                    middle(beside.page, "per_second") / middle(beside.bare, "per_second"),
                    goal,
                    by_cpu=middle(beside.bare, "cpu_ms") / middle(beside.page, "cpu_ms"),
                )
            )
        room, templated = found[ROOM.name].page, found[TEMPLATED.name].page
        self.wanted.append(
            Ratio(
                "the room page against the same with rows by template",
                middle(room, "per_second") / middle(templated, "per_second"),
                3,
                by_cpu=middle(templated, "cpu_ms") / middle(room, "cpu_ms"),
            )
        )
        self.wanted.append(
            Ratio("the room page, KB", middle(room, "bytes") / 1024, PAGE_LIMIT / 1024, most=True)
        )

    def growth(self, folder: Path) -> None:
        """The same pages in larger houses."""
        small = {"people": 3000 if self.full else 100, "rooms": 10, "members": 10, "messages": 1000}
        changes: dict[str, dict[str, int]] = {"the smallest house": {}}
        if self.full:
            large = {"rooms": 1000, "members": 10_000, "messages": 1_000_000}
            changes |= {f"{size:,} {what}": {what: size} for what, size in large.items()}
        else:
            changes["200 rooms, 1,000 members, 50,000 messages"] = {
                "rooms": 200, "members": 1000, "messages": 50_000,
            }  # fmt: skip
        static = self.bench.house.folder / "static"
        found: dict[str, dict[str, Figures]] = {}
        for name, change in changes.items():
            print(f"  a house: {name}", flush=True)
            built = house.build(folder / f"house-{len(found)}", static, **small | change)
            found[name] = pages.growth(self.bench, built, 2.0 if self.full else 1.0)
            shutil.rmtree(built.folder)
        if self.full:
            for sockets in (10, 3000):
                print(f"  {sockets:,} open sockets", flush=True)
                found[f"{sockets:,} open sockets"] = pages.growth(self.bench, self.bench.house, 2.0, sockets)
        names = list(next(iter(found.values())))
        rows = [
            (house_name, *(number(figures[name]["cpu_ms"]) for name in names))
            for house_name, figures in found.items()
        ]
        smallest = ", ".join(f"{size:,} {name}" for name, size in small.items() if name != "people")
        self.say(
            "## Growth: ms CPU per request",
            f"The smallest house has {smallest}; the lines below it say what is more of.",
            table(("", *names), rows),
        )

    # -- All -----------------------------------------------------------------------------

    def generator_limit(self) -> None:
        """What the generator takes in from a server that only sends, and how far from it the trials were."""
        size = len(self.bench.house.fragment.read_bytes()) + 140
        busiest = self.bench.generator.busiest
        figures: Figures = self.bench.generator.calibrate(1000, size, 1.0)
        limit = figures["per_second"] / max(figures["generator_share"], 0.01)
        self.say(
            "## The generator",
            f"From a server that does nothing but `send()` it takes {number(figures['per_second'])}"
            f" deliveries/s in {figures['generator_share']:.0%} of its time, so its own limit is near"
            f" {number(limit)}."
            f" In the trials it was busy for at most {busiest:.0%} of the time"
            f" ({'far enough from' if busiest < 0.8 else '**too near**'} its limit).",
        )

    def everything(self, folder: Path) -> None:
        """In order."""
        self.sockets()
        if self.full:
            self.two_processes()
        self.stuck()
        self.stored()
        self.pages()
        self.growth(folder)
        size = len(self.bench.house.fragment.read_bytes()) + 115
        self.wanted.append(Ratio("the frame of one message, KB", size / 1024, ROW_LIMIT / 1024, most=True))
        self.generator_limit()
        said = "The goals are those for 1,000 sockets."
        if not self.full:
            said += f" This was the short run, with {SHORT_SOCKETS}: `bin/bench --full` decides."
        said += " A stuck reader should change nothing: the 1.5 allows for noise, and is no goal."
        self.say("## What was to be reached", said, report.ratios(self.wanted))


PAGE_HEAD = ("", "KB", "requests/s", "ms CPU", "p50 ms", "p99 ms", "bare view: requests/s", "ms CPU")


def page_row(item: tuple[str, Beside]) -> tuple[str, ...]:
    """One page's line."""
    name, beside = item
    return (
        name,
        number(middle(beside.page, "bytes") / 1024),
        spread(beside.page, "per_second"),
        spread(beside.page, "cpu_ms"),
        number(middle(beside.page, "p50")),
        number(middle(beside.page, "p99")),
        spread(beside.bare, "per_second"),
        spread(beside.bare, "cpu_ms"),
    )


@contextmanager
def prepared(*, full: bool) -> Iterator[tuple[Run, Path]]:
    """A folder with a house and the generator, and a Redis, for as long as the context lasts."""
    # Short, for it holds a socket's path.
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as place, services.redis() as redis:
        folder = Path(place)
        generator = Generator(folder)
        people = 3000 if full else 1000
        built = house.build(folder / "house", people=people, members=people)
        times = (0.5, 2.0, 3.0) if full else (0.3, 0.8, 0.8)
        yield Run(Bench(generator, built, redis, *times), full=full), folder


def main() -> None:
    """Measure, print, and write it down where that is asked for."""
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure Parley beside others.")
    parser.add_argument("--full", action="store_true", help="everything: some twenty minutes instead of two")
    parser.add_argument("--write", type=Path, help="a file for the tables, as Markdown")
    wanted = parser.parse_args()
    # Told to end, it ends what it has started first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Told to end."))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit("Told to end."))
    if len(machine.cores()) < 2:
        print("There is one core here: the generator takes from the servers, so only ratios count.")
    began = datetime.datetime.now(datetime.UTC)
    busy = machine.load()
    try:
        with prepared(full=wanted.full) as (run, folder):
            run.everything(folder)
    except (Failed, services.Missing) as failed:
        sys.exit(str(failed))
    except KeyboardInterrupt:
        sys.exit(130)
    took = (datetime.datetime.now(datetime.UTC) - began).total_seconds()
    head = [
        f"`bin/bench{' --full' if wanted.full else ''}`, {began:%-d %B %Y}, in {took / 60:.0f} minutes;"
        f" load average {busy:.1f} before, {machine.load():.1f} after.",
        "\n".join(f"- {line}" for line in machine.description()),
    ]
    text = "\n\n".join([INTRODUCTION, *head, *run.lines, "## Not like for like", NOT_ALIKE]) + "\n"
    if wanted.write:
        wanted.write.write_text(text)
    print(f"Measured in {took:.0f} s.")


if __name__ == "__main__":
    main()
