"""`/search/`: what was said in one's own rooms, by its words and by who, where and when."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rooms import search
from rooms.actions.messages_delete import remove_message
from rooms.actions.rooms import create_room
from rooms.models import Message
from rooms.models.message import PAGE_SIZE
from rooms.tests.saying import closed_room, say

RESULT = re.compile(r'<li class="result">.*?</li>', re.DOTALL)


def found_by(client, query: str, **more) -> list[str]:
    """What the page shows for `query`."""
    response = client.get("/search/", {"q": query, **more})
    assert response.status_code == 200
    return RESULT.findall(response.content.decode())


def texts(client, query: str) -> list[str]:
    """The texts that were found, without their marks."""
    rows = found_by(client, query)
    return [re.sub(r"<[^>]+>", "", re.findall(r'class="result-text"[^>]*>(.*?)</p>', row)[0]) for row in rows]


def test_finds_words_and_marks_them(alice, bob, client_of):
    message = say(bob, "general", "The Garden gate is open")
    say(bob, "general", "something else")

    (result,) = found_by(client_of(alice), "garden open")

    assert "The <mark>Garden</mark> gate is <mark>open</mark>" in result
    assert f'href="/rooms/general/history/?around={message.pk}#message-{message.pk}"' in result


def test_the_newest_is_first(alice, client_of):
    for text in ("apple one", "apple two", "apple three"):
        say(alice, "general", text)

    assert texts(client_of(alice), "apple") == ["apple three", "apple two", "apple one"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("CAFÉ", "the café"),
        ("deplo", "the deployment"),
        ('"gate is"', "the gate is open"),
        ("example", "see https://example.org/"),
        ("snake_case", "a snake_case name"),
        ("日本", "日本語"),
        ("über", "Über uns"),
    ],
)
def test_finds(alice, client_of, query, said):
    say(alice, "general", said)

    assert len(texts(client_of(alice), query)) == 1


@pytest.mark.parametrize(
    "query", ['"is gate"', "open closed", "zebra", "from:bob gate", "has:file", "has:link"]
)
def test_does_not_find(alice, bob, client_of, query):
    say(alice, "general", "the gate is open")

    assert texts(client_of(alice), query) == []


def test_by_whom(alice, bob, client_of):
    bob.display_name = "Bo Berg"
    bob.save()
    say(alice, "general", "mine")
    say(bob, "general", "his")
    client = client_of(alice)

    assert (
        texts(client, "from:bob") == texts(client, 'from:"bo berg"') == texts(client, "FROM:@Bob") == ["his"]
    )


def test_in_which_room(alice, client_of):
    create_room(alice, "The garden")
    say(alice, "general", "apple here")
    say(alice, "the-garden", "apple there")
    client = client_of(alice)

    assert texts(client, "in:the-garden apple") == texts(client, 'in:"the garden"') == ["apple there"]


def test_since_and_until_when(alice, client_of):
    for day in (1, 2, 3):
        message = say(alice, "general", f"on the {day}.")
        Message.objects.filter(pk=message.pk).update(
            posted_at=datetime.datetime(2026, 5, day, 12, tzinfo=datetime.UTC)
        )
    client = client_of(alice)

    assert texts(client, "before:2026-05-02") == ["on the 1."]
    assert texts(client, "after:2026-05-02 on") == ["on the 3.", "on the 2."]
    assert texts(client, "after:2026-05-02 before:2026-05-03") == ["on the 2."]
    assert texts(client, "after:2027-01-01") == []


def test_with_a_link(alice, client_of):
    say(alice, "general", "see https://example.org/page")
    say(alice, "general", "see nothing")

    assert texts(client_of(alice), "has:link see") == ["see https://example.org/page"]


def test_not_in_rooms_of_others(alice, bob, client_of):
    closed_room(alice, "board")
    create_room(alice, "open room")
    say(alice, "board", "the secret")
    say(alice, "open-room", "no secret, but not joined")

    assert texts(client_of(bob), "secret") == texts(client_of(bob), "in:board secret") == []
    assert len(texts(client_of(alice), "secret")) == 2


def test_not_what_was_deleted(alice, client_of):
    message = say(alice, "general", "regretted words")

    remove_message(message)

    assert texts(client_of(alice), "regretted") == []


def test_goes_on_further_back(alice, client_of):
    for number in range(PAGE_SIZE + 3):
        say(alice, "general", f"apple {number}")
    client = client_of(alice)

    first = found_by(client, "apple")
    page = client.get("/search/", {"q": "apple"}).content.decode()
    before = re.findall(r"&amp;before=(\d+)", page)[0]
    rest = found_by(client, "apple", before=before)

    assert (len(first), len(rest)) == (PAGE_SIZE, 3)
    assert not set(first) & set(rest)
    assert "Further back" not in client.get("/search/", {"q": "apple", "before": before}).content.decode()


def test_what_others_said_does_not_hide_ones_own(alice, bob, client_of, monkeypatch):
    say(bob, "general", "apple of mine")
    closed_room(alice, "board")
    monkeypatch.setattr(search, "WINDOW_SIZE", 2)
    for number in range(9):
        say(alice, "board", f"apple {number}")
    client = client_of(bob)

    page = client.get("/search/", {"q": "apple"}).content.decode()
    before = re.findall(r"&amp;before=(\d+)", page)[0]

    assert "Nothing yet." in page
    assert [*texts(client, "apple"), *found_by(client, "apple", before=before)]


@pytest.mark.parametrize(
    "query",
    [
        "", " ", '"', '""', "*", "^", "a*", "NEAR(a b)", "a AND", "OR", "NOT", "(", "body:x", "-a", "a:b:c",
        "from:", "in:", "before:", "before:yesterday", "after:2026-13-45", "after:0001-01-01",
        "before:9999-12-31", "has:", "has:cake", '\x00', "'; DROP TABLE rooms_message; --", "a" * 5000,
        "a " * 3000, "from:a " * 60, "%", "_", "\\", "!", "a & b | !c <-> d", ":*", "🎉", "from:🎉", '\u202e',
        "½", "ﬁ", "İ",
    ],
)  # fmt: skip
def test_no_input_fails(alice, client_of, query):
    say(alice, "general", "a b c 🎉")

    assert client_of(alice).get("/search/", {"q": query}).status_code == 200
    assert client_of(alice).get("/search/", {"q": f"b {query}", "before": query}).status_code == 200


def test_what_was_not_understood_is_said(alice, client_of):
    page = client_of(alice).get("/search/", {"q": "before:soon has:cake from:zoe x"}).content.decode()

    assert "“soon” is not a date" in page
    assert "has:file and has:link" in page
    assert "Nobody is called zoe." in page


def test_hostile_words_are_words(alice, client_of):
    say(alice, "general", "<script>alert(1)</script> & <b>apple</b>")

    (result,) = found_by(client_of(alice), "apple script")

    assert "&lt;<mark>script</mark>&gt;alert(1)" in result
    assert "<script" not in result


def test_a_word_far_into_a_long_text_is_shown(alice, client_of):
    say(alice, "general", "x " * 1000 + "needle " + "y " * 1000)

    (text,) = texts(client_of(alice), "needle")

    assert "needle" in text
    assert len(text) < 2 * search.EXCERPT


def test_signed_out_is_led_to_the_entrance(db, client):
    assert client.get("/search/", {"q": "x"}).status_code == 302


@pytest.mark.parametrize("count", [1, 120])
def test_a_search_is_so_many_queries(alice, client_of, django_assert_num_queries, count):
    for number in range(count):
        say(alice, "general", f"apple {number} https://example.org")
    alone = {"q": "!"}
    asked = {"q": "apple from:alice in:general has:link after:2020-01-01 before:2999-01-01"}
    client = client_of(alice)
    with CaptureQueriesContext(connection) as empty:
        client.get("/search/", alone)

    # Who that is, which rooms, two days, the index, and the messages.
    with django_assert_num_queries(len(empty) + 6):
        client.get("/search/", asked)
