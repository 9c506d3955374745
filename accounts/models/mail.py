"""The mails that wait to be sent."""

import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.mail_problems import in_words


class MailQuerySet(models.QuerySet["Mail"]):
    def waiting(self) -> "MailQuerySet":
        """Those that will be tried, the oldest first."""
        return self.filter(given_up_at=None).order_by("queued_at", "pk")

    def due(self, now: datetime.datetime) -> "MailQuerySet":
        """Those whose time has come."""
        return self.filter(given_up_at=None, due_at__lte=now).order_by("due_at", "pk")

    def given_up(self) -> "MailQuerySet":
        """Those that are tried no more, the newest first."""
        return self.exclude(given_up_at=None).order_by("-given_up_at", "-pk")


class Mail(models.Model):
    """A mail to one address, from when it is asked for to when the mail server has it; then it is gone."""

    class Kind(models.TextChoices):
        # What stands in it is in it; or is made by the worker, when it sends it, of `details`.
        PLAIN = "plain", _("as it is")
        RESET = "reset", _("a link to a new password")
        CODE = "code", _("a code to sign in with")

    to = models.CharField(max_length=320)
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.PLAIN)
    subject = models.TextField(blank=True)
    body = models.TextField(blank=True)
    html = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    queued_at = models.DateTimeField(default=timezone.now)
    # When it may be tried; who takes it to do so puts that off, so that nobody else does.
    due_at = models.DateTimeField(default=timezone.now)
    # How often the mail server has not taken it, when last, and why, in words.
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("given_up_at", "due_at"), name="mail_due"),)

    def __str__(self) -> str:
        return f"a mail to {self.to}"

    @property
    def about(self) -> str:
        """What it is about: its subject, which holds no secret."""
        return self.subject or self.get_kind_display().capitalize()

    @property
    def why(self) -> str:
        """The problem, in the current language."""
        return in_words(self.problem)
