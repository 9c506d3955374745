"""When the database refuses, a sentence; when it can be read but not written, rooms can be read."""

import logging
import logging.config

import pytest
from django.db import connection

from rooms.tests.saying import say

SENTENCE = "could not be stored"

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite is told that it may not write"),
]


@pytest.fixture
def unwritable(alice, bob):
    """Call it, and nothing can be written any longer: as on a disk that is full."""
    say(alice, "general", "said before")

    def refuse() -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")

    yield refuse
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = OFF")


def test_a_room_can_be_read(unwritable, bob, client_of):
    client = client_of(bob)
    unwritable()
    response = client.get("/rooms/general/")
    assert response.status_code == 200
    assert "said before" in response.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_cannot_be_stored_is_said_and_its_text_is_kept(unwritable, bob, client_of, headers, caplog):
    client = client_of(bob, raise_request_exception=False)
    unwritable()
    with caplog.at_level(logging.ERROR):
        answers = [
            client.post("/rooms/general/", {"body": "keep <my> words"}, headers=headers) for _ in range(3)
        ]
    for response in answers:
        assert response.status_code == 503
        assert SENTENCE in response.content.decode()
        assert headers or "keep &lt;my&gt; words" in response.content.decode()


def test_the_log_has_a_sentence_and_no_traceback(unwritable, bob, client_of, capfd, settings):
    client = client_of(bob, raise_request_exception=False)
    unwritable()
    logging.config.dictConfig(settings.LOGGING)
    for _ in range(3):
        client.post("/rooms/general/", {"body": "Hello"})
    said = capfd.readouterr().err
    assert "Traceback" not in said
    assert said.count("The database does not answer") <= 1
