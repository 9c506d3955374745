"""What people answer with one sign."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Reaction(models.Model):
    """One person's emoji under one message."""

    message = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="reactions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions")
    emoji = models.CharField(max_length=32)
    reacted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("message", "emoji", "person"), name="a_reaction_once"),
        )

    def __str__(self) -> str:
        return f"{self.emoji} under message {self.message_id}"
