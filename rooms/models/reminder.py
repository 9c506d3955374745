"""What people want to be reminded of."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

# Characters of what somebody notes; a message needs none.
TEXT_LIMIT = 500


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def due(self) -> "ReminderQuerySet":
        """Those that have rung, and that their person has not dealt with."""
        return self.filter(rung_at__isnull=False)

    def coming(self) -> "ReminderQuerySet":
        """Those that have not rung yet."""
        return self.filter(rung_at__isnull=True)


class Reminder(models.Model):
    """Somebody wants to be reminded of a message, or of a line of their own; theirs alone."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders")
    # None for a line of one's own, and where the message is gone with its room: then it has no text either.
    message = models.ForeignKey(
        "rooms.Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="reminders"
    )
    text = models.CharField(max_length=TEXT_LIMIT, blank=True)
    due_at = models.DateTimeField()
    # Since when it is due for its person: the worker says so, once; until it is done, or put off.
    rung_at = models.DateTimeField(null=True, blank=True)
    # When its person looked at it after that.
    seen_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("due_at",), name="reminders_to_ring", condition=Q(rung_at__isnull=True)),
            models.Index(fields=("person", "due_at"), name="reminders_of_a_person"),
        )

    def __str__(self) -> str:
        return f"a reminder of {self.person_id}"
