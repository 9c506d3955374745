"""What people have written to be sent later."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Scheduled(models.Model):
    """A message that waits for its time; where it could not be sent it stays, with the reason."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="scheduled")
    # None where the room is gone: what was written for it stays.
    room = models.ForeignKey("rooms.Room", on_delete=models.SET_NULL, null=True, related_name="scheduled")
    # What it answers; an answer whose message is gone is none to something else.
    is_answer = models.BooleanField(default=False)
    reply_to = models.ForeignKey(
        "rooms.Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    text = models.TextField()
    # How many files it was given; they are gone where the room is.
    files = models.PositiveSmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField()
    # Of the form that it came from, and then of the message that it becomes: sent twice it is one.
    token = models.CharField(max_length=64)
    # Why it was not sent, in a sentence for its author; it is not tried again by itself.
    problem = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "scheduled"
        indexes = (
            models.Index(fields=("due_at",), name="scheduled_to_send", condition=Q(problem="")),
            models.Index(fields=("person", "due_at"), name="scheduled_of_a_person"),
        )
        constraints = (models.UniqueConstraint(fields=("person", "token"), name="scheduled_once"),)

    def __str__(self) -> str:
        return f"a message of {self.person_id} for {self.room_id}"
