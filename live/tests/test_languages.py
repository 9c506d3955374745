"""What is told to many is in the language of each page, and so is why a page ends."""

from collections.abc import Callable

import pytest

from tests.sockets import Sockets

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")

LIVE, CONNECTION = "/ws/live/", "/ws/connection/"


@pytest.fixture(autouse=True)
def german(translated: Callable) -> None:
    """What is said in German here."""
    translated(
        "de",
        {
            ("%(names)s signed in.", 0): "%(names)s hat sich angemeldet.",
            ("%(names)s signed in.", 1): "%(names)s haben sich angemeldet.",
            "You are signed out.": "Du bist abgemeldet.",
            "That is not something this page can do.": "Das kann diese Seite nicht.",
            "open": "offen",
        },
    )


async def test_a_banner_is_in_the_language_of_each_page(sockets: Sockets) -> None:
    german, english = await sockets(f"{LIVE}?language=de", "alice"), await sockets(LIVE, "bob")
    for page in (german, english):
        await page.resume(0)
    await sockets.client("charlie")
    assert "\0" not in await german.until("charlie hat sich angemeldet.")
    assert "\0" not in await english.until("charlie signed in.")


async def test_who_is_signed_out_is_told_so_in_the_language_of_the_page(sockets: Sockets) -> None:
    for query, sentence in (("?language=de", "Du bist abgemeldet."), ("", "You are signed out.")):
        page = await sockets(LIVE + query)
        assert await page.closed() == 4401
        assert sentence in page.texts[-1]


async def test_what_cannot_be_done_is_said_so_as_well(sockets: Sockets) -> None:
    page = await sockets(f"{LIVE}?language=de", "alice")
    await page.send(type="dance")
    await page.until("Das kann diese Seite nicht.")


async def test_the_log_is_in_the_language_of_who_looks_at_it(sockets: Sockets) -> None:
    client = await sockets.client("alice")
    log = await sockets(f"{CONNECTION}?language=de", client)
    assert "offen" in await log.resume(0)
    await sockets(LIVE, client)
    assert "\0" not in await log.until("offen</td>")


@pytest.mark.parametrize("language", ["xx", "x-marks", "%00"])
async def test_a_page_in_a_language_that_is_none_is_told_to_load_again(
    sockets: Sockets, language: str
) -> None:
    page = await sockets(f"{LIVE}?language={language}", "alice")
    assert await page.closed() == 4409
    assert "Your time zone or language has changed." in page.texts[-1]
