"""What a process says, and what it still does, while the database or Redis is away."""

import asyncio
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from redis import Redis

from tests.browser.server import Server
from tests.processes.conftest import Site
from tests.processes.sockets import Browser

SignIn = Callable[[Server, str], Browser]

LAYER_AWAY = "Redis does not answer: pages in other processes"
LAYER_BACK = "Redis answers again: what happens"
CACHE_AWAY = "Redis does not answer: sign-ins that fail"
NOWHERE = "redis://127.0.0.1:1/0"
# Seconds: longer than a slow machine takes for what is done meanwhile.
SILENCE = 120


def ask(server: Server, path: str) -> tuple[int, str]:
    """The status and the text that a probe gets."""
    try:
        with urllib.request.urlopen(server.url + path, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + 60
    while ask(server, "/readyz")[0] != 200:
        assert time.monotonic() < deadline, server.log()
        time.sleep(0.2)


def wait_until_alive(server: Server) -> None:
    """Return once it answers without a database."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError):
            assert ask(server, "/healthz") == (200, "Alive.\n")
            return
        time.sleep(0.1)
    raise AssertionError(server.log())


async def test_redis_away_is_a_sentence_and_nobody_is_kept_from_signing_in(
    site: Site, browser: SignIn
) -> None:
    server = site.start()
    page = await browser(server, "alice").socket("/ws/rooms/general/")
    await page.until("#pulse")
    assert ask(server, "/readyz") == (200, "Ready.\n")

    site.redis.stop()
    bob = browser(server, "bob")
    assert "Sign out" in bob.get("/rooms/")
    for number in range(20):
        await page.send(type="message", body=f"away {number}", token=f"t{number}")
    await page.until("away 19")
    # A room that this process had nobody in, joined while the layer cannot be.
    other = await bob.socket("/ws/live/")
    await other.until("#pulse")
    # An answer is given again for a second.
    await asyncio.sleep(1.1)
    assert ask(server, "/readyz") == (503, "What happens here is not passed on.\n")
    assert ask(server, "/healthz") == (200, "Alive.\n")

    site.redis.start()
    wait_until_ready(server)
    await page.send(type="message", body="returned", token="t99")
    await page.until("returned")
    log = server.log()
    assert log.count(LAYER_AWAY) == log.count(LAYER_BACK) == 1, log
    assert log.count(CACHE_AWAY) == 1, log
    assert "Traceback" not in log


async def test_a_redis_that_says_nothing_keeps_nobody_waiting_for_long(site: Site, browser: SignIn) -> None:
    server = site.start()
    page = await browser(server, "alice").socket("/ws/rooms/general/")
    await page.until("#pulse")
    with closing(Redis.from_url(site.redis.url)) as redis:
        redis.execute_command("CLIENT", "PAUSE", SILENCE * 1000, "ALL")

    began = time.monotonic()
    browser(server, "bob")
    for number in range(5):
        await page.send(type="message", body=f"said {number}", token=f"t{number}")
    await page.until("said 4")

    # Not because it speaks again.
    assert time.monotonic() - began < SILENCE
    assert "Traceback" not in server.log()


def test_a_process_that_finds_nobody_says_so_starts_and_comes_to_itself(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Server, "wait_until_it_answers", wait_until_alive)
    site.postgresql.stop()
    try:
        server = site.start(REDIS_URL=NOWHERE)
        said = server.log()
        status, text = ask(server, "/readyz")
    finally:
        site.postgresql.start()

    assert status == 503
    assert "The database does not answer.\n" in text
    assert "The database site_" in said
    assert "Redis at 127.0.0.1:1/0 does not answer" in said
    assert "Traceback" not in said


def test_a_first_socket_while_redis_is_away_is_one_like_any_other(site: Site) -> None:
    site.redis.stop()
    server = site.start()
    assert ask(server, "/readyz")[0] == 503
    site.redis.start()
    wait_until_ready(server)


def test_several_workers_without_redis_are_refused(tmp_path: Path) -> None:
    server = Server(tmp_path, WEB_CONCURRENCY="2")
    with pytest.raises(AssertionError, match="has ended"):
        server.start()

    assert "2 workers need Redis" in server.log()
    assert "Traceback" not in server.log()
