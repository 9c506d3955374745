"""Messages that people report, and what of somebody's is removed all at once."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> "ReportQuerySet":
        """Those that nobody has looked into."""
        return self.filter(resolved_at=None)


class Report(models.Model):
    """Somebody found that a message should not stand."""

    class Outcome(models.TextChoices):
        REMOVED = "removed", _("the message was removed")
        REMOVED_ALL = "removed all", _("messages of theirs were removed")
        MUTED = "muted", _("they were muted")
        BANNED = "banned", _("they were banned")
        DISMISSED = "dismissed", _("it stands")

    message = models.ForeignKey("rooms.Message", on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    words = models.CharField(max_length=500, blank=True)
    # What the message said: it may be edited or deleted before somebody looks.
    body = models.TextField(blank=True)
    reported_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    outcome = models.CharField(max_length=11, blank=True, choices=Outcome.choices)

    objects = ReportQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=("reported_at",), name="report_queue", condition=models.Q(resolved_at__isnull=True)
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("message", "reporter"),
                condition=models.Q(resolved_at__isnull=True),
                name="one_open_report_each",
            ),
        )

    def __str__(self) -> str:
        return f"report {self.pk} of message {self.message_id}"


class Removal(models.Model):
    """All messages of somebody from a moment on are to be removed: until it is done, the worker goes on."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Null is ever; what is said after it was asked for stays.
    since = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    removed = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("id",), name="removal_undone", condition=models.Q(done_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"removal {self.pk} of messages of person {self.person_id}"
