"""The sections of the report: each measures something, and says in paragraphs what was found."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import browser, fanout, house, ledger, packing, pages, report, servers
from bench.fanout import Bench
from bench.generator import Figures
from bench.pages import HISTORY, OLDER, POST, POST_BY_API, POST_BY_HOOK, RICH, ROOM, SIDE, TEMPLATED, Beside
from bench.report import Ratio, Trials, faster, kilobytes_each, middle, number, spread, table
from tests.processes import stores

PEERS = (servers.BARE_ASGI, servers.NODE_WS, servers.BUN, servers.SOCKET_IO)
# What is compared while messages come evenly: so many a second, to so many sockets.
STEADY = (
    servers.UNSTORED,
    servers.STORED,
    servers.AT_ONCE,
    servers.BARE_ASGI,
    servers.NODE_WS,
    servers.BUN,
    servers.BUN_STORED,
)
STEADY_RATE, STEADY_SOCKETS = 20, 1000

# The largest frame of one message, and the largest page, bytes.
ROW_LIMIT = 1024
PAGE_LIMIT = 60 * 1024
CPU = "steady_cpu_per_100k"
# Messages that a page has missed which returns.
MISSED = 20

# Nothing but the people that the growth needs, and what every house has.
SMALLEST = {"rooms": 10, "members": 10, "messages": 1000}


@dataclass(frozen=True)
class Extent:
    """How much a run measures, and for how long: seconds, where nothing else is said."""

    # How many people there are: as many as sockets at most.
    people: int
    # The rounds at each number of sockets.
    rounds: Mapping[int, int]
    # The number of sockets whose ratios are those that count.
    judged_at: int
    warm: float
    saturated: float
    steady: float
    steady_rounds: int
    stuck_rounds: int
    # At most: the trials with a stuck reader send a number of messages.
    stuck: float
    in_tens: int
    in_tens_rounds: int
    page_rounds: int
    page: float
    # The rounds of a house that has grown, and what such houses have more of.
    growth_rounds: int
    houses: Mapping[str, Mapping[str, int]]
    growth_people: int
    # What only a full run has: all kinds of servers at each number, two processes, PostgreSQL, open sockets.
    full: bool


SHORT = Extent(
    people=1000, rounds={500: 2}, judged_at=500, warm=0.25, saturated=0.6, steady=0.75,
    steady_rounds=1, stuck_rounds=1, stuck=4, in_tens=300, in_tens_rounds=1, page_rounds=2, page=0.4,
    growth_rounds=1, growth_people=100,
    houses={
        "200 rooms, 1,000 members, 50,000 messages": {"rooms": 200, "members": 1000, "messages": 50_000},
        "5,000 people, 1,000 rooms, half of them direct": {
            "people": 5000, "members": 5000, "rooms": 500, "direct": 500,
        },
    },
    full=False,
)  # fmt: skip

FULL = Extent(
    people=3000, rounds={100: 2, 1000: 3, 3000: 2}, judged_at=1000, warm=0.5, saturated=1.5, steady=3.0,
    steady_rounds=5, stuck_rounds=3, stuck=8, in_tens=500, in_tens_rounds=3, page_rounds=3, page=1.5,
    growth_rounds=2, growth_people=3000,
    houses={
        "1,000 rooms": {"rooms": 1000},
        "5,000 people, 1,000 rooms, half of them direct": {
            "members": 5000, "people": 5000, "rooms": 500, "direct": 500,
        },
        "10,000 members": {"members": 10_000},
        "1,000,000 messages": {"messages": 1_000_000},
    },
    full=True,
)  # fmt: skip

Section = tuple[str, Callable[[], list[str]]]


class Sections:
    """All of them, of one run."""

    def __init__(self, bench: Bench, folder: Path, extent: Extent) -> None:
        self.bench = bench
        self.folder = folder
        self.extent = extent
        # What was to be reached, as far as it was measured.
        self.wanted: list[Ratio] = []

    def in_order(self) -> list[Section]:
        """The title of each, and what measures it."""
        room, ten = "sockets in one room", "Stored and delivered, in rooms of ten"
        found: list[Section] = [
            (f"{count:,} {room}, one process", partial(self.sockets, count)) for count in self.extent.rounds
        ]
        found.append((f"{STEADY_RATE} messages a second to {STEADY_SOCKETS:,} {room}", self.steady))
        if self.extent.full:
            found.append((f"1,000 {room}, two processes on one core with Redis", self.two_processes))
        found.append((f"{self.extent.people:,} pages of a room return after a restart", self.returning))
        found.append(
            (f"20 sockets, two of which do not read, messages of {fanout.LONG:,} letters", self.stuck)
        )
        found.append((f"{ten}, on SQLite, one process", self.stored))
        if self.extent.full:
            found.append((f"{ten}, on PostgreSQL, one process", self.stored_in_postgresql))
        found.append(("From what is said to what stands on pages", self.ledger))
        found.append(("Pages: 16 clients that are signed in, one process", self.pages))
        found.append(("Packed on its way", self.packed))
        found.append(("Growth: ms CPU per request, and requests/s", self.growth))
        if self.extent.full:
            found.append(("Growth on PostgreSQL", self.growth_on_postgresql))
        if self.extent.full:
            found.append((browser.TITLE, self.page))
        found.append(("The generator", self.generator_limit))
        found.append(("What was to be reached", self.goals))
        return found

    # -- Sockets -------------------------------------------------------------------------

    def sockets(self, count: int) -> list[str]:
        """Deliveries at one number of sockets."""
        judged = count == self.extent.judged_at
        kinds, once = self.kinds(judged=judged)
        found: dict[str, Trials] = dict(fanout.in_turn(self.bench, kinds, count, self.extent.rounds[count]))
        found |= dict(fanout.in_turn(self.bench, once, count, 1))
        if judged:
            self.judge(found)
        return [report.deliveries(found)]

    def kinds(self, *, judged: bool) -> tuple[tuple[servers.Kind, ...], tuple[servers.Kind, ...]]:
        """What is measured in rounds, and what once, for it takes its time."""
        if not self.extent.full:
            once = (servers.UNSTORED_STOCK, servers.STORED, servers.TUTORIAL_REDIS)
            return (servers.UNSTORED, *PEERS), once
        kinds = (servers.UNSTORED, servers.STORED, *PEERS)
        if judged:
            return (*kinds, servers.UNSTORED_STOCK, servers.TUTORIAL_REDIS), (servers.TUTORIAL_MEMORY,)
        return kinds, (servers.TUTORIAL_REDIS,)

    def judge(self, found: Mapping[str, Trials]) -> None:
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

    def steady(self) -> list[str]:
        """Messages that come evenly, as they do in life, so that hardly any of them go together."""
        found = fanout.in_turn(
            self.bench, STEADY, STEADY_SOCKETS, self.extent.steady_rounds,
            warm=0, seconds=0, steady=2 * self.extent.steady, rate=STEADY_RATE,
        )  # fmt: skip
        return [table(STEADY_HEAD, steady_rows(found))]

    def two_processes(self) -> list[str]:
        """Two processes and Redis, on the servers' one core: what counts is the CPU."""
        kinds = (servers.UNSTORED_REDIS, servers.STORED_REDIS, servers.SOCKET_IO)
        found: dict[str, Trials] = dict(fanout.in_turn(self.bench, kinds, 1000, 2, count=2))
        found |= dict(fanout.in_turn(self.bench, (servers.TUTORIAL_REDIS,), 1000, 1, count=2))
        ours, theirs = found[servers.UNSTORED_REDIS.name], found[servers.SOCKET_IO.name]
        cpu = middle(ours, "cpu_per_100k") / middle(theirs, "cpu_per_100k")
        self.wanted.append(Ratio("two processes: CPU per delivery against socket.io", cpu, 1, most=True))
        return [report.deliveries(found)]

    def returning(self) -> list[str]:
        """What it takes to bring pages up to date that all come back."""
        found = fanout.returning(self.bench, self.extent.people, MISSED, self.extent.stuck_rounds)
        rows = []
        for missed, trials in found.items():
            seconds = middle(trials, "connect_cpu")
            rows.append(
                (
                    f"{missed} messages missed",
                    number(seconds),
                    number(seconds / self.extent.people * 1000),
                    number(middle(trials, "connect_seconds")),
                )
            )
        return [table(("", "CPU s", "ms CPU a page", "s until all are up to date"), rows)]

    def stuck(self) -> list[str]:
        """Two sockets of twenty that never read."""
        once: tuple[servers.Kind, ...] = (servers.NODE_WS, servers.SOCKET_IO)
        if self.extent.full:
            once = (servers.STORED, *PEERS, servers.TUTORIAL_REDIS)
        found = fanout.stuck_reader(
            self.bench, (servers.UNSTORED,), self.extent.stuck_rounds, self.extent.stuck
        ) | fanout.stuck_reader(self.bench, once, 1, self.extent.stuck)
        alone, beside = found[servers.UNSTORED.name]
        late = middle(beside, "p99") / middle(alone, "p99")
        self.wanted.append(Ratio("a stuck reader: the others' p99 against without", late, 1.5, most=True))
        said = (
            f"Everybody is sent {fanout.OWED:,} of them, or as many as go through in {self.extent.stuck:g}"
            " seconds; the latency is that of short messages afterwards."
        )
        return [said, table(STUCK_HEAD, (stuck_row(name, *trials) for name, trials in found.items()))]

    def stored(self) -> list[str]:
        """Stored and delivered in rooms of ten."""
        messages, said = self.rooms_of_ten(self.bench)
        name = "messages/s stored and delivered in rooms of ten"
        self.wanted.append(Ratio(name, middle(messages, "messages_per_second"), 1500))
        return [said]

    def stored_in_postgresql(self) -> list[str]:
        """The same, with a PostgreSQL beside it."""
        with stores.postgresql() as store:
            sizes = SMALLEST | {"people": self.extent.in_tens, "messages": 0}
            built = house.build(self.folder / "postgresql", sizes, self.bench.house, f"{store.url}/postgres")
            _, said = self.rooms_of_ten(self.bench.at(built))
        return [
            said,
            "PostgreSQL is as it comes, on either core, and its own CPU seconds are not among these.",
        ]

    def rooms_of_ten(self, bench: Bench) -> tuple[Trials, str]:
        """The trials of one house, and what they say."""
        trials = fanout.rooms_of_ten(bench, self.extent.in_tens, self.extent.in_tens_rounds)
        messages: Trials = [one | {"messages_per_second": one["per_second"] / 10} for one in trials]
        said = (
            f"{spread(messages, 'messages_per_second')} messages/s; p50 {number(middle(trials, 'p50'))} ms,"
            f" p99 {number(middle(trials, 'p99'))} ms at 100 messages/s;"
            f" {number(middle(trials, 'cpu_per_100k') / 10)} ms CPU a message."
        )
        return messages, said

    def ledger(self) -> list[str]:
        """What is stored, what is seen, and what is lost, for each that stores."""
        return ledger.section(self.bench, self.extent.judged_at, self.extent.in_tens_rounds)

    # -- Pages ---------------------------------------------------------------------------

    def pages(self) -> list[str]:
        """Parley's pages beside the bare view."""
        found = pages.measure(self.bench, pages.PAGES, self.extent.page_rounds, self.extent.page)
        for page in (ROOM, RICH, OLDER, SIDE, HISTORY, POST):
            goal = 0.6 if page in (ROOM, RICH) else 0.5
            self.wanted += against_bare_views(page.name, found[page.name], goal)
        room, templated = found[ROOM.name].page, found[TEMPLATED.name].page
        self.wanted.append(
            Ratio(
                "the room page against the same with rows drawn anew",
                middle(room, "per_second") / middle(templated, "per_second"),
                # By Django's engine, in which rows were until 0.1, drawing took so much longer that it was 3.
                2,
                by_cpu=middle(templated, "cpu_ms") / middle(room, "cpu_ms"),
            )
        )
        form = found[POST.name].page
        for page in (POST_BY_API, POST_BY_HOOK):
            other = found[page.name].page
            self.wanted.append(
                Ratio(
                    f"{page.name} against one by the form",
                    middle(other, "per_second") / middle(form, "per_second"),
                    0.8,
                    by_cpu=middle(form, "cpu_ms") / middle(other, "cpu_ms"),
                )
            )
        for name in (ROOM.name, RICH.name):
            size = middle(found[name].page, "bytes") / 1024
            self.wanted.append(Ratio(f"{name}, KB", size, PAGE_LIMIT / 1024, most=True))
        return [table(PAGE_HEAD, map(page_row, found.items()))]

    def packed(self) -> list[str]:
        """Pages by zstd and gzip."""
        # The difference is small: many short rounds tell it better than few long ones.
        return packing.section(self.bench, 3 * self.extent.page_rounds, self.extent.page / 3)

    def growth(self) -> list[str]:
        """The same pages in larger houses, and with more sockets open."""
        found = {
            name: self.grown(change)
            for name, change in {"the smallest house": {}, **self.extent.houses}.items()
        }
        if self.extent.full:
            for sockets in (10, 3000):
                name = f"{sockets:,} open sockets"
                print(f"  {name}", flush=True)
                found[name] = self.growing(self.bench, sockets)
        smallest = ", ".join(f"{size:,} {name}" for name, size in SMALLEST.items())
        return [
            f"The smallest house has {smallest}; the lines below it say what is more of.",
            growth_table(found),
        ]

    def growth_on_postgresql(self) -> list[str]:
        """The same of the smallest house, and of one with a long history, with a PostgreSQL beside them."""
        found = {}
        with stores.postgresql() as store:
            for name, messages in (("the smallest house", 1000), ("1,000,000 messages", 1_000_000)):
                print(f"  PostgreSQL, {messages:,} messages", flush=True)
                sizes = SMALLEST | {"people": self.extent.growth_people, "messages": messages}
                url = stores.create_database(store, f"house_{messages}")
                built = house.build(self.folder / f"postgresql-{messages}", sizes, self.bench.house, url)
                found[name] = self.growing(self.bench.at(built))
        return [
            "PostgreSQL is as it comes, on either core, and its own CPU seconds are not among these.",
            growth_table(found),
        ]

    def grown(self, change: Mapping[str, int]) -> dict[str, list[Figures]]:
        """The pages of a house that is like the smallest but for `change`."""
        sizes = SMALLEST | {"people": self.extent.growth_people} | dict(change)
        print(f"  a house with {sizes}", flush=True)
        built = house.build(self.folder / "grown", sizes, self.bench.house)
        try:
            return self.growing(self.bench.at(built))
        finally:
            shutil.rmtree(built.folder)

    def growing(self, bench: Bench, sockets: int = 0) -> dict[str, list[Figures]]:
        """The pages of one house."""
        return pages.growth(bench, self.extent.growth_rounds, self.extent.page, sockets)

    def page(self) -> list[str]:
        """The page of a room in a browser."""
        return browser.section(browser.measure(self.folder, self.bench.house))

    # -- What it all means -----------------------------------------------------------------

    def generator_limit(self) -> list[str]:
        """What the generator takes in from a server that only sends, and how far from it the trials were."""
        size = len(self.bench.house.fragment.read_bytes()) + 140
        busiest = self.bench.generator.busiest
        figures: Figures = self.bench.generator.calibrate(1000, size, self.extent.saturated)
        limit = figures["per_second"] / max(figures["generator_share"], 0.01)
        return [
            f"From a server that does nothing but `send()` it takes {number(figures['per_second'])}"
            f" deliveries/s in {figures['generator_share']:.0%} of its time, so its own limit is near"
            f" {number(limit)}."
            f" In the trials it was busy for at most {busiest:.0%} of the time"
            f" ({'far enough from' if busiest < 0.8 else '**too near**'} its limit)."
        ]

    def goals(self) -> list[str]:
        """What was to be reached, and whether it was."""
        size = len(self.bench.house.fragment.read_bytes()) + 115
        frame = Ratio("the frame of one message, KB", size / 1024, ROW_LIMIT / 1024, most=True)
        said = "The goals are those for 1,000 sockets."
        if not self.extent.full:
            said += f" This was the short run, with {self.extent.judged_at}: `bin/bench --full` decides."
        said += " A stuck reader should change nothing: the 1.5 allows for noise, and is no goal."
        return [said, report.ratios([*self.wanted, frame])]


