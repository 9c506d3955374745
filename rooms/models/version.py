"""What a message said before it was edited."""

from django.db import models


class Version(models.Model):
    """One earlier text of a message."""

    message = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="versions")
    body = models.TextField()
    html = models.TextField()
    # When this text was written: the message's own time, or that of the edit before.
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"an earlier text of message {self.message_id}"
