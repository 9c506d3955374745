"""What people want to be told, by which ways, and what waits for its time."""

import datetime

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone

# Minutes that somebody may let pass, in which they may read it themselves; null is never.
DELAYS = (1, 2, 10, 60)
USUAL_DELAY = 10
# When a test of which nothing was heard is lost: longer than the worker is behind with anything.
LOST_TEST = datetime.timedelta(minutes=5)


class MailPreferences(models.Model):
    """Of what somebody wants a mail, and when. Who has no row wants what is usual."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preferences", primary_key=True
    )
    after_minutes = models.PositiveSmallIntegerField(null=True, blank=True, default=USUAL_DELAY)
    direct = models.BooleanField("direct messages", default=True)
    mentions = models.BooleanField("what names, answers or calls me", default=True)
    # In the zone of the person; from after until is over midnight, and null is no quiet.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    # What the mail server said of their address: until they ask again, there is no mail.
    refused = models.TextField(blank=True, validators=[MaxLengthValidator(200)], editable=False)

    class Meta:
        verbose_name_plural = "mail preferences"

    def __str__(self) -> str:
        return f"what {self.person} is mailed"


class Waiting(models.Model):
    """What somebody is to be told of one conversation: it waits for its time, or for the other side."""

    # The numbers of the first and the last message that it is about.
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    # When it may be sent; who takes it to do so puts that off, so that nobody else does.
    due_at = models.DateTimeField(db_index=True)
    # Since when, and how often, the other side has not taken it; and what it said.
    failing_since = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        abstract = True


class PendingMail(Waiting):
    """A mail about one conversation that waits: for the time that its person gave, or for the mail server."""

    membership = models.OneToOneField(
        "rooms.Membership", on_delete=models.CASCADE, related_name="pending_mail"
    )

    def __str__(self) -> str:
        return f"messages {self.first} to {self.last}, for {self.membership}"


class Way(models.Model):
    """How somebody is told besides by mail. Nothing that is secret is in its text."""

    class Kind(models.TextChoices):
        NTFY = "ntfy", "ntfy"
        GOTIFY = "gotify", "Gotify"
        WEBHOOK = "webhook", "Webhook"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ways")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    # Of a server, or the webhook's own; and of ntfy the topic there.
    address = models.URLField(max_length=500)
    topic = models.CharField(max_length=64, blank=True)
    # What the server wants to see, or what a webhook is signed with.
    secret = models.CharField(max_length=200, blank=True, editable=False)
    after_minutes = models.PositiveSmallIntegerField(default=USUAL_DELAY)
    with_text = models.BooleanField(default=False)
    # Why nothing goes there any longer: until it is saved, or a test has arrived.
    refused = models.TextField(blank=True, validators=[MaxLengthValidator(300)], editable=False)
    # What became of the last test, and when; a test that is on its way has no words yet.
    tested_at = models.DateTimeField(null=True, blank=True, editable=False)
    tested = models.TextField(blank=True, validators=[MaxLengthValidator(300)], editable=False)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.person}"

    @property
    def is_being_tested(self) -> bool:
        """Whether a test is on its way; one whose worker ended is so no longer, after a while."""
        return bool(self.tested_at and not self.tested and timezone.now() - self.tested_at < LOST_TEST)


class PendingDelivery(Waiting):
    """What is to go one way about one conversation, as a PendingMail goes by mail."""

    way = models.ForeignKey(Way, on_delete=models.CASCADE, related_name="pending")
    membership = models.ForeignKey(
        "rooms.Membership", on_delete=models.CASCADE, related_name="pending_deliveries"
    )

    class Meta:
        verbose_name_plural = "pending deliveries"
        constraints = (models.UniqueConstraint(fields=("way", "membership"), name="delivered_once"),)

    def __str__(self) -> str:
        return f"messages {self.first} to {self.last}, for {self.membership}, by {self.way}"


class Feed(models.Model):
    """The secret address at which somebody's mentions are read: what it is made into, not the secret."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feed", primary_key=True
    )
    # SHA-256 of the secret, in hexadecimal.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"the feed of {self.person}"


class Gathered(models.Model):
    """How far the messages of the site were looked at: one row."""

    last_message_id = models.PositiveBigIntegerField()

    class Meta:
        verbose_name_plural = "gathered"

    def __str__(self) -> str:
        return f"up to message {self.last_message_id}"
