"""What people choose in a poll."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils import timezone

from rooms.models.given import Given, first_given
from rooms.polls import CHOICE_LIMIT


class VoteQuerySet(models.QuerySet["Vote"]):
    def given(self, messages: Iterable[int], most: int) -> list[Given]:
        """Those under `messages`, oldest first: for each choice the first `most`. One query."""
        return first_given(self, "choice", messages, most)


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