STEADY_HEAD = ("", "CPU s per 100k", "of Node ws's", "of Bun's", "p50 ms", "p99 ms", "lost")


def steady_rows(found: Mapping[str, Trials]) -> Iterator[tuple[str, ...]]:
    """A line for each server: CPU of a delivery, and of a round's that of others in the same round."""
    for name, trials in found.items():
        against = (
            spread(
                [{"ratio": one[CPU] / other[CPU]} for one, other in zip(trials, peer, strict=True)], "ratio"
            )
            for peer in (found[servers.NODE_WS.name], found[servers.BUN.name])
        )
        yield (
            name, spread(trials, CPU), *against, number(middle(trials, "p50")), number(middle(trials, "p99")),
            str(sum(one["lost"] for one in trials)),
        )  # fmt: skip


PAGE_HEAD = (
    "", "KB", "requests/s", "ms CPU", "p50 ms", "p99 ms", "bare view: requests/s", "ms CPU",
    "Django's own: requests/s", "ms CPU",
)  # fmt: skip


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
        spread(beside.stock, "per_second"),
        spread(beside.stock, "cpu_ms"),
    )


def against_bare_views(name: str, beside: Beside, goal: float) -> Iterator[Ratio]:
    """One page against bare views of as many bytes: Django's own, and the one behind Parley's middleware.

    What makes all pages quicker by as much makes the second ratio, which is to be `goal`, smaller.
    """
    for whose, bare, least in (("Django's own", beside.stock, 1.5), ("a", beside.bare, goal)):
        yield Ratio(
            f"{name} against {whose} bare view of its bytes",
            middle(beside.page, "per_second") / middle(bare, "per_second"),
            least,
            by_cpu=middle(bare, "cpu_ms") / middle(beside.page, "cpu_ms"),
        )


def growth_table(found: Mapping[str, Mapping[str, Trials]]) -> str:
    """A line for each house."""
    head = ("", *(page.name for page in pages.GROWING))
    return table(head, ((name, *map(growth_cell, figures.values())) for name, figures in found.items()))


def growth_cell(trials: Trials) -> str:
    """One page in one house."""
    return f"{spread(trials, 'cpu_ms')} ms, {number(middle(trials, 'per_second'))}/s"


STUCK_HEAD = (
    "", "MB for each reader", "p99 ms, none stuck", "MB grown", "p99 ms, two stuck", "MB grown", "lost",
)  # fmt: skip


def stuck_row(name: str, alone: Trials, beside: Trials) -> list[str]:
    """One server's line. One that stops for a stuck reader has a p99 of what came before, and lost much."""
    owed = min(min(one["messages"], fanout.OWED) * fanout.LONG for one in beside)
    row = [name, number(owed / 2**20)]
    for trials in (alone, beside):
        grown = max(one["kilobytes_after"] - one["kilobytes_idle"] for one in trials)
        row += [number(middle(trials, "p99")), number(grown / 1024)]
    return [*row, f"{sum(one['lost'] for one in beside):,}"]
