"""Programs: a token and a bot are made, used and ended, with JavaScript off."""

import httpx
from playwright.sync_api import expect

from tests.browser.room import Person, enter, shows
from tests.browser.server import Server


def say(server: Server, token: str, text: str) -> int:
    """What a program is answered that says something in the room."""
    address = f"{server.url}/api/v1/rooms/general/messages"
    said = httpx.post(address, json={"text": text}, headers={"Authorization": f"Bearer {token}"})
    return said.status_code


def test_a_token_is_made_used_and_revoked(server: Server, person: Person) -> None:
    alice, bob = enter(person("alice")), person("bob", java_script_enabled=False)
    bob.goto("/accounts/tokens/")
    bob.get_by_label("What it is for").fill("Backups")
    bob.get_by_label("Read and write", exact=True).check()
    bob.get_by_role("button", name="Make a token").click()
    token = bob.get_by_label("Backups").input_value()

    assert say(server, token, "Done for today") == 201
    shows(alice, "Done for today")
    bob.reload()
    expect(bob.get_by_text("Last used")).to_be_visible()
    bob.get_by_role("button", name="Revoke").click()
    expect(bob.get_by_text("There are none.")).to_be_visible()
    assert say(server, token, "And more") == 401


def test_a_bot_is_made_and_switched_off(server: Server, person: Person) -> None:
    alice, bob = enter(person("alice")), person("bob", java_script_enabled=False)
    bob.goto("/accounts/bots/")
    bob.get_by_label("Name", exact=True).fill("Builds")
    bob.get_by_role("button", name="Make a bot").click()
    bob.get_by_role("button", name="Put it in").click()
    bob.get_by_label("What it is for").fill("ci")
    bob.get_by_label("Read and write", exact=True).check()
    bob.get_by_role("button", name="Make a token").click()
    token = bob.get_by_label("ci", exact=True).input_value()

    assert say(server, token, "It is built") == 201
    shows(alice, "It is built")
    expect(alice.get_by_role("log").get_by_text("bot", exact=True)).to_be_visible()
    bob.get_by_role("button", name="Switch it off").click()
    expect(bob.get_by_text("It is switched off.")).to_be_visible()
    assert say(server, token, "And more") == 401
