"""What people give under messages, one of a kind each: reactions, and votes in a poll."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models
from django.db.models.functions import RowNumber


class Given(NamedTuple):
    """What one person gave, and how many gave the same under that message."""

    message_id: int
    # An emoji, or the words of a choice.
    value: str
    person_id: int
    username: str
    display_name: str
    times: int

    @property
    def name(self) -> str:
        """What others see of who gave it."""
        return self.display_name or self.username


def first_given(query: models.QuerySet[Any], value: str, messages: Iterable[int], most: int) -> list[Given]:
    """What was given under `messages`, oldest first: of what is alike in the column `value` the first `most`.

    One query.
    """
    alike = [models.F("message_id"), models.F(value)]
    found = (
        query.filter(message__in=messages)
        .annotate(
            place=models.Window(RowNumber(), partition_by=alike, order_by="pk"),
            times=models.Window(models.Count("pk"), partition_by=alike),
        )
        .filter(place__lte=most)
        .order_by("pk")
    )
    whose = ("person_id", "person__username", "person__display_name")
    return [Given(*row) for row in found.values_list("message_id", value, *whose, "times")]
