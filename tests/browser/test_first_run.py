"""An empty site: one form, and one is in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.room import box, connected, say, shows
from tests.browser.server import House, Server


@pytest.fixture
def server(start_server: Callable[..., Server], empty_house: House) -> Server:
    """A site that nobody has set up yet."""
    return start_server(house=empty_house)


def test_a_stranger_founds_a_community_and_another_joins(visitor: Callable[..., Page]) -> None:
    founder = visitor()
    founder.goto("/rooms/anything/")
    founder.wait_for_url("**/welcome/")
    founder.get_by_label("Name of the community").fill("Tea & Code")
    founder.get_by_label("Username").fill("alice")
    founder.get_by_label("Password", exact=True).fill("a-quiet-place-7")
    founder.get_by_role("button", name="Begin").click()
    founder.wait_for_url("**/rooms/general/")
    connected(founder)
    expect(founder.get_by_text("Nothing has been said here yet.")).to_be_visible()
    say(founder, "Is anybody here?")

    second = visitor()
    second.goto("/")
    second.get_by_role("link", name="Create an account").click()
    second.get_by_label("Username").fill("bob")
    second.get_by_label("Password", exact=True).fill("another-place-8")
    second.get_by_role("button", name="Create account").click()
    second.wait_for_url("**/rooms/general/")
    connected(second)
    shows(second, "Is anybody here?")
    say(second, "I am.")
    shows(founder, "I am.")
    expect(founder).to_have_title("general")
    expect(box(second)).to_be_focused()
