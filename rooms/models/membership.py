"""Who is in which room."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Membership(models.Model):
    """One person's place in one room."""

    class Role(models.TextChoices):
        MEMBER = "member", "member"
        MODERATOR = "moderator", "moderator"

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "room"), name="in_a_room_once"),)

    def __str__(self) -> str:
        return f"{self.person} in {self.room}"
