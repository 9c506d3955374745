"""Django's backend for SQLite, but for the cursor.

Django writes %s where a value comes, SQLite takes a question mark, and the text is searched for the one and
written with the other each time: 5 to 25 µs, as long as the shorter queries take.
"""

from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

# A site asks some hundred; those with a list of values in them are many.
TEXTS = 512


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose cursors remember what they have made of the text of a query."""

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
