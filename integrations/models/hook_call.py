"""What came to an incoming hook lately, and what became of it."""

from django.db import models
from django.utils import timezone

# Calls of one hook that are kept, and characters of each.
KEPT = 50
EXCERPT = 2000


class HookCall(models.Model):
    """One call: the beginning of what came, and the outcome, in English as all logs."""

    hook = models.ForeignKey("integrations.Hook", on_delete=models.CASCADE, related_name="calls")
    at = models.DateTimeField(default=timezone.now)
    # Which event it says that it is: a header, in a receiver.
    event = models.CharField(max_length=60, blank=True)
    came = models.TextField()
    status = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=200)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.status} {self.outcome}"
