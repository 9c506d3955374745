"""What is behind the links in messages."""

from django.db import models
from django.utils import timezone

from accounts.fields import LineField


class Preview(models.Model):
    """The page behind one link of one message, as it describes itself; kept by us."""

    message = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="previews")
    url = models.URLField(max_length=2000)
    title = LineField(max_length=300)
    description = LineField(max_length=600, blank=True)
    site = LineField(max_length=100, blank=True)
    image = models.FileField(max_length=200, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    fetched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message", "url"), name="a_preview_once"),)

    def __str__(self) -> str:
        return self.title

    @property
    def stored_names(self) -> list[str]:
        """The names under which its picture is stored, if it has one."""
        return [self.image.name] if self.image.name else []
