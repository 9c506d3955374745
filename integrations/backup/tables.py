"""Which tables a backup has, which of their columns, and the last number that each has given."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps as current_apps
from django.db import connection
from django.db.models import FileField, Model

from accounts.models import Person
from accounts.models.values import stored_pictures
from integrations.backup.values import AnyField
from integrations.models import HookIcon
from rooms.models.fields import WordsField

# Who is here now; sessions, each of which would let in whoever has the backup; and what can be made again.
LEFT_OUT = frozenset(
    (
        "live_process",
        "live_connection",
        "django_session",
        "usersessions_usersession",
        "accounts_download",
        "integrations_export",
    )
)  # fmt: skip

# The columns that have the name of a picture, which is stored in two sizes.
PICTURES = frozenset(((Person._meta.db_table, "avatar"), (HookIcon._meta.db_table, "picture")))


def tables(apps: Any = current_apps) -> list[type[Model]]:
    """The models whose tables are in a backup, by the name of their table."""
    found = (
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    )
    kept = (model for model in found if model._meta.db_table not in LEFT_OUT)
    return sorted(kept, key=lambda model: model._meta.db_table)


def columns(model: type[Model]) -> list[AnyField]:
    """The fields whose values a backup has: not what a database makes of the others."""
    return [field for field in model._meta.concrete_fields if not (field.generated or is_index(field))]


def is_index(field: AnyField) -> bool:
    """Whether it has what a search looks into, which each kind of database has in another form."""
    return isinstance(field, WordsField)


def file_columns(model: type[Model]) -> dict[int, Any]:
    """By the place of a column that names files: what makes their names of its value."""
    found: dict[int, Any] = {}
    for place, field in enumerate(columns(model)):
        if isinstance(field, FileField):
            found[place] = lambda value: [value] if value else []
        elif (model._meta.db_table, field.name) in PICTURES:
            found[place] = stored_pictures
    return found


# -- The numbers that a database gives ----------------------------------------------------


def numbered(models: Iterable[type[Model]]) -> Iterator[tuple[str, str]]:
    """The tables whose rows the database numbers, each with the column of the number."""
    for model in models:
        if model._meta.auto_field is not None:
            yield model._meta.db_table, str(model._meta.auto_field.column)


def last_numbers(models: Iterable[type[Model]]) -> dict[str, int]:
    """The last number that each of their tables has given, also where that row is gone. None for none.

    A number that was given before may stand in what a browser keeps.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            given = dict(cursor.fetchall())
            return {table: given[table] for table, _ in numbered(models) if given.get(table)}
        found = {}
        for table, column in numbered(models):
            cursor.execute(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)", [table, column]
            )
            (number,) = cursor.fetchone()
            if number:
                found[table] = number
        return found


def set_numbers(models: Iterable[type[Model]], given: dict[str, int]) -> None:
    """Let each of their tables go on after the last number that it has given."""
    with connection.cursor() as cursor:
        for table, column in numbered(models):
            number = given.get(table, 0)
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
                continue
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s)::regclass, %s, %s)",
                [table, column, max(number, 1), number > 0],
            )
