"""What the worker does for one person, and which its death does not end: downloads and departures."""

import datetime
import uuid
from typing import Any

from django.db import models
from django.utils import timezone

# Work whose worker has given no sign of life for so long is given to another.
SILENCE = datetime.timedelta(minutes=3)
# What so many workers began and did not end is not tried again.
MOST_TRIES = 3


class Overtaken(Exception):
    """Somebody else has this work now, or nobody asks for it any longer."""


class WorkQuerySet(models.QuerySet["Any"]):
    def under_way(self) -> "WorkQuerySet":
        """What is to be done, or is being done."""
        return self.filter(state__in=(Work.State.WAITING, Work.State.RUNNING))

    def silent(self) -> "WorkQuerySet":
        """Of these, what no worker has given a sign of life of: lost with the queue, or with its worker."""
        return self.under_way().filter(beat_at__lt=timezone.now() - SILENCE)


class Work(models.Model):
    """Something the worker does for one person, which its death does not end: another takes it up again."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    person = models.OneToOneField("accounts.Person", on_delete=models.CASCADE, related_name="%(class)s")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    # Whose turn it is: who claims the work draws a number, and an earlier one counts no longer.
    turn = models.UUIDField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(default=timezone.now, help_text="The last sign of life.")

    objects = WorkQuerySet.as_manager()

    class Meta:
        abstract = True

    def claim(self) -> bool:
        """Take this work, where it waits or its worker is silent; whether it is the caller's. One query."""
        turn, now = uuid.uuid4(), timezone.now()
        kind = type(self)._default_manager.filter(pk=self.pk)
        free = models.Q(state=self.State.WAITING) | models.Q(
            state=self.State.RUNNING, beat_at__lt=now - SILENCE
        )
        taken = kind.filter(free).update(
            state=self.State.RUNNING, turn=turn, beat_at=now, tries=models.F("tries") + 1
        )
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def beat(self, **values: Any) -> None:
        """Give a sign of life, and store `values`. One query. Raises Overtaken where the turn is over."""
        mine = type(self)._default_manager.filter(pk=self.pk, turn=self.turn, state=self.State.RUNNING)
        if not mine.update(beat_at=timezone.now(), **values):
            raise Overtaken
        for name, value in values.items():
            setattr(self, name, value)

    @property
    def is_under_way(self) -> bool:
        """Whether it is to be done, or is being done."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


class PreparedFile(Work):
    """A file that the worker writes for one person, who has it for a while."""

    # How much of it is written, in whatever its writer counts.
    written = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    file = models.FileField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    expires_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        abstract = True

    @property
    def is_ready(self) -> bool:
        """Whether it can be had now."""
        until = self.expires_at if self.state == self.State.DONE else None
        return until is not None and until > timezone.now()


class Download(PreparedFile):
    """All that one person wrote, as one file for themselves: messages, counted twice, and files."""

    def __str__(self) -> str:
        return f"the download of {self.person_id}"

    @property
    def file_name(self) -> str:
        """What its owner gets it as."""
        return f"parley-{self.person.username}-{timezone.localdate(self.asked_at):%Y-%m-%d}.zip"


class Departure(Work):
    """Somebody has left for good: their row of `Person` is empty, and stays for what they wrote."""

    removes_messages = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"the departure of {self.person_id}"
