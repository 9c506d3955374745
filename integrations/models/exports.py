"""What somebody takes out of here: a room, or everything."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import PreparedFile


class Export(PreparedFile):
    """What one person asked for last: of a room that they are in, or, without one, of everything."""

    class Layout(models.TextChoices):
        PAGES = "pages", _("Pages to read, without Parley")
        SLACK = "slack", _("As Slack exports, for other programs")
        PARLEY = "parley", _("For Parley: all that there is")

    layout = models.CharField(max_length=6, choices=Layout.choices)
    room = models.ForeignKey("rooms.Room", null=True, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"the export of {f'room {self.room_id}' if self.room_id else 'everything'} by {self.person_id}"

    @property
    def file_name(self) -> str:
        """What its owner gets it as."""
        of = self.room.slug if self.room else "everything"
        return f"parley-{of}-{self.layout}-{timezone.localdate(self.asked_at):%Y-%m-%d}.zip"
