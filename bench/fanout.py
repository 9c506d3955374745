"""Sockets: how many deliveries a second, how late, in how much memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis

from bench import servers
from bench.generator import Figures, Generator
from bench.house import House
from bench.servers import Kind, running

# Deliveries a second at which latency is measured: what the slowest of them can do.
STEADY = 2000


@dataclass(frozen=True)
class Bench:
    """What every trial needs, and how long one takes."""

    generator: Generator
    house: House
    redis: str
    warm: float
    seconds: float
    steady: float


def trial(bench: Bench, kind: Kind, sockets: int, *, count: int = 1, **options: Any) -> Figures:
    """Start `count` processes of one kind, connect, saturate, send steadily, and end them."""
    wanted = {
        "path": kind.path,
        "warm": bench.warm,
        "seconds": bench.seconds,
        "steady": bench.steady,
        "rate": max(1, STEADY // sockets),
    } | options
    with running(kind, bench.house, bench.redis, count) as server:
        pids = server.pids
        if count > 1:
            # What several processes need besides themselves is part of what they cost.
            pids.append(Redis.from_url(bench.redis).info("server")["process_id"])
        return bench.generator.run(
            "sockets", ports=server.ports, pids=pids, cookies=bench.house.cookies, sockets=sockets,
            greeting=kind.greets, socket_io=kind.socket_io, **wanted,
        )  # fmt: skip


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
) -> dict[str, dict[str, Any]]:
    """Twenty sockets without and with two that never read: the others' p99, the server's memory.

    Long messages, so that more than the kernel keeps for a socket is owed to those two.
    """
    found: dict[str, dict[str, Any]] = {}
    for stuck in (0, 2):
        trials = in_turn(bench, kinds, 20, rounds, seconds=seconds, stuck=stuck, text=3000)
        for name, figures in trials.items():
            found.setdefault(name, {})[f"stuck {stuck}"] = figures
    return found


def rooms_of_ten(bench: Bench, sockets: int, rounds: int) -> list[Figures]:
    """Stored and delivered, as it ships, in many rooms of ten; `per_second` counts ten for a message."""
    found = []
    for turn in range(rounds):
        print(f"  rooms of ten, round {turn + 1}", flush=True)
        found.append(
            trial(
                bench,
                servers.STORED,
                sockets,
                path="/ws/rooms/ten-%d/",
                room_size=10,
                outstanding=64,
                rate=100,
            )
        )
    return found
