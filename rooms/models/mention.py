"""Whom messages name."""

from django.conf import settings
from django.db import models


class Mention(models.Model):
    """One person that a message names, answers, or called because they were here."""

    class Why(models.TextChoices):
        NAMED = "named", "named"
        HERE = "here", "was here"
        ANSWERED = "answered", "was answered"

    message = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")
    why = models.CharField(max_length=8, choices=Why.choices, default=Why.NAMED)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message", "person"), name="mentioned_once"),)
        indexes = (models.Index(fields=("person", "-message"), name="mentions_of_a_person"),)

    def __str__(self) -> str:
        return f"{self.person_id} in message {self.message_id}"
