"""What a page weighs on its way, packed or not, and what it costs the server to pack it."""

import gzip
import http.client
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from statistics import median
from urllib.parse import urljoin

from bench import servers
from bench.fanout import Bench
from bench.generator import Figures
from bench.pages import RICH, ROOM, Page, ask
from bench.report import middle, number, spread, table
from bench.servers import running
from site_config.compression import GZIP_LEVEL, ZSTD_LEVEL
from tests.browser.server import HOST

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CODINGS = ("", "gzip", "zstd")
# What browsers take of a server that speaks plain HTTP to another machine, and of all others.
BROWSERS = {"gzip": "gzip, deflate", "gzip, br, zstd": "gzip, deflate, br, zstd"}
GZIP_LEVELS, ZSTD_LEVELS = (1, 2, 3, 4, 5, 6, 9), (-1, 1, 2, 3, 4, 5, 6, 9)
# How often each level packs a page.
TIMES = 30

SERVED_HEAD = ("", "KB", "requests/s", "ms CPU", "ms CPU more")
COLD_HEAD = ("Accept-Encoding", "the page", "style sheet", "scripts", "font", "together")

Pack = Callable[[bytes], bytes]


def section(bench: Bench, rounds: int, seconds: float) -> list[str]:
    """Everything, as paragraphs."""
    with running(servers.PAGES, bench.house) as server:
        found = by_server(bench, server, rounds, seconds)
        cookie = bench.house.cookies.read_text().splitlines()[0]
        visitor = Visitor(server.ports[0], cookie)
        page = visitor.get(RICH.path, "")
        whole = [(name, *visitor.cold(RICH.path, accepted)) for name, accepted in BROWSERS.items()]
    return [
        "The room page as the server sends it; the requests are made in turn.",
        table(SERVED_HEAD, served_rows(found)),
        f"The page with 50 rich messages, of {number(len(page) / 1024)} KB, packed {TIMES} times by each"
        " level, in turn; medians. The levels that are used are bold.",
        table(("", "µs CPU", "KB"), level_rows(page)),
        "All that a browser asks for on its first visit to that page, without heads, KB. Static files are"
        " packed when they are collected.",
        table(COLD_HEAD, map(cold_row, whole)),
    ]


def by_server(
    bench: Bench, server: servers.Running, rounds: int, seconds: float
) -> dict[tuple[Page, str], list[Figures]]:
    """The page of a plain and of a lively room, by each coding, in turn."""
    found: dict[tuple[Page, str], list[Figures]] = {}
    for turn in range(rounds):
        for page in (ROOM, RICH):
            print(f"  packed, round {turn + 1}: {page.name}", flush=True)
            for coding in CODINGS:
                wanted = replace(page, head=f"Accept-Encoding: {coding}\r\n" if coding else None)
                found.setdefault((page, coding), []).append(ask(bench, server, wanted, seconds))
    return found


def served_rows(found: dict[tuple[Page, str], list[Figures]]) -> Iterator[Sequence[str]]:
    """A line for each page and coding, with what packing takes: the median of the rounds' differences."""
    for (page, coding), trials in found.items():
        plain = found[page, ""]
        more = median(one["cpu_ms"] - other["cpu_ms"] for one, other in zip(trials, plain, strict=True))
        yield (
            f"{page.name}, {coding or 'as it is'}", number(middle(trials, "bytes") / 1024),
            spread(trials, "per_second"), spread(trials, "cpu_ms"), number(more) if coding else "",
        )  # fmt: skip


def level_rows(page: bytes) -> Iterator[Sequence[str]]:
    """A line for each level."""
    packers: dict[str, Pack] = {}
    for level in GZIP_LEVELS:
        name = f"gzip {level}"
        packers[f"**{name}**" if level == GZIP_LEVEL else name] = gzip_at(level)
    for level in ZSTD_LEVELS:
        name = f"zstd {level}"
        packers[f"**{name}**" if level == ZSTD_LEVEL else name] = zstd_at(level)
    took: dict[str, list[float]] = {name: [] for name in packers}
    for _ in range(TIMES):
        for name, packer in packers.items():
            began = time.thread_time()
            packer(page)
            took[name].append((time.thread_time() - began) * 1e6)
    for name, packer in packers.items():
        yield name, number(median(took[name])), number(len(packer(page)) / 1024)


def gzip_at(level: int) -> Pack:
    """gzip at one level."""
    return lambda content: gzip.compress(content, level, mtime=0)


def zstd_at(level: int) -> Pack:
    """zstd at one level."""
    return lambda content: bytes(zstd.compress(content, level=level))


class Visitor:
    """Somebody who is signed in, and has been nowhere yet."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port = port
        self._cookie = cookie

    def get(self, path: str, accepted: str) -> bytes:
        """What comes over the line for one address."""
        connection = http.client.HTTPConnection(HOST, self._port, timeout=30)
        connection.request("GET", path, headers={"Cookie": self._cookie, "Accept-Encoding": accepted})
        try:
            return connection.getresponse().read()
        finally:
            connection.close()

    def cold(self, path: str, accepted: str) -> tuple[int, int, int, int]:
        """Bytes of a page, of its style sheets, its scripts and its fonts."""
        page = self.get(path, "").decode()
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
        scripts = re.findall(r'<script [^>]*src="([^"]+)"', page)
        fonts = [
            urljoin(sheet, font)
            for sheet in sheets
            for font in re.findall(r'url\("?([^")]+\.woff2)"?\)', self.get(sheet, "").decode())
        ]
        came = ([path], sheets, scripts, fonts)
        one, two, three, four = (sum(len(self.get(each, accepted)) for each in some) for some in came)
        return one, two, three, four


def cold_row(item: tuple[str, int, int, int, int]) -> Sequence[str]:
    """A first visit's line."""
    name, *sizes = item
    return name, *(number(size / 1024) for size in (*sizes, sum(sizes)))
