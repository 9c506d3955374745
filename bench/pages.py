"""Requests: Parley's pages beside a view that returns as many bytes and does nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from bench import servers
from bench.fanout import Bench
from bench.generator import Figures
from bench.house import CSRF
from bench.servers import Running, running

HTMX = "HX-Request: true\r\n"
FORM = f"csrfmiddlewaretoken={CSRF}&body=Said+by+the+form+%d"


@dataclass(frozen=True)
class Page:
    """One thing that people ask for."""

    name: str
    path: str
    head: str | None = None
    body: str | None = None
    status: int = 200
    # Whether a program asks, with a token and JSON.
    by_program: bool = False
    # Whether a hook does: in the place of {} in the path stands the one that the house has.
    by_hook: bool = False
    # Whether a bare view of as many bytes is measured with it.
    beside_bare: bool = True


ROOM = Page("the room page", "/rooms/everyone/")
TEMPLATED = Page("the room page, rows drawn anew", "/bench/templated/everyone/", beside_bare=False)
RICH = Page("the room page, 50 rich messages", "/rooms/rich/")
OLDER = Page("an older page of messages, to htmx", "/rooms/everyone/?before=501", head=HTMX)
SIDE = Page("a page with little but the sides", "/rooms/new/")
HISTORY = Page("the history around a message", "/rooms/everyone/history/?around=501")
COMMON = Page("a search for what all messages say", "/search/?q=timeouts")
RARE = Page("a search for a number", "/search/?q=777")
RUN = Page("a search for two signs of a script without spaces", f"/search/?q={quote('機能')}")
SIGN = Page("a search for one of them", f"/search/?q={quote('機')}")
POST = Page("a post by the form", "/rooms/everyone/", body=FORM, status=303)
SAID = '{"text": "Said by a program %d"}'
POST_BY_API = Page(
    "a post by the API", "/api/v1/rooms/everyone/messages", body=SAID, status=201, by_program=True,
    beside_bare=False,
)  # fmt: skip
POST_BY_HOOK = Page("a post by a hook", "/hooks/{}", body=SAID, by_hook=True, beside_bare=False)
PAGES = (ROOM, RICH, TEMPLATED, OLDER, SIDE, HISTORY, POST, POST_BY_API, POST_BY_HOOK)
GROWING = (ROOM, OLDER, SIDE, HISTORY, COMMON, RARE, RUN, SIGN, POST)


@dataclass
class Beside:
    """Rounds of one page, and of the bare view of its size."""

    page: list[Figures]
    bare: list[Figures]
    # The bare view in Django as it comes: its handler, its middleware, its sessions.
    stock: list[Figures]


def measure(bench: Bench, wanted: tuple[Page, ...], rounds: int, seconds: float) -> dict[str, Beside]:
    """Each page, its bare view and Django's own in turn, several times, each on its one server."""
    found = {page.name: Beside([], [], []) for page in wanted}
    with running(servers.PAGES, bench.house) as server, running(servers.STOCK_PAGES, bench.house) as stock:
        for turn in range(rounds):
            for page in wanted:
                print(f"  pages, round {turn + 1}: {page.name}", flush=True)
                figures = ask(bench, server, page, seconds)
                found[page.name].page.append(figures)
                if page.beside_bare:
                    size = int(figures["bytes"])
                    bare = Page("bare", f"/bench/bare/{size}/", page.head, page.body, page.status)
                    found[page.name].bare.append(ask(bench, server, bare, seconds))
                    found[page.name].stock.append(ask(bench, stock, bare, seconds))
    return found


def ask(bench: Bench, server: Running, page: Page, seconds: float, clients: int = 16) -> Figures:
    """Some clients ask again and again."""
    cookies = bench.house.tokens if page.by_program else bench.house.cookies
    path = page.path.format(bench.house.hook.read_text()) if page.by_hook else page.path
    figures = bench.generator.run(
        "pages", ports=server.ports, pids=server.pids, cookies=cookies, path=path,
        head=page.head, body=page.body, status=page.status, warm=bench.warm, seconds=seconds,
        connections=clients,
    )  # fmt: skip
    return figures


def growth(bench: Bench, rounds: int, seconds: float, sockets: int = 0) -> dict[str, list[Figures]]:
    """Rounds of what people ask for most, with some sockets open."""
    found: dict[str, list[Figures]] = {page.name: [] for page in GROWING}
    with running(servers.PAGES, bench.house) as server, held_open(bench, server, sockets):
        for _ in range(rounds):
            for page in GROWING:
                # As many clients as the smallest room has members.
                found[page.name].append(ask(bench, server, page, seconds, 10))
    return found


@contextmanager
def held_open(bench: Bench, server: Running, sockets: int) -> Iterator[None]:
    """So many sockets in the room, for as long as the context lasts."""
    if not sockets:
        yield
        return
    with bench.generator.holding(
        ports=server.ports, pids=server.pids, greeting=True, cookies=bench.house.cookies,
        path=servers.STORED.path, sockets=sockets, warm=0, seconds=0, steady=0, hold=100,
    ):  # fmt: skip
        yield
