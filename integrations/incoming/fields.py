"""What stands in JSON from elsewhere, where each field may be missing, null, or of another kind.

Nothing here raises for what it is given; whoever reads a payload through these can neither.
"""

import json
from collections.abc import Iterator
from typing import Any

# What cannot be read, or is not meant to be seen: NUL, and what the reading of mrkdwn keeps for itself.
TAKEN_OUT = dict.fromkeys((0, 0xE000, 0xE001))
# Characters of one field.
LONGEST = 40_000


class BadPayload(ValueError):
    """What came is no JSON object."""


def object_in(source: str | bytes) -> dict[str, Any]:
    """The JSON object that `source` is. Raises BadPayload."""
    try:
        found = json.loads(source)
    except (ValueError, RecursionError):
        raise BadPayload from None
    if not isinstance(found, dict):
        raise BadPayload
    return found


def text_of(value: object) -> str:
    """A text or a number as text that can be stored; nothing for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:.15g}" if isinstance(value, float) else str(value)[:LONGEST]
    if not isinstance(value, str):
        return ""
    return value[:LONGEST].encode(errors="replace").decode().translate(TAKEN_OUT)


def line_of(value: object, length: int = 300) -> str:
    """The same in one line, not longer than `length`."""
    line = " ".join(text_of(value)[: 4 * length].split())
    return line if len(line) <= length else line[: length - 1] + "…"


def at(value: object, *path: str) -> Any:
    """What is at the end of `path` in nested objects; None where it leads nowhere."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def text_at(value: object, *path: str) -> str:
    """The text there."""
    return text_of(at(value, *path))


def line_at(value: object, *path: str) -> str:
    """The line there."""
    return line_of(at(value, *path))


def objects_in(value: object, most: int) -> Iterator[dict[str, Any]]:
    """The objects in a list, `most` at most; nothing where it is none."""
    if isinstance(value, list):
        yield from (one for one in value[:most] if isinstance(one, dict))
