"""From what is said to what stands on pages: what of it was stored, what was seen, what was lost.

Once undisturbed; and once with a server that is killed while it is as busy as it can be, and started again.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import servers
from bench.fanout import Bench, trial
from bench.generator import Figures
from bench.house import House
from bench.report import middle, number, spread, table
from bench.servers import Kind, running

KINDS = (servers.STORED, servers.BUN_STORED)
# Messages a second while latency is measured: in rooms of ten, and in one room.
RATES = {10: 100, 1000: 20}
# Where the number of a message stands in its text: bench/loadgen.c, count_marks().
DIGITS = slice(18, 26)
KEPT = {
    servers.STORED: "SELECT id, body FROM rooms_message WHERE id > ? AND body LIKE 'Q%Q %' ORDER BY id",
    servers.BUN_STORED: "SELECT id, body FROM message WHERE id > ? AND body LIKE 'Q%Q %' ORDER BY id",
}
NEWEST = {
    servers.STORED: "SELECT coalesce(max(id), 0) FROM rooms_message",
    servers.BUN_STORED: "SELECT 0",
}


@dataclass(frozen=True)
class Ledger:
    """One trial: what was said, what is stored, and on how many of its pages each message was seen."""

    pages: int
    said: int
    stored: Sequence[int]
    seen: Counter[int]

    @property
    def everywhere(self) -> int:
        """Stored, and on all of its pages."""
        return sum(self.seen[one] == self.pages for one in set(self.stored))

    @property
    def unstored(self) -> int:
        """On some page, and not stored: what somebody read, and nobody will find."""
        return len({one for one, pages in self.seen.items() if pages} - set(self.stored))

    @property
    def nowhere(self) -> int:
        """Said, and neither stored nor seen."""
        return self.said - len(set(self.stored) | {one for one, pages in self.seen.items() if pages})

    @property
    def twice(self) -> int:
        """Stored once more than said."""
        return len(self.stored) - len(set(self.stored))

    @property
    def missing(self) -> int:
        """How many were stored from the first on that is not on all pages."""
        first = next(
            (n for n, one in enumerate(self.stored) if self.seen[one] < self.pages), len(self.stored)
        )
        return len(self.stored) - first


def section(bench: Bench, sockets: int, rounds: int) -> list[str]:
    """Everything, as paragraphs."""
    whole = undisturbed(bench, sockets, rounds)
    deaths: dict[Kind, list[tuple[Ledger, int]]] = {kind: [] for kind in KINDS}
    for turn in range(rounds):
        for kind in KINDS:
            print(f"  killed, round {turn + 1}: {kind.name}", flush=True)
            deaths[kind].append(killed_meanwhile(bench, kind, sockets))
    return [
        "Each message is stored before it is rendered and told; it has a number, which is looked for in the"
        " database and on each page. Rates are of as much as goes through, latency of"
        f" {RATES[10]} messages a second in rooms of ten and {RATES[1000]} in one room. A row that comes to a"
        " page of Parley twice takes its own place.",
        table(WHOLE_HEAD, (whole_row(kind.name, pages, found) for (kind, pages), found in whole.items())),
        f"The same in one room of {sockets:,} pages, whose server is killed (SIGKILL) in the middle and"
        f" started again; {rounds} times, added up. As many pages come to it, and say what they have seen,"
        " where there is a way to say it. What was said, and is nowhere, is what the server had not answered:"
        " a page of Parley keeps it as waiting and sends it again; this generator does not.",
        table(KILLED_HEAD, (killed_row(kind.name, found) for kind, found in deaths.items())),
    ]


# -- Undisturbed -----------------------------------------------------------------------------

WHOLE_HEAD = (
    "", "pages each", "messages/s", "p50 ms", "p99 ms", "ms CPU a message", "said", "stored",
    "on all their pages", "stored twice", "on a page twice", "lost",
)  # fmt: skip


Told = tuple[Figures, Ledger]


def undisturbed(bench: Bench, sockets: int, rounds: int) -> dict[tuple[Kind, int], list[Told]]:
    """Each kind of server in turn, with so many sockets in rooms of ten, and in one room."""
    found: dict[tuple[Kind, int], list[Told]] = {}
    for turn in range(rounds):
        for pages in (10, sockets):
            for kind in KINDS:
                print(f"  {pages} pages each, round {turn + 1}: {kind.name}", flush=True)
                options: dict[str, Any] = {"rate": RATES.get(pages, RATES[1000])}
                if pages < sockets:
                    options |= {
                        "path": "/ws/rooms/ten-%d/",
                        "room_size": pages,
                        "outstanding": 64,
                        "resume": None,
                    }
                found.setdefault((kind, pages), []).append(told(bench, kind, sockets, pages, options))
    return dict(sorted(found.items(), key=lambda item: item[0][1]))


def whole_row(name: str, pages: int, trials: Sequence[Told]) -> Sequence[str]:
    """A line of all rounds: medians, and what was counted, added up."""
    found = [figures | {"messages_per_second": figures["per_second"] / pages} for figures, _ in trials]
    ledgers = [ledger for _, ledger in trials]
    said, everywhere = sum(one.said for one in ledgers), sum(one.everywhere for one in ledgers)
    counted = (
        said, sum(len(set(one.stored)) for one in ledgers), everywhere, sum(one.twice for one in ledgers),
        sum(one["repeated"] for one in found), said - everywhere,
    )  # fmt: skip
    return (
        name, f"{pages:,}", spread(found, "messages_per_second"), number(middle(found, "p50")),
        number(middle(found, "p99")), number(middle(found, "cpu_per_100k") * pages / 100),
        *(f"{count:,}" for count in counted),
    )  # fmt: skip


def told(bench: Bench, kind: Kind, sockets: int, pages: int, options: dict[str, Any]) -> Told:
    """One trial, and what is known of it afterwards."""
    file, before = bench.house.folder / "ledger", newest(bench.house, kind)
    figures = trial(bench, kind, sockets, ledger=str(file), **options)
    return figures, Ledger(pages, figures["messages"], stored_since(bench.house, kind, before), read(file))


# -- Killed ----------------------------------------------------------------------------------

KILLED_HEAD = (
    "", "said", "stored", "on all pages", "on some or none", "… after they have returned", "stored twice",
    "on a page, not stored", "said, and nowhere",
)  # fmt: skip


def killed_meanwhile(bench: Bench, kind: Kind, sockets: int) -> tuple[Ledger, int]:
    """How it was when the server died; and how many that pages had not seen came to all that return."""
    bench.house.empty_store()
    file, before = bench.house.folder / "ledger", newest(bench.house, kind)
    load: dict[str, Any] = {
        "cookies": bench.house.cookies, "sockets": sockets, "greeting": kind.greets, "path": kind.path,
        "ledger": str(file), "warm": 0, "steady": 0,
    }  # fmt: skip
    with running(kind, bench.house) as server:
        seen = bench.house.resume() if kind.greets else None
        began = bench.generator.started(
            "sockets", ports=server.ports, pids=server.pids, seconds=3 * bench.seconds, resume=seen, **load
        )
        with began as process:
            time.sleep(bench.seconds)
            server.end()
            process.communicate(timeout=60)
    stored = stored_since(bench.house, kind, before)
    reached = read(file)
    found = Ledger(sockets, max(reached, default=-1) + 1, stored, reached)
    with running(kind, bench.house) as server:
        seen = bench.house.resume(found.missing) if kind.greets else None
        bench.generator.run("sockets", ports=server.ports, pids=server.pids, seconds=0, resume=seen, **load)
    again = read(file)
    late = [one for one in stored if reached[one] < sockets]
    return found, sum(again[one] == sockets for one in late)


def killed_row(name: str, deaths: Sequence[tuple[Ledger, int]]) -> Sequence[str]:
    """A line of all that was so, and of what came to be."""
    found = [one for one, _ in deaths]
    stored, everywhere = sum(len(set(one.stored)) for one in found), sum(one.everywhere for one in found)
    late = stored - everywhere
    counted = (
        sum(one.said for one in found), stored, everywhere, late,
        late - sum(returned for _, returned in deaths), sum(one.twice for one in found),
        sum(one.unstored for one in found), sum(one.nowhere for one in found),
    )  # fmt: skip
    return name, *(f"{count:,}" for count in counted)


# -- What is stored, and what was seen ---------------------------------------------------------


def read(file: Path) -> Counter[int]:
    """On how many pages each message was seen."""
    return Counter({int(one): int(pages) for one, pages in map(str.split, file.read_text().splitlines())})


def newest(house: House, kind: Kind) -> int:
    """The number of the last row before a trial."""
    return next(asked(house, kind, NEWEST[kind]))[0]


def stored_since(house: House, kind: Kind, row: int) -> list[int]:
    """The messages that are stored behind a row, by their numbers in the trial, in order."""
    return [int(body[DIGITS], 16) for _, body in asked(house, kind, KEPT[kind], row)]


def asked(house: House, kind: Kind, sql: str, *values: int) -> Iterator[Any]:
    """What a query gives, of the file into which that server stores."""
    file = house.store if kind is servers.BUN_STORED else house.folder / "parley.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        return iter(database.execute(sql, values).fetchall())
