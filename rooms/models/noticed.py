"""Whom the quiet lines of a room are about."""

from django.conf import settings
from django.db import models


class Noticed(models.Model):
    """Somebody whom a quiet line names besides who did it: who was added, who was removed."""

    message = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="noticed")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message", "person"), name="noticed_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} in message {self.message_id}"
