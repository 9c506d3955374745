"""What was found: medians with their range, tables, ratios; as Markdown."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.generator import Figures

Trials = Sequence[Figures]

# What every report ends with.
LAST = "## Not like for like\n"


def middle(trials: Trials, name: str) -> float:
    """The median of one figure over the rounds; -1 where there is none."""
    return float(median(figures[name] for figures in trials)) if trials else -1.0


def spread(trials: Trials, name: str) -> str:
    """The median, and the range in brackets where there is one."""
    values = [figures[name] for figures in trials]
    if not values:
        return "–"
    text = number(median(values))
    return text if len(values) == 1 else f"{text} ({number(min(values))} – {number(max(values))})"


def number(value: float) -> str:
    """Three digits that count, and no more."""
    if value < 0:
        return "–"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; its first column is text, the others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def kilobytes_each(trials: Trials) -> float:
    """Memory per open, idle socket."""
    return middle(trials, "kilobytes_each")


def connect_ms(trials: Trials) -> float:
    """CPU of the server for each socket that is opened, until all have been told of all."""
    return middle(trials, "connect_cpu") * 1000 / middle(trials, "sockets") if trials else -1.0


def deliveries(found: dict[str, Trials]) -> str:
    """The table of one number of sockets."""
    return table(
        (
            "",
            "deliveries/s",
            "CPU s per 100k",
            "p50 ms",
            "p99 ms",
            "KB per socket",
            "ms CPU per connect",
            "lost",
        ),
        (
            (
                name,
                spread(trials, "per_second"),
                spread(trials, "cpu_per_100k"),
                number(middle(trials, "p50")),
                number(middle(trials, "p99")),
                number(kilobytes_each(trials)),
                number(connect_ms(trials)),
                str(sum(figures["lost"] for figures in trials)),
            )
            for name, trials in found.items()
        ),
    )


@dataclass(frozen=True)
class Ratio:
    """One thing to reach, and what was reached; `most` where less is better.

    `by_cpu` is the same ratio by CPU seconds, for comparison: a rate is also that of whatever else the
    machine does.
    """

    name: str
    value: float
    goal: float
    most: bool = False
    by_cpu: float | None = None

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.value <= self.goal if self.most else self.value >= self.goal

    def row(self) -> tuple[str, ...]:
        """Its line of the table."""
        sign = "≤" if self.most else "≥"
        by_cpu = "" if self.by_cpu is None else number(self.by_cpu)
        return (
            self.name,
            f"{sign} {self.goal:g}",
            number(self.value),
            by_cpu,
            "met" if self.met else "**not met**",
        )


def ratios(wanted: Iterable[Ratio]) -> str:
    """The table of what was to be reached."""
    return table(("", "goal", "measured", "by CPU seconds", ""), (ratio.row() for ratio in wanted))


def with_section(text: str, title: str, section: str) -> str:
    """A report with one section in the place of the one with that title, or before what is not alike."""
    parts = re.split(r"(?m)^(?=## )", text)
    heading = f"## {title}\n"
    at = next((n for n, part in enumerate(parts) if part.startswith(heading)), None)
    if at is not None:
        del parts[at]
    else:
        at = next((n for n, part in enumerate(parts) if part.startswith(LAST)), len(parts))
    # What comes before it ends with an empty line.
    parts[at - 1 : at] = [parts[at - 1].rstrip("\n") + "\n\n"]
    parts.insert(at, f"{heading}\n{section.strip()}\n\n")
    return "".join(parts).strip("\n") + "\n"


def faster(name: str, ours: Trials, theirs: Trials, goal: float) -> Ratio:
    """How many times as many deliveries a second."""
    return Ratio(
        name,
        middle(ours, "per_second") / middle(theirs, "per_second"),
        goal,
        by_cpu=middle(theirs, "cpu_per_100k") / middle(ours, "cpu_per_100k"),
    )
