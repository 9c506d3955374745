"""The field of a model that holds what something is called."""

from typing import Any

from django.db import models

from accounts import lookalikes
from accounts.plain_text import clean_line


class LineField(models.CharField):
    """One line that people read: by whatever door it comes, it is stored as `clean_line` leaves it."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """What a form, or the administration, has for it: cleaned before it is found to be empty."""
        return super().clean(clean_line(value) if isinstance(value, str) else value, model_instance)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """What is stored of an object; the object has the same from then on."""
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = clean_line(value)
            setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """What is stored by a query."""
        return super().get_db_prep_save(clean_line(value) if isinstance(value, str) else value, connection)

    def deconstruct(self) -> Any:
        """As the column is: migrations have nothing to do with what is put into it."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class LookField(models.CharField):
    """What the name of a person looks like, stored with it by whatever door that comes."""

    def pre_save(self, model_instance: Any, add: bool) -> str:
        """Made of the name as it is now."""
        look = lookalikes.look_of(model_instance.name)[: self.max_length]
        setattr(model_instance, self.attname, look)
        return look

    def deconstruct(self) -> Any:
        """As the column is."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
