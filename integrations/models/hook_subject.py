"""What a hook has spoken of already: an alert, a run, a pull request, with the message about it."""

from django.db import models
from django.utils import timezone


class HookSubject(models.Model):
    """One thing elsewhere, by a digest of what that calls it: what comes of it later goes to `message`."""

    hook = models.ForeignKey("integrations.Hook", on_delete=models.CASCADE, related_name="subjects")
    digest = models.CharField(max_length=64)
    message = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("hook", "digest"), name="a_subject_of_a_hook_once"),)

    def __str__(self) -> str:
        return f"{self.digest[:8]} of {self.hook_id}"
