"""What people have begun to write."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Draft(models.Model):
    """What one person has in the composer of one room, or in the box of one thread, on whichever device."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="drafts")
    # The first message of the thread whose box it is in; none for the room's own.
    thread = models.ForeignKey(
        "rooms.Message", on_delete=models.CASCADE, null=True, blank=True, related_name="drafts"
    )
    text = models.TextField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "room"), condition=Q(thread__isnull=True), name="a_draft_a_room"
            ),
            models.UniqueConstraint(
                fields=("person", "thread"), condition=Q(thread__isnull=False), name="a_draft_a_thread"
            ),
        )

    def __str__(self) -> str:
        return f"a draft of {self.person_id} for {self.room_id}"
