"""/connection/"""

import re

from playwright.sync_api import expect

from tests.browser.room import PATIENCE, Person, connected, enter
from tests.browser.server import Server


def test_it_says_that_it_is_connected_and_the_log_grows(person: Person) -> None:
    alice = person("alice")
    alice.goto("/connection/")
    connected(alice)
    expect(alice.get_by_text("Connected.", exact=True)).to_be_visible(timeout=PATIENCE)
    lines = alice.locator("#log tr")
    expect(lines.first).to_contain_text("open", timeout=PATIENCE)
    before = lines.count()
    second = alice.context.new_page()
    enter(second)
    expect(lines).to_have_count(before + 1, timeout=PATIENCE)
    second.close()
    expect(lines.first).to_contain_text(re.compile(r"the page was left|ended by the page"), timeout=PATIENCE)
    expect(lines.first).to_contain_text(re.compile(r"0:00:\d\d"))


def test_another_session_is_not_in_it(person: Person) -> None:
    alice = person("alice")
    alice.goto("/connection/")
    connected(alice)
    expect(alice.locator("#log tr")).to_have_count(1, timeout=PATIENCE)
    enter(person("alice"))
    alice.wait_for_timeout(1_000)
    assert alice.locator("#log tr").count() == 1


def test_the_practice_socket_answers(person: Person) -> None:
    alice = person("alice")
    alice.goto("/connection/")
    connected(alice)
    answers = alice.get_by_role("list", name="What came back").get_by_role("listitem")
    alice.get_by_role("button", name="Try the practice socket").click()
    expect(answers.first).to_have_text("0", timeout=PATIENCE)
    expect(answers).to_have_count(2, timeout=PATIENCE)
    alice.get_by_role("button", name="Try the practice socket").click()
    expect(answers).to_have_count(3, timeout=PATIENCE)
    assert all(0 <= int(text) <= 100 for text in answers.all_inner_texts())


def test_it_says_that_it_is_not_connected(
    person: Person, server: Server, expected_complaints: list[str]
) -> None:
    expected_complaints.append("WebSocket|net::ERR|ws:error")
    alice = person("alice")
    alice.goto("/connection/")
    expect(alice.get_by_text("Connected.", exact=True)).to_be_visible(timeout=PATIENCE)
    server.stop()
    expect(alice.get_by_text("Connection lost.")).to_be_visible(timeout=25_000)
    server.start()
    expect(alice.get_by_text("Connected.", exact=True)).to_be_visible(timeout=25_000)
    expect(alice.locator("#log")).to_contain_text("the server restarted", timeout=30_000)
