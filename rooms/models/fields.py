"""Fields that messages have alone."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from rooms.words import indexed


class WordsField(models.TextField):
    """The words of a message's body for the index of searches (migration 0009), made whenever it is stored.

    As text on SQLite, where FTS5 reads them; as a tsvector on PostgreSQL. Nobody sets it, and what is read of
    it is of no use to anybody: it is there for the index.

    PostgreSQL keeps 256 places of one word in one message, so several words in a row are not found there
    behind them.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The column's type."""
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The words of the body as it is about to be stored."""
        words = indexed(model_instance.body)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, words)
        return words

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """The words, on PostgreSQL each with its place: in none is a character that means something there."""
        value = super().get_db_prep_value(value, connection, prepared)
        if connection.vendor != "postgresql" or not isinstance(value, str):
            return value
        return " ".join([f"{word}:{place}" for place, word in enumerate(value.split(" "), 1) if word])

    def value_to_string(self, obj: models.Model) -> str:
        """What is written into a fixture, which another kind of database may read."""
        return indexed(obj.body)  # type: ignore[attr-defined]
