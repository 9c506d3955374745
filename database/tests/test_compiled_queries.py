"""Queries that are put into SQL once: the rows are those that the queryset would have given."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from database.compiled_queries import CompiledQuery, column_names, model_instance
from live.models import Connection

NOON = datetime.datetime(2026, 3, 1, 12, 0, 0, 250, tzinfo=datetime.UTC)


def connections_after(moment):
    return (
        Connection.objects.filter(opened_at__gt=moment)
        .order_by("pk")
        .values_list("opened_at", "place", "close_code")
    )


def people_called(name, is_active):
    return Person.objects.filter(username=name, is_active=is_active).values_list("username", "is_active")


def test_asks_again_with_other_arguments(alice, bob):
    asked = CompiledQuery(people_called)

    assert asked("alice", True) == [("alice", True)]
    assert asked("bob", True) == [("bob", True)]
    assert asked("bob", False) == []


def test_is_put_into_sql_once(alice):
    built = []

    def build(name):
        built.append(name)
        return Person.objects.filter(username=name).values_list("pk")

    asked = CompiledQuery(build)
    with CaptureQueriesContext(connection) as captured:
        for name in ("alice", "bob", "alice"):
            asked(name)

    assert (len(built), len(captured)) == (1, 3)


def test_values_are_those_of_the_queryset(alice):
    for hour in range(3):
        Connection.objects.create(
            person=alice, session="", place=f"room-{hour}", opened_at=NOON + datetime.timedelta(hours=hour)
        )

    asked = CompiledQuery(connections_after)

    assert asked(NOON) == list(connections_after(NOON))
    assert [place for _, place, _ in asked(NOON)] == ["room-1", "room-2"]
    assert isinstance(asked(NOON)[0][0], datetime.datetime)


def test_an_object_stands_for_its_key(alice, bob):
    Connection.objects.create(person=bob, session="", place="room-1")

    asked = CompiledQuery(lambda person: Connection.objects.filter(person=person).values_list("place"))

    assert asked(bob) == [("room-1",)]
    assert asked(alice) == []


@pytest.mark.parametrize("text", ["'; DROP TABLE live_connection; --", "%s", "100%", '"'])
def test_an_argument_is_never_sql(alice, text):
    Person.objects.filter(pk=alice.pk).update(display_name=text)

    asked = CompiledQuery(lambda name: Person.objects.filter(display_name=name).values_list("display_name"))

    assert asked(text) == [(text,)]


def test_an_object_of_its_columns(alice):
    asked = CompiledQuery(lambda pk: Person.objects.filter(pk=pk).values_list(*column_names(Person)))

    person = model_instance(Person, asked(alice.pk)[0])
    alice.refresh_from_db()

    assert person == alice
    assert {name: getattr(person, name) for name in column_names(Person)} == {
        name: getattr(alice, name) for name in column_names(Person)
    }
    assert not person._state.adding
