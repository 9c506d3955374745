"""The page of a room in Chromium, which measures itself: its own protocol says what it did and when.

Chromium is on the generator's core, the server on the other one. What is read is of the page's process or
its main thread, so another program on that core makes it later, but hardly dearer.
"""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect, sync_playwright
from websockets.sync.client import ClientConnection, connect

from bench import house, machine, servers
from bench.report import Ratio, number, table
from tests import chromium
from tests.browser.server import HOST

TITLE = "The page of a room, in Chromium"
SIZES = {"people": 20, "members": 20, "rooms": 12, "messages": 1000, "rich": 50}
ROOM = "/rooms/everyone/"

# What Chromium's developer tools call Fast 3G: milliseconds before each answer, bytes a second.
SLOW_LINE = {"offline": False, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
SLOW_PROCESSOR = 4
VISITS = 5
# Messages a second while a room is busy, and by how many people: nobody may say more than ten a second.
RATE, SENDERS = 30, 5
BUSY, IDLE, SENT = 10.0, 20.0, 40
# Enough for a page to hold all the rows that it may.
DAY = 400

# What Chromium counts: all of the main thread's tasks, and what of them goes where.
MAIN_THREAD = ("TaskDuration", "RecalcStyleDuration", "LayoutDuration", "ScriptDuration")

# How far what is seen has moved, and tasks that took longer than 50 ms, from the beginning on.
WATCH = """
window.shifted = 0; window.long = [];
new PerformanceObserver(list =>
    list.getEntries().forEach(one => shifted += one.hadRecentInput ? 0 : one.value)
).observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(one => long.push(one.duration)))
    .observe({type: 'longtask', buffered: true});
"""
# From the key to the frame in which the row is drawn.
WATCH_ENTER = """
window.waits = [];
addEventListener('keydown', event => { if (event.key == 'Enter') window.pressed = event.timeStamp }, true);
new MutationObserver(() => {
    if (window.pressed) requestAnimationFrame(now => {
        const port = new MessageChannel();
        port.port1.onmessage = () => { waits.push(performance.now() - pressed); window.pressed = 0 };
        port.port2.postMessage(0);
    });
}).observe(document.querySelector('#outbox'), {childList: true});
"""


@dataclass
class Visit:
    """One load of the page."""

    paint_ms: float
    requests: int
    kilobytes: float
    shifted: float


@dataclass
class Span:
    """What a page's main thread, and its process, did for a while."""

    seconds: float = 0
    task: float = 0
    style: float = 0
    layout: float = 0
    script: float = 0
    process: float = 0
    messages: int = 0
    rows: int = 0
    kilobytes: float = 0.0
    long_ms: list[float] = field(default_factory=list)

    @property
    def ms_each(self) -> float:
        """Milliseconds of the main thread for each message."""
        return self.task * 1000 / self.messages if self.messages else -1.0


@dataclass
class Found:
    """All that was measured."""

    cold: list[Visit] = field(default_factory=list)
    warm: list[Visit] = field(default_factory=list)
    enter_ms: dict[int, list[float]] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)


# -- The browser ---------------------------------------------------------------------------


@contextmanager
def chromium_on_its_core() -> Iterator[Browser]:
    """A Chromium on the generator's core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {machine.generator_core()})
    words = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=words)
            yield browser
            browser.close()
    finally:
        os.sched_setaffinity(0, before)


def reader(browser: Browser, port: int, cookies: list[str]) -> BrowserContext:
    """A browser of its own, of the first person, who has been nowhere yet."""
    url = f"http://{HOST}:{port}"
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 800})
    context.add_init_script(WATCH)
    pairs = [pair.split("=", 1) for pair in cookies[0].split("; ")]
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in pairs])
    return context


def opened(context: BrowserContext) -> Page:
    """A page of the room whose socket is open."""
    page = context.new_page()
    page.goto(ROOM)
    expect(page.locator("#here li").first).to_be_attached(timeout=30_000)
    page.wait_for_timeout(1000)
    return page


def slowed(page: Page, *, line: bool = True) -> CDPSession:
    """The protocol of a page with a slow processor, and a slow line."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PROCESSOR})
    if line:
        protocol.send("Network.enable")
        protocol.send("Network.emulateNetworkConditions", SLOW_LINE)
    return protocol


# -- Visits --------------------------------------------------------------------------------


def visits(browser: Browser, port: int, cookies: list[str]) -> Iterator[tuple[Visit, Visit]]:
    """A cold visit and a warm one after it, several times, on a slow line with a slow processor."""
    for _ in range(VISITS):
        with reader(browser, port, cookies) as context:
            page = context.new_page()
            protocol = slowed(page)
            yield visit(page, protocol), visit(page, protocol)


