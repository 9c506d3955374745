"""Sockets: how many deliveries a second, how late, in how much memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from redis import Redis

from bench import servers
from bench.generator import Failed, Figures, Generator
from bench.house import House
from bench.servers import Kind, running

# Deliveries a second at which latency is measured: what the slowest of them can do.
STEADY = 2000
# The fewest messages that latency is measured with.
FEWEST = 3
# Letters of each message, and how many there are, where some do not read: these are to be owed more than the
# kernel keeps for a socket, which is some megabytes.
LONG = 9000
OWED = 1000


@dataclass(frozen=True)
class Bench:
    """What every trial needs, and how long one takes."""

    generator: Generator
    house: House
    redis: str
    warm: float
    seconds: float
    steady: float

    def at(self, house: House) -> "Bench":
        """The same, in another house."""
        return replace(self, house=house)


def trial(bench: Bench, kind: Kind, sockets: int, *, count: int = 1, **options: Any) -> Figures:
    """Start `count` processes of one kind, connect, saturate, send steadily, and end them."""
    wanted = {
        "path": kind.path,
        "warm": bench.warm,
        "seconds": bench.seconds,
        "steady": max(bench.steady, FEWEST * sockets / STEADY),
        "rate": STEADY / sockets,
        "outstanding": kind.outstanding,
        "resume": bench.house.resume() if kind.greets else None,
    } | options
    bench.house.empty_store()
    with running(kind, bench.house, bench.redis, count) as server:
        pids = server.pids
        if count > 1:
            # What several processes need besides themselves is part of what they cost.
            pids.append(Redis.from_url(bench.redis).info("server")["process_id"])
        figures = bench.generator.run(
            "sockets", ports=server.ports, pids=pids, cookies=bench.house.cookies, sockets=sockets,
            greeting=kind.greets, socket_io=kind.socket_io, **wanted,
        )  # fmt: skip
        # Somebody stuck may well stop all the others.
        if wanted["seconds"] and not figures["per_second"] and not wanted.get("stuck"):
            raise Failed("nothing arrives")
        return figures


def in_turn(
    bench: Bench, kinds: Sequence[Kind], sockets: int, rounds: int, **options: Any
) -> dict[str, list[Figures]]:
    """One trial of each kind in turn, several times, so that a slow minute hits all of them."""
    found: dict[str, list[Figures]] = {kind.name: [] for kind in kinds}
    for turn in range(rounds):
        for kind in kinds:
            print(f"  {sockets:,} sockets, round {turn + 1}: {kind.name}", flush=True)
            found[kind.name].append(trial(bench, kind, sockets, **options))
    return found


def stuck_reader(
    bench: Bench, kinds: Sequence[Kind], rounds: int, seconds: float
) -> dict[str, tuple[list[Figures], list[Figures]]]:
    """Twenty sockets without and with two that never read: the others' p99, the server's memory."""
    found: dict[str, tuple[list[Figures], list[Figures]]] = {kind.name: ([], []) for kind in kinds}
    load: dict[str, Any] = {"warm": 0, "seconds": seconds, "text": LONG, "most": OWED}
    for turn in range(rounds):
        for kind in kinds:
            print(f"  20 sockets, none stuck and two, round {turn + 1}: {kind.name}", flush=True)
            for stuck, trials in zip((0, 2), found[kind.name], strict=True):
                trials.append(trial(bench, kind, 20, stuck=stuck, **load))
    return found


def rooms_of_ten(bench: Bench, sockets: int, rounds: int) -> list[Figures]:
    """Stored and delivered, as it ships, in many rooms of ten; `per_second` counts ten for a message."""
    rooms: dict[str, Any] = {"path": "/ws/rooms/ten-%d/", "room_size": 10, "outstanding": 64, "rate": 100}
    # Each room has a revision of its own.
    rooms["resume"] = None
    return in_turn(bench, (servers.STORED,), sockets, rounds, **rooms)[servers.STORED.name]


def returning(bench: Bench, sockets: int, missed: int, rounds: int) -> dict[int, list[Figures]]:
    """Pages of one room that come back after a restart, and have missed nothing, and so many messages."""
    found: dict[int, list[Figures]] = {0: [], missed: []}
    only_there = {"warm": 0, "seconds": 0, "steady": 0}
    for turn in range(rounds):
        for number, trials in found.items():
            print(f"  {sockets:,} pages return, round {turn + 1}: {number} missed", flush=True)
            with running(servers.STORED, bench.house) as server:
                trials.append(
                    bench.generator.run(
                        "sockets", ports=server.ports, pids=server.pids, cookies=bench.house.cookies,
                        sockets=sockets, greeting=True, path=servers.STORED.path,
                        resume=bench.house.resume(number), **only_there,
                    )
                )  # fmt: skip
    return found
