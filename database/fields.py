"""Fields of models whose values are counted, or follow from others, in the database."""

from typing import Any

from django.db import models


class Counted(models.Field):
    """A number that queries count or move, and that saving an object leaves as it is.

    An object may have been read long ago: were it saved with the number of then, what was counted since
    would be undone. So `save` writes the number with a new row alone, and reads it otherwise; to change it
    is for `QuerySet.update`.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The number for a new row; in one that is there it stays, and is read."""
        return super().pre_save(model_instance, add) if add else models.F(self.attname)

    def deconstruct(self) -> Any:
        """As the column is: migrations have nothing to do with how it is saved."""
        name, _, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{self.get_internal_type()}", args, kwargs


class CounterField(Counted, models.PositiveBigIntegerField):
    """A revision, or the number of a message."""


class SmallCounterField(Counted, models.PositiveIntegerField):
    """How many there are of something."""


class FollowingField(models.GeneratedField):
    """A value that follows from others, by whatever door these are changed; it is stored."""

    def _check_supported(self, databases: Any) -> list[Any]:
        """Nothing to ask: all that we run on have it. Django would connect, and they may be away."""
        return []

    def deconstruct(self) -> Any:
        """As the column is."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.GeneratedField", args, kwargs