def visit(page: Page, protocol: CDPSession) -> Visit:
    """Load the page until nothing more comes."""
    sizes: dict[str, float] = {}
    from_cache: set[str] = set()

    def finished(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = event["encodedDataLength"]

    def cached(event: dict[str, Any]) -> None:
        from_cache.add(event["requestId"])

    def answered(event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            from_cache.add(event["requestId"])

    heard = {
        "Network.loadingFinished": finished,
        "Network.requestServedFromCache": cached,
        "Network.responseReceived": answered,
    }
    for name, hear in heard.items():
        protocol.on(name, hear)
    page.goto("about:blank")
    sizes.clear()
    page.goto(ROOM, wait_until="load")
    page.wait_for_timeout(1500)
    for name, hear in heard.items():
        protocol.remove_listener(name, hear)
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    came = {one: size for one, size in sizes.items() if one not in from_cache}
    return Visit(paint, len(came), sum(came.values()) / 1024, round(page.evaluate("shifted"), 3))


def entered(page: Page) -> list[float]:
    """Milliseconds from Enter to one's own row on the page, many times."""
    page.evaluate(WATCH_ENTER)
    box = page.locator("#body")
    for turn in range(SENT):
        box.fill(f"Said by hand {turn}")
        box.press("Enter")
        page.wait_for_timeout(250)
    waits: list[float] = page.evaluate("waits")
    return waits


# -- A room that is busy, or quiet -----------------------------------------------------------


class Talk:
    """Some others in the room, who say so many messages a second together."""

    def __init__(self, port: int, cookies: list[str]) -> None:
        self._port = port
        self._cookies = cookies[1 : SENDERS + 1]
        self._sent = 0

    def say(self, count: int, rate: float) -> None:
        """Say that many, evenly, by a thread for each who speaks."""
        threads = [
            threading.Thread(target=self._speak, args=(one, count // SENDERS, rate / SENDERS))
            for one in range(SENDERS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _speak(self, who: int, count: int, rate: float) -> None:
        address = f"ws://{HOST}:{self._port}/ws{ROOM}"
        with connect(address, additional_headers={"Cookie": self._cookies[who]}) as socket:
            began = time.monotonic() + who / rate / SENDERS
            for turn in range(count):
                time.sleep(max(0, began + turn / rate - time.monotonic()))
                drain(socket)
                text = f"Number {turn} of a talk that is quick, with as many words as messages have. {who}"
                socket.send(json.dumps({"type": "message", "body": text, "token": f"{began}-{who}-{turn}"}))
            time.sleep(0.2)


def drain(socket: ClientConnection) -> None:
    """Read what has come, and forget it."""
    try:
        while True:
            socket.recv(timeout=0)
    except TimeoutError:
        return


class Meter:
    """What the page's main thread and its process have used, since this was made."""

    def __init__(self, browser: Browser, page: Page) -> None:
        # They are counted while somebody asks, so this is one session from the beginning to the end.
        self._protocol = page.context.new_cdp_session(page)
        self._protocol.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._machine = browser.new_browser_cdp_session()
        self._before = self._now()

    def spent(self) -> dict[str, float]:
        """Seconds, by what they went into."""
        now = self._now()
        return {name: now[name] - self._before[name] for name in (*MAIN_THREAD, "process")}

    def memory(self) -> float:
        """KB that its scripts hold on to."""
        self._protocol.send("HeapProfiler.collectGarbage")
        return float(self._protocol.send("Runtime.getHeapUsage")["usedSize"]) / 1024

    def end(self) -> None:
        """Ask no more."""
        self._protocol.detach()
        self._machine.detach()

    def _now(self) -> dict[str, float]:
        metrics = self._protocol.send("Performance.getMetrics")["metrics"]
        processes = self._machine.send("SystemInfo.getProcessInfo")["processInfo"]
        used = sum(one["cpuTime"] for one in processes if one["type"] == "renderer")
        return {one["name"]: one["value"] for one in metrics} | {"process": used}


@contextmanager
def watched(browser: Browser, page: Page) -> Iterator[Span]:
    """A span that is filled in when the context ends."""
    page.evaluate("long.length = 0")
    meter, began, said = Meter(browser, page), time.monotonic(), stored(page)
    span = Span()
    yield span
    spent = meter.spent()
    span.seconds = time.monotonic() - began
    span.messages = stored(page) - said
    span.task, span.style, span.layout, span.script = (spent[name] for name in MAIN_THREAD)
    span.process = spent["process"]
    span.rows = page.locator("#messages > .message").count()
    span.long_ms = page.evaluate("long")
    span.kilobytes = meter.memory()
    meter.end()


def stored(page: Page) -> int:
    """How many messages the room has had: the number that the page says it has seen."""
    return int(page.locator("#seen").input_value())


def busy(browser: Browser, page: Page, talk: Talk) -> Span:
    """Thirty messages a second for a while."""
    with watched(browser, page) as span:
        talk.say(int(RATE * BUSY), RATE)
        page.wait_for_timeout(500)
    return span


# -- All of it -----------------------------------------------------------------------------


def measure(folder: Path, like: house.House | None = None) -> Found:
    """Build a house, open its room, and measure."""
    built = house.build(folder / "page", SIZES, like)
    cookies = built.cookies.read_text().splitlines()
    found = Found()
    with ExitStack() as stack:
        server = stack.enter_context(servers.running(servers.PAGES, built))
        browser = stack.enter_context(chromium_on_its_core())
        port = server.ports[0]
        for cold, warm in visits(browser, port, cookies):
            print(f"  first paint {cold.paint_ms:.0f} ms cold, {warm.paint_ms:.0f} ms warm", flush=True)
            found.cold.append(cold)
            found.warm.append(warm)
        context = stack.enter_context(reader(browser, port, cookies))
        page = opened(context)
        talk = Talk(port, cookies)
        print("  Enter", flush=True)
        found.enter_ms[1] = entered(page)
        page.close()
        page = opened(context)
        slowed(page, line=False)
        found.enter_ms[SLOW_PROCESSOR] = entered(page)
        page.close()
        page = opened(context)
        print("  a quiet room", flush=True)
        with watched(browser, page) as found.spans["quiet"]:
            page.wait_for_timeout(IDLE * 1000)
        print("  a busy room", flush=True)
        found.spans["busy"] = busy(browser, page, talk)
        talk.say(DAY, RATE)
        print("  a page that has been open for long", flush=True)
        found.spans["old"] = busy(browser, page, talk)
    return found


def section(found: Found) -> list[str]:
    """What was found, as paragraphs."""
    quiet, crowded, old = (found.spans[name] for name in ("quiet", "busy", "old"))
    slowly = found.enter_ms[SLOW_PROCESSOR]
    slow = f"Fast 3G, processor × {SLOW_PROCESSOR}"
    wanted = [
        Ratio("requests, cold", of(found.cold, "requests"), 8, most=True),
        Ratio("KB that come, cold", of(found.cold, "kilobytes"), 60, most=True),
        Ratio("requests, warm", of(found.warm, "requests"), 2, most=True),
        Ratio(f"first paint, cold, s ({slow})", of(found.cold, "paint_ms") / 1000, 2.0, most=True),
        Ratio(f"first paint, warm, s ({slow})", of(found.warm, "paint_ms") / 1000, 0.7, most=True),
        Ratio(
            "layout shift while it loads", max(one.shifted for one in found.cold + found.warm), 0, most=True
        ),
        Ratio("Enter to one's own row, ms, p95", late(found.enter_ms[1]), 50, most=True),
        Ratio(f"ms of the main thread a message, {RATE} a second", crowded.ms_each, 3, most=True),
        Ratio("long tasks meanwhile", len(crowded.long_ms), 0, most=True),
        Ratio("% of a core, an idle page's main thread", quiet.task / quiet.seconds * 100, 0.5, most=True),
        Ratio(
            "a page open for long: ms a message, against a fresh one",
            old.ms_each / crowded.ms_each,
            1.2,
            most=True,
        ),
    ]
    head = (
        "",
        "messages",
        "rows",
        "ms a message",
        "style",
        "layout",
        "script",
        "long tasks",
        "KB of script's memory",
    )
    return [
        f"In a room of {SIZES['people']} people; medians of {VISITS} visits, {SENT} messages by hand.",
        table(("", "goal", "measured", ""), (goal_row(one) for one in wanted)),
        f"With a processor {SLOW_PROCESSOR} times slower Enter takes {number(late(slowly))} ms at p95"
        f" (p50 {number(median(slowly))} ms). With the threads that draw the caret, on a machine"
        f" without a graphics card, an idle page takes {number(quiet.process / quiet.seconds * 100)} %"
        " of a core."
        f" Others say {RATE} messages a second for {BUSY:g} s:",
        table(head, (span_row("a fresh page", crowded), span_row("a page open for long", old))),
    ]  # fmt: skip


def of(found: list[Visit], name: str) -> float:
    """The median of one figure."""
    return float(median(getattr(one, name) for one in found))


def late(waits: list[float]) -> float:
    """The 95th of a hundred."""
    return quantiles(waits, n=20)[-1] if len(waits) > 1 else -1.0


def goal_row(one: Ratio) -> tuple[str, ...]:
    """A line of what was to be reached: nothing here is a rate, so there is no second measure."""
    name, goal, measured, _, met = one.row()
    return name, goal, measured, met


def span_row(name: str, span: Span) -> tuple[str, ...]:
    """What the main thread did for a message."""
    each = (value * 1000 / max(span.messages, 1) for value in (span.style, span.layout, span.script))
    return (
        name, str(span.messages), str(span.rows), number(span.ms_each), *map(number, each),
        str(len(span.long_ms)), f"{span.kilobytes:,.0f}",
    )  # fmt: skip
