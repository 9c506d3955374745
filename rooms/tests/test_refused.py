"""`/rooms/<slug>/refused/`: what was not posted returns to the box, with all that belonged to it."""

import pytest

from rooms.models import Attachment
from rooms.tests.files import PNG, attach
from rooms.tests.saying import say

pytestmark = pytest.mark.usefixtures("alice", "bob", "uploads")

PATH = "/rooms/general/refused/"
EMPTY = ".room:has(#body:placeholder-shown) "


@pytest.fixture
def returned(alice, client_of):
    """The answer for a row with these values."""

    def ask(**values: object) -> str:
        values = {"refused": "/nothing", "why": "There is no such command.", "token": "abc-1"} | values
        return client_of(alice).post(PATH, values).content.decode()

    return ask


def test_into_an_empty_box_and_no_other(returned):
    html = returned()
    assert f'hx-target="{EMPTY}#body"' in html
    assert "/nothing</textarea>" in html
    assert f'hx-target="{EMPTY}#sent-abc-1" hx-swap="delete"' in html
    assert "There is no such command." in html


def test_behind_what_is_in_the_box(returned):
    html = returned(body="more")
    assert 'hx-target="#body"' in html
    assert "more\n/nothing</textarea>" in html


def test_into_the_empty_box_of_its_thread(returned):
    html = returned(thread="", body="in the room's box")
    place = "#panel:has(#answer-body:placeholder-shown) "
    assert f'hx-target="{place}#answer-body"' in html
    assert "/nothing</textarea>" in html
    assert f'hx-target="{place}#sent-abc-1" hx-swap="delete"' in html
    assert "in the room" not in html


def test_into_its_thread_with_its_files(returned, alice, client_of):
    file = attach(client_of(alice), "sea.png", PNG)
    html = returned(thread="", attachments=str(file.pk), **{f"description-{file.pk}": "the sea at noon"})
    assert 'hx-target="#panel:has(#answer-body:placeholder-shown) #answer-attached"' in html
    assert f'id="attached-{file.pk}"' in html
    assert "the sea at noon</textarea>" in html


def test_with_its_files_and_what_it_answers(returned, alice, client_of):
    message, file = say(alice, "general", "a question"), attach(client_of(alice), "sea.png", PNG)
    values = {"attachments": str(file.pk), f"description-{file.pk}": "the sea at noon"}
    html = returned(reply_to=str(message.pk), **values)
    assert "the sea at noon</textarea>" in html
    assert "a question" in html
    assert f'id="attached-{file.pk}"' in html


def test_no_file_of_somebody_else(returned, bob, client_of):
    attach(client_of(bob), "sea.png", PNG)
    html = returned(attachments=str(Attachment.objects.get().pk))
    assert "sea.png" not in html


@pytest.mark.parametrize("token", ['"]', ",#body", ""])
def test_a_token_that_no_page_makes_is_in_no_selector(returned, token):
    assert f'hx-target="{EMPTY}#sent-" hx-swap="delete"' in returned(token=token)


def test_a_text_is_text(returned):
    html = returned(refused="</textarea><b>", why="<i>", body="<u>")
    assert "&lt;u&gt;\n&lt;/textarea&gt;&lt;b&gt;</textarea>" in html
    assert "<i>" not in html


def test_only_a_member_is_answered(bob, client_of):
    client = client_of(bob)
    client.post("/rooms/general/leave/")
    assert client.post(PATH, {"refused": "x"}).status_code == 404


def test_asks_to_sign_in(client):
    assert client.post(PATH)["Location"].startswith("/accounts/login/")
