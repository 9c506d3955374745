"""A backup: the rows of one moment while Parley runs, and the files that they name."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from django.utils import timezone

from accounts.archive import Archive
from integrations.backup.tables import columns, file_columns, last_numbers, tables
from integrations.backup.values import to_json
from integrations.moving.whole_file import whole_file

# What is written here may be read where this number is known.
FORM = 1
# The list of what is in it.
CONTENTS = "backup.json"
# Rows that are read at once.
READ_AT_ONCE = 2000


class Written(NamedTuple):
    """What has gone into a backup: rows, files, and the names of those that rows name and nobody has."""

    rows: int
    files: int
    missing: list[str]


def write_backup(path: Path, tell: Callable[[str], None] = lambda line: None) -> Written:
    """Write all of this site to `path`, for its owner's eyes alone; `tell` is told what is being done.

    A file that is there is replaced when all of it is written. Raises OSError.
    """
    with whole_file(path) as file:
        return _write(file, tell)


def _write(file: IO[bytes], tell: Callable[[str], None]) -> Written:
    archive = Archive(file, lambda count: None)
    names: dict[str, None] = {}
    contents = _write_rows(archive, names, tell)
    count, missing = _write_files(archive, names, tell)
    archive.write_json(CONTENTS, contents | {"files": count, "missing": missing})
    archive.close()
    return Written(sum(table["rows"] for table in contents["tables"].values()), count, missing)


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read meanwhile is what was stored when this began; nobody waits for it to end."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Not Django's own transaction, which would keep others from writing.
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _write_rows(archive: Archive, names: dict[str, None], tell: Callable[[str], None]) -> dict[str, Any]:
    with one_moment():
        migrations = sorted(MigrationRecorder(connection).applied_migrations())
        contents: dict[str, Any] = {
            "form": FORM, "made_at": timezone.now(), "database": connection.vendor,
            "migrations": migrations, "tables": {},
        }  # fmt: skip
        models = tables()
        for model in models:
            name = model._meta.db_table
            with archive.member(f"tables/{name}.jsonl") as file:
                count = _write_table(model, file, names)
            tell(f"{name}: {count:,}")
            contents["tables"][name] = {"columns": [one.column for one in columns(model)], "rows": count}
        return contents | {"numbers": last_numbers(models)}


def _write_table(model: type[Model], file: IO[bytes], names: dict[str, None]) -> int:
    """The rows of a table, a list of values a line; how many there are."""
    fields = columns(model)
    convert = [(place, make) for place, field in enumerate(fields) if (make := to_json(field))]
    files = file_columns(model)
    encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
    count = 0
    found = model._base_manager.order_by("pk").values_list(*[field.attname for field in fields])
    for row in found.iterator(chunk_size=READ_AT_ONCE):
        values = list(row)
        for place, make in convert:
            values[place] = make(values[place])
        for place, names_in in files.items():
            names.update(dict.fromkeys(names_in(values[place])))
        file.write(encode(values).encode() + b"\n")
        count += 1
    return count


def _write_files(
    archive: Archive, names: Iterable[str], tell: Callable[[str], None]
) -> tuple[int, list[str]]:
    """The files called `names`; how many there are, and those that are not there."""
    count, missing = 0, []
    for name in names:
        if archive.copy(f"files/{name}", name):
            count += 1
        else:
            missing.append(name)
    tell(f"files: {count:,}")
    return count, missing
