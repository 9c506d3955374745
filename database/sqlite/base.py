"""Django's backend for SQLite, but for the cursor, and for one question.

Django writes %s where a value comes, SQLite takes a question mark, and the text is searched for the one and
written with the other each time: 5 to 25 µs, as long as the shorter queries take.
"""

from functools import lru_cache
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base, features
from django.utils.functional import cached_property

# A site asks some hundred; those with a list of values in them are many.
TEXTS = 512


class DatabaseFeatures(features.DatabaseFeatures):
    """What this SQLite has."""

    @cached_property
    def supports_json_field(self) -> bool:  # type: ignore[override]
        """Whether it was made with JSON: asked without a transaction, which begins with the lock to write.

        Who waited for that in vain would hear that there is no JSON, and no command would start.
        """
        with self.connection.cursor() as cursor:
            try:
                cursor.execute("SELECT JSON('{}')")
            except OperationalError:
                return False
        return True


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose cursors remember what they have made of the text of a query."""

    features_class = DatabaseFeatures

    def create_cursor(self, name: str | None = None) -> "Cursor":
        """A cursor of the open connection."""
        return self.connection.cursor(factory=Cursor)


class Cursor(base.SQLiteCursorWrapper):
    """A cursor of Django's."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        """The text, as SQLite takes it."""
        if param_names is None:
            return _with_question_marks(query)
        return super().convert_query(query, param_names=param_names)


@lru_cache(TEXTS)
def _with_question_marks(query: str) -> Any:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
