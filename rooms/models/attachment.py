"""Files in messages."""

from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone

from accounts.fields import LineField
from rooms.files.types import icon_name, kind_name

# The box, in pixels of a page, that a picture is shown in.
SHOWN_SIZE = (420, 320)


class Share(NamedTuple):
    """What somebody has here: the bytes of their files, and how many of these wait for a message."""

    size: int
    waiting: int


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def unsent(self) -> "AttachmentQuerySet":
        """Those in a composer: in no message, and in none that is to be sent later."""
        return self.filter(message__isnull=True, scheduled__isnull=True)

    def share_of(self, person_id: int) -> Share:
        """What a person has. One query."""
        waiting = Count("pk", filter=Q(message__isnull=True, scheduled__isnull=True))
        found = self.filter(uploader=person_id).aggregate(size=Sum("size"), waiting=waiting)
        return Share(found["size"] or 0, found["waiting"])

    def pictures_around(self, picture: "Attachment") -> tuple[int | None, int | None]:
        """The ids of the pictures before and after one, among those that its room shows. Two queries.

        None for one that waits for a message.
        """
        if picture.message_id is None:
            return None, None
        shown = self.filter(
            room=picture.room_id, kind=Attachment.Kind.IMAGE, message__isnull=False, message__deleted_at=None
        ).values_list("pk", flat=True)
        before, after = shown.filter(pk__lt=picture.pk), shown.filter(pk__gt=picture.pk)
        return before.order_by("-pk").first(), after.order_by("pk").first()

    def size_of_all(self) -> int:
        """The bytes of all files. One query."""
        return self.aggregate(size=Sum("size"))["size"] or 0


class Attachment(models.Model):
    """A file in a message, sent or to be sent later, or in a composer: there it is swept after a while."""

    class Kind(models.TextChoices):
        IMAGE = "image", "image"
        AUDIO = "audio", "audio"
        VIDEO = "video", "video"
        FILE = "file", "file"

    message = models.ForeignKey(
        "rooms.Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="attachments"
    )
    # The message that is to be sent later and that it waits for; it goes with that one.
    scheduled = models.ForeignKey(
        "rooms.Scheduled", null=True, blank=True, on_delete=models.CASCADE, related_name="attachments",
        db_index=False,
    )  # fmt: skip
    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="attachments")
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attachments"
    )
    # What its owner called it; on disk it has a name of ours.
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.FILE)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    file = models.FileField(max_length=200)
    thumbnail = models.FileField(max_length=200, blank=True)
    # What can be seen or heard in a picture, a film, a sound: for who cannot, and under it.
    description = LineField(max_length=300, blank=True, default="", db_default="")
    # Of an image, pixels.
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    uploaded_at = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=("uploaded_at",), name="attachment_orphans", condition=models.Q(message__isnull=True)
            ),
            models.Index(
                fields=("scheduled",),
                name="attachment_scheduled",
                condition=models.Q(scheduled__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("file", args=[self.pk, self.name])

    @property
    def thumbnail_url(self) -> str:
        """Where the small copy of a picture is."""
        return reverse("file_thumbnail", args=[self.pk])

    @property
    def shown_size(self) -> tuple[int, int]:
        """Of a picture: in how many pixels of a page it is shown."""
        width, height = self.width or 1, self.height or 1
        scale = min(1, SHOWN_SIZE[0] / width, SHOWN_SIZE[1] / height)
        return max(1, round(width * scale)), max(1, round(height * scale))

    @property
    def icon(self) -> str:
        """The name of the icon that stands for such a file."""
        return icon_name(self.content_type)

    @property
    def kind_name(self) -> str:
        """What people call such a file, as a short word."""
        return kind_name(self.content_type)

    @property
    def stored_names(self) -> list[str]:
        """The names under which its content, and a small copy, are stored."""
        return [file.name for file in (self.file, self.thumbnail) if file.name]
