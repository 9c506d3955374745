"""Where rooms were before."""

from django.db import models


class RoomAddress(models.Model):
    """A slug that a room had once: its address leads on to where the room is now."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="addresses")
    slug = models.SlugField(max_length=70, unique=True, allow_unicode=True)

    def __str__(self) -> str:
        return self.slug
