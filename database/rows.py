"""Value types that say themselves where their values are: in one place, by name.

A field of a NamedTuple is read from the column of its own name, or from the path that its annotation
names: `slug: Annotated[str, "room__slug"]`. The query that reads many of them and the object that one is
made of are both derived from that, so a field can neither be forgotten in one of them nor change places.
What another query brings is marked ELSEWHERE, stands last, and has a default.
"""

from collections.abc import Hashable, Iterable
from functools import cache
from itertools import starmap
from typing import Any, NamedTuple, cast, get_type_hints

from django.db.models import QuerySet

# In the place of a path, of a value that the query of these rows does not read.
ELSEWHERE = ""


@cache
def paths_of(row_type: type[tuple[Any, ...]]) -> dict[str, str]:
    """The path of each field's value, as a query has it; by the field's name, in their order."""
    hints = get_type_hints(row_type, include_extras=True)
    paths = {
        name: next(iter(getattr(hints[name], "__metadata__", ())), name)
        for name in cast("type[NamedTuple]", row_type)._fields
    }
    return {name: path for name, path in paths.items() if path != ELSEWHERE}


def read_rows[Row: tuple[Any, ...]](row_type: type[Row], query: QuerySet[Any]) -> list[Row]:
    """What `query` finds, as values. One query. Raises FieldError for a path that is not there."""
    make: Any = row_type
    return list(starmap(make, query.values_list(*paths_of(row_type).values())))


def pairs_in[First: tuple[Any, ...], Second: tuple[Any, ...]](
    first: type[First], second: type[Second], values: Iterable[tuple[Any, ...]]
) -> list[tuple[First, Second]]:
    """The rows of two types that stand in each of `values`, read along `paths_of_pair`."""
    count = len(paths_of(first))
    make_first, make_second = cast("Any", first), cast("Any", second)
    return [(make_first(*row[:count]), make_second(*row[count:])) for row in values]


def paths_of_pair(first: type[tuple[Any, ...]], second: type[tuple[Any, ...]]) -> list[str]:
    """The paths of two types, to be read in one query."""
    return [*paths_of(first).values(), *paths_of(second).values()]


def row_of[Row: tuple[Any, ...]](row_type: type[Row], instance: object, known: Any = None) -> Row:
    """`instance` as values; `known` is a row that has some of them already, under the same names.

    What is followed is loaded; where it is None, so is what would be behind it.
    """
    make: Any = cast("Any", row_type)._make
    return make(
        getattr(known, name)
        if is_known
        else (_value_at(instance, path) if len(path) > 1 else getattr(instance, path[0]))
        for name, path, is_known in _ways(row_type, cast("Any", type(known)))
    )


@cache
def _ways(
    row_type: type[tuple[Any, ...]], known_type: Hashable
) -> tuple[tuple[str, tuple[str, ...], bool], ...]:
    """Of each field its name, the parts of its path, and whether a row of `known_type` has it."""
    known = getattr(known_type, "_fields", ())
    return tuple((name, tuple(path.split("__")), name in known) for name, path in paths_of(row_type).items())


def _value_at(instance: Any, path: Iterable[str]) -> Any:
    for name in path:
        if instance is None:
            return None
        instance = getattr(instance, name)
    return instance
