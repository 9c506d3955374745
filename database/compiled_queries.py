"""Queries that are put into SQL once.

For the ORM to say in SQL what it has said before takes 150 to 800 µs, and the database 20 to
answer. What is asked with every page and every frame is therefore prepared: built as a queryset,
once in a process, and then only given its arguments.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from inspect import signature
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet, Value


class Argument:
    """Stands in the parameters of a query where an argument will."""

    def __init__(self, position: int) -> None:
        self.position = position


class CompiledQuery[**P, Row]:
    """Decorator for a function that gives a queryset of values: it then asks, and gives the rows.

    The function runs once, with expressions as arguments: it may compare columns with them, and no more.
    `count` says how many arguments there are, where it takes any number.
    """

    def __init__(self, build: Callable[P, QuerySet[Any, Row]], count: int | None = None) -> None:
        self._build: Callable[..., QuerySet[Any, Row]] = build
        self._count = len(signature(build).parameters) if count is None else count
        self.__doc__ = build.__doc__

    def __call__(self, *args: P.args, **values: P.kwargs) -> list[Row]:
        """The rows. One query."""
        sql, parameters, converters = self._compiled
        # As in a filter, an object stands for its key.
        adapted = [connection.ops.adapt_unknown_value(getattr(value, "pk", value)) for value in args]
        given = [adapted[value.position] if isinstance(value, Argument) else value for value in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            rows = cursor.fetchall()
        return list(_converted(rows, converters)) if converters else rows

    @cached_property
    def _compiled(self) -> tuple[str, list[Any], dict[int, Any]]:
        places = [Value(Argument(position)) for position in range(self._count)]
        compiler = self._build(*places).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        return sql, list(parameters), compiler.get_converters([column for column, *_ in compiler.select])


def _converted(rows: list[tuple[Any, ...]], converters: dict[int, Any]) -> Iterator[Any]:
    for row in rows:
        values = list(row)
        for position, (functions, expression) in converters.items():
            for function in functions:
                values[position] = function(values[position], expression, connection)
        yield tuple(values)


def column_names(model: type[Model], through: str = "") -> list[str]:
    """What `values_list` calls the columns of `model`; `through` is the way to it from another one."""
    return [f"{through}{field.attname}" for field in model._meta.concrete_fields]


def model_instance[M: Model](model: type[M], values: tuple[Any, ...]) -> M:
    """The object whose `columns` have these values."""
    return model.from_db(DEFAULT_DB_ALIAS, [], values)
