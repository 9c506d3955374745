"""The values of a row as JSON has them, the same from any kind of database, and as a database takes them."""

import datetime
import decimal
import uuid
from collections.abc import Callable
from typing import Any

from django.core.files.base import File
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, JSONField

# What these fields give is what JSON has, and what a database takes.
AS_THEY_ARE = frozenset(
    f"{kind}{field}"
    for kind in ("", "Big", "Small", "Positive", "PositiveBig", "PositiveSmall")
    for field in ("IntegerField", "AutoField")
) | {"BooleanField", "CharField", "TextField", "SlugField"}

type AnyField = Field[Any, Any]
type Convert = Callable[[Any], Any] | None


def to_json(field: AnyField) -> Convert:
    """What makes JSON of a value that was read of `field`; None where it is that already."""
    return None if _is_plain(field) else lambda value: _as_json(field.get_prep_value(value))


def from_json(field: AnyField, connection: BaseDatabaseWrapper) -> Convert:
    """What makes of JSON what the database takes for `field`; None where it is that already."""
    if _is_plain(field):
        # PostgreSQL has no text with that character in it, and SQLite does not mind.
        return _without_null if connection.vendor == "postgresql" else None
    if isinstance(field, JSONField):
        return lambda value: None if value is None else field.get_db_prep_save(value, connection)
    return lambda value: field.get_db_prep_save(field.to_python(value), connection)


def _is_plain(field: AnyField) -> bool:
    target = getattr(field, "target_field", field)
    return target.get_internal_type() in AS_THEY_ARE and not hasattr(target, "from_db_value")


def _without_null(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, uuid.UUID | decimal.Decimal | datetime.timedelta | File):
        return str(value)
    return value
