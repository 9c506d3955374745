"""What stands in JSON of an archive, where each field may be missing, null, or of another kind."""

import datetime
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.incoming.fields import at
from integrations.moving.texts import moment_of

# Characters of one field: more than any of these programs allows in a message.
LONGEST = 200_000


def object_at(value: object, *path: str) -> dict[str, Any]:
    """The object at the end of `path`; an empty one where there is none."""
    found = at(value, *path)
    return found if isinstance(found, dict) else {}


def text_at(value: object, *path: str) -> str:
    """The text, or number, at the end of `path`; an empty text where there is none."""
    found = at(value, *path)
    if isinstance(found, bool) or not isinstance(found, (str, int, float, Decimal)):
        return ""
    return str(found)[:LONGEST].encode(errors="replace").decode().replace("\x00", "")


def list_at(value: object, *path: str) -> list[Any]:
    """The list at the end of `path`; an empty one where there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def objects_at(value: object, *path: str) -> Iterator[dict[str, Any]]:
    """The objects in the list at the end of `path`."""
    return (one for one in list_at(value, *path) if isinstance(one, dict))


def texts_at(value: object, *path: str) -> Iterator[str]:
    """The texts in the list at the end of `path`."""
    return (one[:LONGEST] for one in list_at(value, *path) if isinstance(one, str))


def number_at(value: object, name: str) -> int:
    """The whole number there; 0 where there is none."""
    found = at(value, name)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def seconds_at(value: object, *path: str) -> datetime.datetime | None:
    """The moment there, in seconds since 1970; None where there is none, or it is 0."""
    text = text_at(value, *path)
    return moment_of(text) if text not in ("", "0") else None


def milliseconds_at(value: object, *path: str) -> datetime.datetime | None:
    """The same in milliseconds."""
    try:
        number = Decimal(text_at(value, *path) or "0")
        return moment_of(number / 1000) if number else None
    except (InvalidOperation, ValueError):
        return None
