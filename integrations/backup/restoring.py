"""A backup's return: into a site with nobody in it, all of it or nothing."""

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from integrations.backup.tables import LEFT_OUT, is_index, set_numbers
from integrations.backup.values import from_json
from integrations.backup.writing import CONTENTS, FORM
from rooms.words import indexed

# Rows that are written at once.
WRITTEN_AT_ONCE = 1000
# Where somebody is, or something was made, nothing is put in their place.
TELLTALE = ("accounts_person", "rooms_room")

type Migrations = set[tuple[str, str]]


class Refused(Exception):
    """It is not restored, for a reason that whoever runs the site should read. Nothing has changed."""


class Restored(NamedTuple):
    """What has come: rows and files; and the names of files that the backup itself had not."""

    rows: int
    files: int
    missing: list[str]


def restore_backup(path: Path, tell: Callable[[str], None] = lambda line: None) -> Restored:
    """Fill this site, which has nobody in it, with what the backup at `path` has.

    A database without tables gets those that the backup was made of, and is then brought up to date.
    `tell` is told what is being done. Raises Refused.
    """
    try:
        with zipfile.ZipFile(path) as backup:
            return _restore(backup, tell)
    except (OSError, EOFError) as error:
        raise Refused(f"{path} cannot be read: {error}") from error
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, IndexError) as error:
        raise Refused(f"{path} is no backup, or a broken one: {error}") from error
    except (ValidationError, SuspiciousOperation) as error:
        raise Refused(f"{path} has something in it that no backup has: {error}") from error
    except DatabaseError as error:
        raise Refused(f"The database does not take what is in {path}: {error}") from error


def _restore(backup: zipfile.ZipFile, tell: Callable[[str], None]) -> Restored:
    contents = json.loads(backup.read(CONTENTS))
    if contents["form"] != FORM:
        raise Refused("It was written by a newer version of Parley. Install that, or a later one.")
    if broken := _broken_list(backup, contents):
        raise Refused(f"It is not whole: {broken}")
    models, is_older = _prepare({(app, name) for app, name in contents["migrations"]}, tell)
    copied: list[str] = []
    try:
        with transaction.atomic():
            rows = _load(backup, contents, models, tell)
            for name in _file_names(backup):
                if _copy_file(backup, name):
                    copied.append(name)
    except BaseException:
        for name in copied:
            default_storage.delete(name)
        raise
    ContentType.objects.clear_cache()
    if is_older:
        tell("It is of an older version, and is brought up to date.")
        call_command("migrate", interactive=False, verbosity=0)
    return Restored(rows, contents["files"], contents["missing"])


def _broken_list(backup: zipfile.ZipFile, contents: dict[str, Any]) -> str:
    """What is not in it that it says is, or an empty text."""
    names = set(backup.namelist())
    for table in contents["tables"]:
        if _member(table) not in names:
            return f"{_member(table)} is not in it."
    count = len(_file_names(backup))
    return "" if count == contents["files"] else f"it has {count:,} files, and says {contents['files']:,}."


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


def _file_names(backup: zipfile.ZipFile) -> list[str]:
    return [name.removeprefix("files/") for name in backup.namelist() if name.startswith("files/")]


# -- A database of the same form ----------------------------------------------------------


def _prepare(theirs: Migrations, tell: Callable[[str], None]) -> tuple[dict[str, type[Model]], bool]:
    """The models that the backup was made of, by their tables, which are there afterwards.

    And whether these are older than this version. Raises Refused.
    """
    executor = MigrationExecutor(connection)
    known, ours = set(executor.loader.disk_migrations or ()), set(executor.loader.applied_migrations)
    if theirs - known:
        raise Refused("It was made by a newer version of Parley. Install that, or a later one.")
    _refuse_where_somebody_is()
    if ours - theirs:
        raise Refused(
            "It is of an older version than the tables of this database. Restore it into one without"
            " tables: they are made, and then brought up to date."
        )
    targets = _last_of_each_app(executor, theirs)
    if theirs - ours:
        tell("Making the tables.")
        executor.migrate(targets)
        executor.loader.build_graph()
    apps = executor.loader.project_state(targets).apps
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return models, theirs != known


