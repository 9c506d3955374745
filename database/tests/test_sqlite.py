"""The backend for SQLite: what it makes of the text of a query."""

from typing import Any

import pytest
from django.db import connection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="about SQLite"),
]


def asked(sql: str, given: Any) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        return cursor.execute(sql, given).fetchone()


def test_values_come_into_their_places_each_time():
    assert [asked("SELECT %s, %s", [n, "%s"]) for n in (1, 2)] == [(1, "%s"), (2, "%s")]


def test_a_percent_sign_stays_one():
    assert asked("SELECT 'a%%b' LIKE %s, '%%s'", ["a%"]) == (1, "%s")
    assert asked("SELECT '100%'", None) == ("100%",)


def test_values_have_names():
    assert asked("SELECT %(second)s, %(first)s", {"first": 1, "second": 2}) == (2, 1)


def test_the_same_text_is_read_once():
    first, second = (connection.cursor().cursor.convert_query("SELECT %s") for _ in range(2))
    assert first is second == "SELECT ?"
