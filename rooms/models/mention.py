"""Whom messages name."""

from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Count, F, FilteredRelation, Q

from rooms.models.message import Message


class Mention(models.Model):
    """One person that a message names, answers, called because they were here, or has a word for."""

    class Why(models.TextChoices):
        NAMED = "named", "named"
        HERE = "here", "was here"
        ANSWERED = "answered", "was answered"
        WATCHED = "watched", "watches a word"

    message = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")
    why = models.CharField(max_length=8, choices=Why.choices, default=Why.NAMED)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message", "person"), name="mentioned_once"),)
        indexes = (models.Index(fields=("person", "-message"), name="mentions_of_a_person"),)

    def __str__(self) -> str:
        return f"{self.person_id} in message {self.message_id}"


def unread_mentions(people: Iterable[int]) -> Counter[int]:
    """How many messages that mean each of `people` they have not read. Two queries, none for nobody."""
    people = set(people)
    if not people:
        return Counter()
    # All in one filter: each condition is about the same membership.
    named = Mention.objects.filter(
        person__in=people,
        message__deleted_at__isnull=True,
        message__room__memberships__person=F("person"),
        message__room__memberships__read__lt=F("message__number"),
    )
    theirs = FilteredRelation("room__memberships", condition=Q(room__memberships__person__in=people))
    called = room_mentions().annotate(theirs=theirs).filter(theirs__read__lt=F("number"))
    called = called.filter(~Q(author=F("theirs__person")))
    counts = Counter(dict(named.values_list("person").annotate(Count("pk"))))
    return counts + Counter(dict(called.values_list("theirs__person").annotate(Count("pk"))))


def room_mentions() -> models.QuerySet[Message]:
    """The messages that called their whole room, and are still there."""
    # Both conditions: the first one says which index serves (message_calls).
    return Message.objects.undeleted().exclude(calls="").filter(calls=Message.Calls.ROOM)