def _last_of_each_app(executor: MigrationExecutor, theirs: Migrations) -> list[tuple[str, str]]:
    nodes = executor.loader.graph.node_map
    return sorted(
        key for key in theirs
        if not any(child.key in theirs and child.key[0] == key[0] for child in nodes[key].children)
    )  # fmt: skip


def _refuse_where_somebody_is() -> None:
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for table in there.intersection(TELLTALE):
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                raise Refused("This site is in use. A backup returns into an empty one alone.")


# -- Rows ---------------------------------------------------------------------------------


def _load(
    backup: zipfile.ZipFile,
    contents: dict[str, Any],
    models: dict[str, type[Model]],
    tell: Callable[[str], None],
) -> int:
    """Fill the tables; how many rows there are."""
    with connection.cursor() as cursor:
        for table, model in models.items():
            # What comes with the tables, such as the names of permissions; and nobody is signed in.
            if table in contents["tables"] or table in LEFT_OUT:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
    total = 0
    for table, described in contents["tables"].items():
        count = _load_table(backup, models[table], described["columns"])
        if count != described["rows"]:
            raise Refused(f"{table} has {count:,} rows in it, and should have {described['rows']:,}.")
        tell(f"{table}: {count:,}")
        total += count
    set_numbers([models[table] for table in contents["tables"]], contents["numbers"])
    connection.check_constraints()
    return total


def _load_table(backup: zipfile.ZipFile, model: type[Model], names: list[str]) -> int:
    by_column = {field.column: field for field in model._meta.concrete_fields}
    fields = [by_column[name] for name in names]
    convert = [(place, make) for place, field in enumerate(fields) if (make := from_json(field, connection))]
    # What a search looks into is made of the text, as this kind of database has it.
    index = next((field for field in model._meta.concrete_fields if is_index(field)), None)
    body = names.index("body") if index else 0
    quote = connection.ops.quote_name
    into = ", ".join(quote(str(field.column)) for field in [*fields, *([index] if index else [])])
    places = ", ".join(["%s"] * (len(fields) + bool(index)))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({into}) VALUES ({places})"  # noqa: S608
    count = 0
    with backup.open(_member(model._meta.db_table)) as file, connection.cursor() as cursor:
        rows = []
        for line in file:
            values = json.loads(line)
            for place, make in convert:
                values[place] = make(values[place])
            if index:
                values.append(index.get_db_prep_value(indexed(values[body]), connection))
            rows.append(values)
            if len(rows) == WRITTEN_AT_ONCE:
                cursor.executemany(statement, rows)
                count, rows = count + len(rows), []
        if rows:
            cursor.executemany(statement, rows)
    return count + len(rows)


# -- Files --------------------------------------------------------------------------------


def _copy_file(backup: zipfile.ZipFile, name: str) -> bool:
    """Store a file; false where it is here already, as when a site moves to another database.

    Raises Refused where another file has that name.
    """
    member = f"files/{name}"
    if default_storage.exists(name):
        if not _is_same(backup, member, name):
            raise Refused(f"There is another file here that is called {name}.")
        return False
    with backup.open(member) as file:
        stored = default_storage.save(name, File(file, name=name))
    if stored != name:
        default_storage.delete(stored)
        raise Refused(f"A file cannot be called {name} here.")
    return True


def _is_same(backup: zipfile.ZipFile, member: str, name: str) -> bool:
    with backup.open(member) as file, default_storage.open(name, "rb") as here:
        return all(part == here.read(len(part)) for part in _parts(file)) and not here.read(1)


def _parts(file: Any) -> Iterator[bytes]:
    while part := file.read(256 * 1024):
        yield part
