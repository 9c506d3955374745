"""What people answer with one sign."""

from collections import Counter
from collections.abc import Collection, Iterable

from django.conf import settings
from django.db import models
from django.utils import timezone

from rooms.models.given import Given, first_given


class ReactionQuerySet(models.QuerySet["Reaction"]):
    def given(self, messages: Iterable[int], most: int) -> list[Given]:
        """Those under `messages`, oldest first: of each emoji the first `most`. One query."""
        return first_given(self, "emoji", messages, most)

    def most_used_by(self, person_id: int, among: int, most: int) -> list[str]:
        """The emoji that somebody gave most, among so many of their last: the first `most`. One query."""
        last = self.filter(person=person_id).order_by("-pk").values_list("emoji", flat=True)[:among]
        return [emoji for emoji, _ in Counter(last).most_common(most)]

    def newest_of_renamed(self, rooms: Collection[int], since: int, most: int) -> dict[int, list[int]]:
        """The newest messages, by room, under which there are some of people who were renamed. One query.

        Those are renamed of whom others see something else since the community counted `since`.
        """
        theirs = self.filter(message__room__in=rooms, person__profile_revision__gt=since)
        found: dict[int, list[int]] = {}
        newest = theirs.order_by("-message").values_list("message__room", "message").distinct()[:most]
        for room_id, message_id in newest:
            found.setdefault(room_id, []).append(message_id)
        return found


class Reaction(models.Model):
    """One person's emoji under one message."""

    message = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="reactions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions")
    emoji = models.CharField(max_length=32)
    reacted_at = models.DateTimeField(default=timezone.now)

    objects = ReactionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("message", "emoji", "person"), name="a_reaction_once"),
        )

    def __str__(self) -> str:
        return f"{self.emoji} under message {self.message_id}"
