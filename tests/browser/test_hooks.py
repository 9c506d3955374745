"""A program speaks in a room: made in its settings, heard live, and ended."""

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.room import PATIENCE, Person, enter, messages


def post(address: str, text: str) -> str:
    """What a program is answered that says `text` as it would to Slack."""
    body = json.dumps({"text": text}).encode()
    with urlopen(Request(address, body, {"Content-Type": "application/json"})) as answer:
        return answer.read().decode()


def test_a_hook_is_made_speaks_and_is_removed(person: Person) -> None:
    alice, bob = person("alice"), enter(person("bob"))
    alice.goto("/rooms/general/settings/")
    alice.get_by_role("link", name="Programs in this room").click()
    alice.get_by_label("What it is called").fill("Lighthouse")
    alice.get_by_role("button", name="Make an address").click()
    address = alice.get_by_label("As to Slack").input_value()

    assert post(address, "The *light* is on") == "ok"

    row = messages(bob).locator("li", has_text="The light is on")
    expect(row).to_be_visible(timeout=PATIENCE)
    expect(row.get_by_role("link", name="Lighthouse")).to_be_visible()
    expect(row.locator("strong", has_text="light")).to_be_visible()
    expect(row.get_by_text("bot", exact=True)).to_be_visible()

    alice.reload()
    expect(alice.get_by_text("posted in general")).to_be_visible()
    alice.get_by_role("button", name="Remove").click()
    expect(alice.get_by_text("It is removed")).to_be_visible(timeout=PATIENCE)
    with pytest.raises(HTTPError, match="404"):
        post(address, "And off")
