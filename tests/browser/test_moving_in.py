"""An archive of another chat, from the page where it is uploaded to the room in which it is read."""

from pathlib import Path

from playwright.sync_api import expect

from integrations.tests.archives import said, slack
from tests.browser.axe import finds_nothing_in_any_look
from tests.browser.room import PATIENCE, Person, connected, enter, messages
from tests.browser.server import Server, worker_beside


def test_it_is_moved_in_and_read_and_disturbs_nobody(person: Person, server: Server, tmp_path: Path) -> None:
    archive = slack(tmp_path, [said(0, "U1", "*Roses* are red"), said(60, "U2", "Violets are blue")])
    alice, bob = person("alice"), enter(person("bob"))
    alice.goto("/administration/import/")
    alice.get_by_label("Of which program").select_option("slack")
    alice.get_by_label("File").set_input_files(archive)
    with worker_beside(server):
        alice.get_by_role("button", name="Move in").click()
        # The page asks by itself.
        expect(alice.get_by_text("is moved in")).to_be_visible(timeout=PATIENCE)
    finds_nothing_in_any_look(alice)
    alice.goto("/rooms/garden/")
    alice.get_by_role("button", name="Join").click()
    connected(alice)
    expect(messages(alice).locator("strong")).to_have_text("Roses")
    expect(messages(alice).get_by_text("Violets are blue")).to_be_visible()
    # Of all that he hears that alice came.
    assert bob.locator(".notice").all_inner_texts() == ["Aalice came online."]
    expect(bob).to_have_title("general")
