"""One run: the sections in order, and the report of them. Type bin/bench."""

import argparse
import datetime
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import browser, house, machine
from bench.fanout import Bench
from bench.generator import Failed, Generator
from bench.report import with_section
from bench.sections import FULL, SHORT, Extent, Section, Sections
from tests import services
from tests.processes import stores

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
- Parley joins what arrives in one turn of the loop into one frame, and in a room in which more than four
  things happen a second what arrives within a quarter of one; the others send a frame a message. A delivery
  is one message at one socket, however it is framed. "Each message by itself" is Parley without the latter.
- Parley's sockets belong to people who are signed in, are looked up in the database, written down, and told
  to everybody in the room. The tutorial's look the person up. The others know nobody.
- "Storing nothing" leaves out the transaction, and nothing else of what Parley does to post a message.
- Whoever sends to Parley gets a fresh token for the composer as an answer; nobody else answers.
- Sixteen messages are under way at once while as much as possible is delivered; four with the tutorial's
  consumer, which is busy with them and would take many seconds for more.
- The tutorial's template has two places to fill in; Parley's has a dozen, and is rendered once.
- Node and socket.io have no compiled parts beyond what npm installs without scripts.
- Bun's `publish()` is compiled, and so is its server. With bun:sqlite it commits each message by itself, with
  a token by which what comes twice is one, and knows no people, rights, words to search for, or what is
  unread; Parley commits together what comes together. Both write ahead, with `synchronous=NORMAL`.
- The bare view is behind Parley's middleware, and returns as many bytes as the page, all of them dots.
  Django's own is behind that of a new project, by Django's handler, which gives each request a thread and so
  a connection to the database, and with its sessions.
- Parley's sockets say what they have seen, as pages do, and are brought up to date as they connect; those of
  the others say nothing.
- CPU seconds are those of the server's processes. With two processes those of Redis are in them.
- Nobody negotiates compression."""


class Report:
    """What was found so far, between what comes before and after it; printed, and written where asked for."""

    def __init__(self, extent: Extent, file: Path | None) -> None:
        self.words = "bin/bench --full" if extent.full else "bin/bench"
        self.file = file
        self.began = datetime.datetime.now(datetime.UTC)
        self.busy = machine.load()
        self.found: list[str] = []
        self.failed = False

    def take(self, section: Section) -> None:
        """Measure one section. What goes wrong in it is a sentence there, and costs none of the others."""
        title, measure = section
        began = time.monotonic()
        try:
            paragraphs = measure()
        except (Failed, services.Missing) as failed:
            paragraphs = self.missing(failed)
        except Exception as mistake:
            traceback.print_exc()
            paragraphs = self.missing(mistake)
        self.say(f"## {title}", *paragraphs)
        print(f"  {time.monotonic() - began:.0f} s\n", flush=True)

    def missing(self, reason: Exception) -> list[str]:
        """What stands where figures should."""
        self.failed = True
        first, *rest = str(reason).strip().splitlines() or [type(reason).__name__]
        details = ["\n".join(f"    {line}" for line in rest)] if rest else []
        return [f"**This could not be measured:** {first}", *details]

    def say(self, *paragraphs: str) -> None:
        """Print paragraphs, and write the report as it is now."""
        for paragraph in paragraphs:
            print(paragraph + "\n", flush=True)
        self.found += paragraphs
        if self.file:
            self.file.write_text(self.text())

    def text(self) -> str:
        """All of it, as Markdown."""
        head = (
            f"`{self.words}`, {self.began:%-d %B %Y}, in {self.seconds / 60:.0f} minutes;"
            f" load average {self.busy:.1f} before, {machine.load():.1f} after."
        )
        where = "\n".join(f"- {line}" for line in machine.description())
        parts = [INTRODUCTION, head, where, *self.found, "## Not like for like", NOT_ALIKE]
        return "\n\n".join(parts) + "\n"

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return (datetime.datetime.now(datetime.UTC) - self.began).total_seconds()


def page(file: Path | None) -> None:
    """Measure the page in a browser alone, and put it in its place in the report, where one is named."""
    began, before = time.monotonic(), machine.load()
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as place:
        found = browser.section(browser.measure(Path(place)))
    head = (
        f"`bin/bench --page`, {datetime.datetime.now(datetime.UTC):%-d %B %Y}, in"
        f" {(time.monotonic() - began) / 60:.0f} minutes; load average {before:.1f} before,"
        f" {machine.load():.1f} after."
    )
    section = "\n\n".join([head, *found])
    print(f"\n{section}\n", flush=True)
    if file:
        file.write_text(with_section(file.read_text() if file.exists() else "", browser.TITLE, section))


def some(extent: Extent, words: str, file: Path | None) -> None:
    """Measure the sections with those words in their titles, and put each in its place in the report."""
    with prepared(extent) as sections:
        wanted = [section for section in sections.in_order() if words.lower() in section[0].lower()]
        if not wanted:
            raise Failed(f"No section is called so: {words}")
        for title, measure in wanted:
            began, before = time.monotonic(), machine.load()
            found = measure()
            today, seconds = datetime.datetime.now(datetime.UTC), time.monotonic() - began
            head = (
                f"Measured apart from the rest, {today:%-d %B %Y}, in {seconds:.0f} s, on"
                f" {len(machine.cores())} cores ({machine.processor()});"
                f" load average {before:.1f} before, {machine.load():.1f} after."
            )
            section = "\n\n".join([head, *found])
            print(f"\n## {title}\n\n{section}\n", flush=True)
            if file:
                file.write_text(with_section(file.read_text() if file.exists() else "", title, section))


@contextmanager
def prepared(extent: Extent) -> Iterator[Sections]:
    """A folder with a house and the generator, and a Redis, for as long as the context lasts."""
    # Short, for it holds a socket's path.
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as place, stores.redis() as redis:
        folder = Path(place)
        generator = Generator(folder)
        built = house.build(folder / "house", {"people": extent.people, "members": extent.people, "rich": 50})
        bench = Bench(generator, built, redis.url, extent.warm, extent.saturated, extent.steady)
        yield Sections(bench, folder, extent)


def leave(*_: object) -> None:
    """End what was started, once: whoever is told twice is not to leave it half done."""
    for told in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(told, signal.SIG_IGN)
    sys.exit("Told to end.")


def main() -> None:
    """Measure, print, and write it down where that is asked for."""
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure Parley beside others.")
    parser.add_argument("--full", action="store_true", help="everything: some twenty minutes instead of two")
    parser.add_argument(
        "--page", action="store_true", help="the page of a room in Chromium, and nothing else"
    )
    parser.add_argument("--only", help="the sections with these words in their titles, and nothing else")
    parser.add_argument("--write", type=Path, help="a file for the tables, as Markdown")
    wanted = parser.parse_args()
    for told in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(told, leave)
    if len(machine.cores()) < 2:
        print("There is one core here: the generator takes from the servers, so only ratios count.")
    extent = FULL if wanted.full else SHORT
    if wanted.page or wanted.only:
        try:
            page(wanted.write) if wanted.page else some(extent, wanted.only, wanted.write)
        except (Failed, services.Missing) as failed:
            sys.exit(str(failed))
        return
    report = Report(extent, wanted.write)
    try:
        with prepared(extent) as sections:
            for section in sections.in_order():
                report.take(section)
    except (Failed, services.Missing) as failed:
        sys.exit(str(failed))
    print(f"Measured in {report.seconds:.0f} s.")
    if report.failed:
        sys.exit("Not all of it could be measured; where it could not, the report says why.")


if __name__ == "__main__":
    main()
