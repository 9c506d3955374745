"""The backend for SQLite: what it makes of the text of a query, and what it asks of SQLite itself."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from database.sqlite.base import DatabaseWrapper

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


def test_while_somebody_writes_there_is_json_all_the_same(tmp_path: Path):
    path = str(tmp_path / "site.sqlite3")
    options = {"transaction_mode": "IMMEDIATE", "timeout": 0.1}
    asking = DatabaseWrapper(connection.settings_dict | {"NAME": path, "OPTIONS": options}, "other")
    with closing(sqlite3.connect(path)) as writing, closing(asking):
        writing.execute("BEGIN IMMEDIATE")
        assert asking.features.supports_json_field
