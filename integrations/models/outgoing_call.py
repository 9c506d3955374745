"""What an outgoing hook is still to be told."""

from django.db import models
from django.utils import timezone


class OutgoingCall(models.Model):
    """One message for one hook: a row until it is taken, or given up."""

    hook = models.ForeignKey("integrations.OutgoingHook", on_delete=models.CASCADE, related_name="calls")
    message = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="+")
    trigger = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    # What it answered, as JSON, until that is said: PostgreSQL's own JSON takes not all that there is.
    answer = models.TextField(blank=True, default="", db_default="", editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("hook", "message"), name="a_hook_hears_it_once"),)

    def __str__(self) -> str:
        return f"{self.message_id} for {self.hook_id}"
