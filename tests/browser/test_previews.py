"""What is behind a link: the worker's own process looks, and the page that was open shows it."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.room import PATIENCE, Person, enter, messages, say, shows
from tests.browser.server import Server, worker_beside

# A loopback address that is not one of Parley's own names, as somebody's intranet would be. Linux has it.
ELSEWHERE = "127.0.0.2"
PAGE = b"""<html><head><title>Tea & more</title>
<meta property="og:title" content="A garden &lt;b&gt;in May&lt;/b&gt;">
<meta property="og:description" content="What grows and what does not."></head></html>"""


@pytest.fixture
def link() -> Iterator[str]:
    """The address of a page elsewhere."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, *args: object) -> None:
            pass

    site = ThreadingHTTPServer((ELSEWHERE, 0), Handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://{ELSEWHERE}:{site.server_port}/garden"
    site.shutdown()
    site.server_close()


@pytest.fixture
def server(start_server: Callable[..., Server]) -> Iterator[Server]:
    """A server, and the worker that the Procfile has beside it."""
    server = start_server(LINK_PREVIEWS="on", LINK_PREVIEW_NETWORKS=f"{ELSEWHERE}/32")
    with worker_beside(server):
        yield server


def test_a_preview_comes_to_open_pages_and_its_author_takes_it_away(person: Person, link: str) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    say(alice, f"Look: {link}")
    shows(bob, "Look:")
    for page in (alice, bob):
        expect(messages(page).locator(".preview")).to_contain_text("A garden <b>in May</b>", timeout=PATIENCE)
        expect(messages(page).locator(".preview")).to_contain_text("What grows and what does not.")
    messages(alice).locator(".when").first.click()
    alice.get_by_role("button", name="Remove preview").click()
    for page in (alice, bob):
        expect(messages(page).locator(".preview")).to_have_count(0, timeout=PATIENCE)
    expect(messages(bob)).to_contain_text("Look:")


def test_a_link_to_this_machine_shows_nothing(person: Person, server: Server, link: str) -> None:
    alice = enter(person("alice"))
    say(alice, f"{server.url}/rooms/ and http://127.0.0.3:1/ and then {link}")
    expect(messages(alice).locator(".preview")).to_contain_text("A garden", timeout=PATIENCE)
    expect(messages(alice).locator(".preview")).to_have_count(1)
