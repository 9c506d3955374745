"""Commands that were asked lately, which may be answered later."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from integrations.models.hook import KEY_LENGTH, new_key


class CommandCall(models.Model):
    """What somebody asked of a hook by a command: by `key` it answers, some times and for a while."""

    hook = models.ForeignKey("integrations.OutgoingHook", on_delete=models.CASCADE, related_name="commands")
    # Not their membership: whoever leaves a room would look for what they asked there.
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=KEY_LENGTH, unique=True, default=new_key)
    answers = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"/{self.hook.words}"
