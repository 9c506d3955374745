"""What the buttons below a message of a hook do."""

from django.db import models


class HookButtons(models.Model):
    """The buttons of one message, in their order, as integrations.incoming.buttons.Button has them."""

    hook = models.ForeignKey("integrations.Hook", on_delete=models.CASCADE, related_name="+")
    message = models.OneToOneField("rooms.Message", on_delete=models.CASCADE, related_name="+")
    buttons = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"buttons of {self.message_id}"
