"""What people have begun to write."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Draft(models.Model):
    """What one person has in the composer of one room, on whichever device."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="drafts")
    text = models.TextField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "room"), name="a_draft_a_room"),)

    def __str__(self) -> str:
        return f"a draft of {self.person_id} for {self.room_id}"
