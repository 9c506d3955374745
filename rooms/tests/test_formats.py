"""`/rooms/<slug>/formats/`: what can be made of the text that is marked."""

import re
from html import unescape

import pytest

pytestmark = pytest.mark.usefixtures("alice", "bob")

PATH = "/rooms/general/formats/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def formatted(alice, client_of):
    """What the box holds once something was made of what is marked in it."""

    def choose(name: str, body: str, at: int, to: int) -> str:
        values = {"body": body, "at": str(at), "to": str(to)}
        html = client_of(alice).post(PATH, values, headers=HTMX).content.decode()
        found = re.search(rf'value="([^"]*)" name="(\d+)"\s+aria-label="{name}"', html)
        assert found
        return body[: int(found[2])] + unescape(found[1]) + body[to:]

    return choose


@pytest.mark.parametrize(
    ("name", "body", "at", "to", "becomes"),
    [
        ("Bold", "so it is", 3, 5, "so **it** is"),
        ("Bold", "so **it** is", 3, 9, "so it is"),
        ("Bold", "so it is", 2, 6, "so **it** is"),
        ("Bold", "so ", 3, 3, "so **bold**"),
        ("Italic", "so it is", 3, 5, "so *it* is"),
        ("Link", "so it is", 3, 5, "so [it](https://) is"),
        ("Link", "https://example.org", 0, 19, "[words](https://example.org)"),
        ("List", "one\ntwo", 0, 7, "- one\n- two"),
        ("List", "- one\n- two", 0, 11, "one\ntwo"),
        # Whole lines, wherever in them the mark begins.
        ("List", "one\ntwo", 5, 7, "one\n- two"),
        ("List", "", 0, 0, "- point"),
        ("Quotation", "one\n\ntwo", 0, 8, "> one\n> \n> two"),
        ("Code", "run it", 4, 6, "run `it`"),
        ("Code", "a `b`", 0, 5, "`` a `b` ``"),
        ("Code", "one\ntwo", 1, 7, "```\none\ntwo\n```\n"),
    ],
)
def test_what_becomes_of_what_is_marked(formatted, name, body, at, to, becomes):
    assert formatted(name, body, at, to) == becomes


def test_it_counts_as_browsers_do(alice, client_of):
    html = client_of(alice).post(PATH, {"body": "🎉 it", "at": "3", "to": "5"}, headers=HTMX).content.decode()
    assert 'value="**it**" name="3"' in html


def test_a_text_is_text(formatted):
    assert formatted("Bold", '"><b>', 0, 5) == '**"><b>**'


def test_without_a_script_it_shows_how_it_is_typed(alice, client_of):
    page = client_of(alice).post(PATH, {"body": "so far", "drafted": "on"}).content.decode()
    assert "What can be typed" in page
    assert "so far</textarea>" in page


def test_loaded_again_it_is_the_room(alice, client_of):
    assert client_of(alice).get(PATH)["Location"] == "/rooms/general/"


def test_only_a_member_is_answered(bob, client_of):
    client = client_of(bob)
    client.post("/rooms/general/leave/")
    assert client.post(PATH, {"body": "x"}).status_code == 404


def test_asks_to_sign_in(client):
    assert client.post(PATH)["Location"].startswith("/accounts/login/")
