"""Who is connected: a row a socket, and a lease a process."""

import datetime
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection, models
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# A process renews its lease three times in its length, so one missed turn is no news.
LEASE = datetime.timedelta(seconds=15)
# A reload, or a walk from room to room, takes less than this and is no news.
GRACE = datetime.timedelta(seconds=5)
# A restart of the server closes everybody's sockets: they get as long as a lease to return.
RESTART_GRACE = LEASE
# How long /connection/ remembers.
LOG_KEPT = datetime.timedelta(days=1)
# And how many lines of it the page shows.
LOG_LENGTH = 50
# How long the row of a socket stays that is not in the log: until every process has seen that it ended.
UNLOGGED_KEPT = datetime.timedelta(minutes=5)

# https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1, and our own beyond 4000 (live/hub.py).
CLOSE_WORDS: dict[int, str | Promise] = {
    1000: _("ended by the page"),
    1001: _("the page was left"),
    1005: _("the page was left"),
    1006: _("cut off"),
    1009: _("too big"),
    1011: _("no answer"),
    1012: _("the server restarted"),
    1013: _("the session was renewed"),
    4401: _("signed out"),
    4403: _("no longer a member"),
    4408: _("too slow"),
    4429: _("too fast, or too many"),
}


class Process(models.Model):
    """A server process that holds sockets, for as long as its lease runs."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    started_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "processes"

    def __str__(self) -> str:
        return f"process {str(self.id)[:8]}"


class PresenceRevision(models.Model):
    """How often the rows of who is connected have changed: one row, of one number."""

    latest = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"revision {self.latest}"

    @classmethod
    def advance(cls) -> int:
        """The number of a change that is there from the end of this transaction on.

        The row stays locked until then, so such changes are committed in the order of their numbers: who
        knows all up to one has missed none before it.
        """
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE live_presencerevision SET latest = latest + 1 WHERE id = 1 RETURNING latest"
                )
                if found := cursor.fetchone():
                    return found[0]
            PresenceRevision.objects.bulk_create([PresenceRevision(pk=1)], ignore_conflicts=True)


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def change(self, **values: Any) -> int:
        """Let them be otherwise, and every process see it: in a transaction. Two queries; how many."""
        return self.update(revision=PresenceRevision.advance(), **values)

    def present(self, now: datetime.datetime) -> "ConnectionQuerySet":
        """Those that count at `now`: open in a living process, or closed within their grace."""
        return self.filter(
            Q(present_until__isnull=True, process__lease_until__gt=now) | Q(present_until__gt=now)
        )

    def abandoned(self, now: datetime.datetime) -> "ConnectionQuerySet":
        """Those left open by a process whose lease ran out."""
        return self.filter(closed_at__isnull=True, process__lease_until__lte=now)

    def open_of(self, people: Iterable[int]) -> dict[int, int]:
        """How many sockets each of `people` has open in living processes. One query."""
        mine = self.filter(person__in=people, present_until__isnull=True)
        counted = mine.filter(process__lease_until__gt=timezone.now()).values("person")
        return dict(counted.annotate(count=Count("pk")).values_list("person", "count"))

    def last_of(self, sessions: Iterable[str]) -> list[tuple[str, bool, datetime.datetime | None]]:
        """By digest, whether a socket of each session is open, and when the last was closed. One query."""
        is_open = Q(present_until__isnull=True, process__lease_until__gt=timezone.now())
        found = (
            self.filter(session__in=sessions)
            .values("session")
            .annotate(open=Count("pk", filter=is_open), last=Max("closed_at"))
        )
        return [
            (session, bool(count), last)
            for session, count, last in found.values_list("session", "open", "last")
        ]

    def of_session(self, session: str) -> "ConnectionQuerySet":
        """One session's connections, the newest first."""
        return self.filter(session=session).order_by("-id")


class Connection(models.Model):
    """One socket of one person: the truth behind presence, and the log at /connection/.

    Its process is that which holds it: none once it has ended.
    """

    process = models.ForeignKey(Process, null=True, on_delete=models.SET_NULL, related_name="connections")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="connections")
    session = models.CharField(max_length=64, help_text="A digest of the session's key.")
    place = models.CharField(
        max_length=80, blank=True, help_text="The group this socket is in, such as room-7."
    )
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_code = models.PositiveSmallIntegerField(null=True, blank=True)
    # Open while null; afterwards, the end of the grace in which the person still counts as here.
    present_until = models.DateTimeField(null=True, blank=True)
    # Whether nobody has looked at the page for a while (live/away.py).
    is_away = models.BooleanField(default=False, editable=False)
    # The number of the last change of this row (live/presence.py).
    revision = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    # Whether its end is kept as long as the log is: not where too many ended at once.
    is_logged = models.BooleanField(default=True, db_default=True, editable=False)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=("person",), name="connection_open_of", condition=Q(present_until__isnull=True)
            ),
            models.Index(fields=("present_until",), name="connection_grace"),
            models.Index(fields=("session", "-id"), name="connection_log"),
            models.Index(fields=("closed_at",), name="connection_closed"),
            models.Index(fields=("closed_at",), name="connection_unlogged", condition=Q(is_logged=False)),
            models.Index(fields=("revision",), name="connection_revision"),
        )

    def __str__(self) -> str:
        return f"connection {self.pk}"

    @property
    def lasted(self) -> datetime.timedelta | None:
        """How long it was open, in whole seconds; nothing while it is."""
        if self.closed_at is None:
            return None
        return datetime.timedelta(seconds=round((self.closed_at - self.opened_at).total_seconds()))

    @property
    def ended_how(self) -> str:
        """The close code in words."""
        if self.closed_at is None:
            return gettext("open")
        words = CLOSE_WORDS.get(self.close_code or 0)
        return str(words) if words else gettext("code %(number)s") % {"number": self.close_code}
