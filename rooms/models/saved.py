"""What people keep for themselves."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Saved(models.Model):
    """A message that somebody wants to find again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved")
    message = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="saved")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "message"), name="saved_once"),)
        indexes = (models.Index(fields=("person", "-saved_at"), name="saved_of_a_person"),)

    def __str__(self) -> str:
        return f"message {self.message_id}, kept by {self.person_id}"
