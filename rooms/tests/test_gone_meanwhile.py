"""A room goes while something of it is stored: to whoever asked it is not there, and nobody is at fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from rooms.models import Membership, Message, Room
from rooms.tests.saying import say


@contextmanager
def gone_before(words: str) -> Iterator[None]:
    """The room, and all of it, is gone from the database when the first statement with `words` comes."""
    done: list[str] = []

    def go(execute: Any, sql: str, *more: Any) -> Any:
        if words in sql and not done:
            done.append(sql)
            Message.objects.all()._raw_delete("default")
            Membership.objects.all()._raw_delete("default")
            Room.objects.all()._raw_delete("default")
        return execute(sql, *more)

    with connection.execute_wrapper(go):
        yield
    assert done


@pytest.mark.django_db(transaction=True)
def test_it_is_not_found(alice, client_of):
    message = say(alice, "general", "to be kept")
    client = client_of(alice, raise_request_exception=False)
    with gone_before('FROM "rooms_saved"'):
        answer = client.post(f"/rooms/general/messages/{message.pk}/save/", {"saved": "on"})
    assert answer.status_code == 404
