"""What people choose in a poll."""

from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models.functions import RowNumber
from django.utils import timezone

from rooms.polls import CHOICE_LIMIT


class GivenVote(NamedTuple):
    """One person's vote, and how many were given for the same choice."""

    message_id: int
    choice: str
    person_id: int
    username: str
    display_name: str
    times: int

    @property
    def name(self) -> str:
        """What others see of who gave it."""
        return self.display_name or self.username


class VoteQuerySet(models.QuerySet["Vote"]):
    def given(self, messages: Iterable[int], most: int) -> list[GivenVote]:
        """Those under `messages`, oldest first: for each choice the first `most`. One query."""
        alike = [models.F("message_id"), models.F("choice")]
        found = (
            self.filter(message__in=messages)
            .annotate(
                place=models.Window(RowNumber(), partition_by=alike, order_by="pk"),
                times=models.Window(models.Count("pk"), partition_by=alike),
            )
            .filter(place__lte=most)
            .order_by("pk")
        )
        return [
            GivenVote(*row)
            for row in found.values_list(
                "message_id", "choice", "person_id", "person__username", "person__display_name", "times"
            )
        ]


class Vote(models.Model):
    """One person's vote for one choice of a poll: the choice as its words, which the message has."""

    message = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="votes")
    choice = models.CharField(max_length=CHOICE_LIMIT)
    voted_at = models.DateTimeField(default=timezone.now)

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message", "choice", "person"), name="a_vote_once"),)

    def __str__(self) -> str:
        return f"{self.choice} in the poll {self.message_id}"
