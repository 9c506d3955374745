"""What people want to be told, by which ways, and what waits for its time."""

import datetime

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import mail_problems
from notifications import outcomes

# Minutes that somebody may let pass, in which they may read it themselves; null is never.
DELAYS = (1, 2, 10, 60)
USUAL_DELAY = 10
AT_ONCE = 1
# Words that somebody may watch, and characters of each.
WORDS_AT_MOST = 20
WORD_LENGTH = (2, 50)
# When a test of which nothing was heard is lost: longer than the worker is behind with anything.
LOST_TEST = datetime.timedelta(minutes=5)


class MailPreferences(models.Model):
    """Of what somebody wants a mail, and when. Who has no row wants what is usual."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preferences", primary_key=True
    )
    after_minutes = models.PositiveSmallIntegerField(null=True, blank=True, default=USUAL_DELAY)
    direct = models.BooleanField(_("direct messages"), default=True)
    mentions = models.BooleanField(_("what names, answers or calls me"), default=True)
    threads = models.BooleanField(_("answers in threads I follow"), default=True)
    # In the zone of the person; from after until is over midnight, and null is no quiet.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    # Days of the week, of ISO 8601, on which nothing is told: "67" is the weekend.
    quiet_days = models.CharField(max_length=7, blank=True, default="")
    # Whether what is due waits while they look at a page here; null is so for what is told at once.
    waits = models.BooleanField(null=True, blank=True)
    # Why their address gets no mail: until they ask again, or confirm another (refusals.py).
    refused = models.TextField(blank=True, validators=[MaxLengthValidator(300)], editable=False)
    # On how many days a mail came back that may arrive on another, and when the last of them was.
    bounces = models.PositiveSmallIntegerField(default=0, editable=False)
    bounced_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "mail preferences"

    def __str__(self) -> str:
        return f"what {self.person} is mailed"

    @property
    def why_refused(self) -> str:
        """Why their address gets no mail, in the current language."""
        return outcomes.in_words(mail_problems.in_words(self.refused))


class WatchedWord(models.Model):
    """A word, or some in a row, of which somebody wants to hear wherever it is said in their rooms."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watched")
    text = models.CharField(max_length=WORD_LENGTH[1])

    def __str__(self) -> str:
        return f"a word that {self.person_id} watches"


class Waiting(models.Model):
    """What somebody is to be told: it waits for its time, or for the other side."""

    # When it may be sent; who takes it to do so puts that off, so that nobody else does.
    due_at = models.DateTimeField(db_index=True)
    # Since when, and how often, the other side has not taken it; and what it said.
    failing_since = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    class Meta:
        abstract = True


class WaitingMessages(Waiting):
    """The same, of what was said in one conversation."""

    # The numbers of the first and the last message that it is about.
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()

    class Meta:
        abstract = True


class PendingMail(WaitingMessages):
    """A mail about one conversation that waits: for the time that its person gave, or for the mail server."""

    membership = models.OneToOneField(
        "rooms.Membership", on_delete=models.CASCADE, related_name="pending_mail"
    )

    def __str__(self) -> str:
        return f"messages {self.first} to {self.last}, for {self.membership}"

    @property
    def why(self) -> str:
        """The problem, in the current language."""
        return mail_problems.in_words(self.problem)


class Way(models.Model):
    """How somebody is told besides by mail. Nothing that is secret is in its text."""

    class Kind(models.TextChoices):
        NTFY = "ntfy", "ntfy"
        GOTIFY = "gotify", "Gotify"
        WEBHOOK = "webhook", _("Webhook")

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
    def why_refused(self) -> str:
        """Why nothing goes there, in the current language."""
        return outcomes.in_words(self.refused)

    @property
    def test_result(self) -> str:
        """What became of the last test, in the current language."""
        return outcomes.in_words(self.tested)

    @property
    def is_being_tested(self) -> bool:
        """Whether a test is on its way; one whose worker ended is so no longer, after a while."""
        return bool(self.tested_at and not self.tested and timezone.now() - self.tested_at < LOST_TEST)


class PendingDelivery(WaitingMessages):
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


class ReminderMail(Waiting):
    """A mail about a reminder that is due, and that its person has not looked at."""

    reminder = models.OneToOneField("rooms.Reminder", on_delete=models.CASCADE, related_name="mail")

    def __str__(self) -> str:
        return f"a mail about {self.reminder}"


class ReminderDelivery(Waiting):
    """The same, by another way."""

    reminder = models.ForeignKey("rooms.Reminder", on_delete=models.CASCADE, related_name="deliveries")
    way = models.ForeignKey(Way, on_delete=models.CASCADE, related_name="reminders")

    class Meta:
        verbose_name_plural = "reminder deliveries"
        constraints = (models.UniqueConstraint(fields=("way", "reminder"), name="reminded_once"),)

    def __str__(self) -> str:
        return f"{self.reminder}, by {self.way}"


class Digest(Waiting):
    """A mail of what somebody has not read, that they asked for: each day, or once a week."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Once a week")

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest")
    rhythm = models.CharField(max_length=6, choices=Rhythm.choices)
    # Monday is 0; the hour is that of the person's clock.
    weekday = models.PositiveSmallIntegerField(default=0)
    hour = models.PositiveSmallIntegerField(default=9)
    # Which one is next: `due_at` is later where it is put off. And from when on it tells what was said.
    slot = models.DateTimeField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"the digest of {self.person}"


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


class MemberFeed(models.Model):
    """The secret address at which a member reads a room: it goes with their membership."""

    membership = models.OneToOneField(
        "rooms.Membership", on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    # SHA-256 of the secret, in hexadecimal.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"the feed of membership {self.membership_id}"


class ReplyAddress(models.Model):
    """The address by which one person answers in one room, or thread: what its secret is made into."""

    # SHA-256 of the secret, in hexadecimal.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="+")
    thread = models.ForeignKey(
        "rooms.Message", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "reply addresses"

    def __str__(self) -> str:
        return f"an address of {self.person} for {self.room}"


class TakenMail(models.Model):
    """A mail that came to such an address: it is not taken a second time."""

    address = models.ForeignKey(ReplyAddress, on_delete=models.CASCADE, related_name="taken")
    # SHA-256 of its Message-ID, in hexadecimal.
    key = models.CharField(max_length=64, editable=False)
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("address", "key"), name="taken_once"),)

    def __str__(self) -> str:
        return f"a mail to {self.address}"


class Gathered(models.Model):
    """How far the messages of the site were looked at: one row."""

    last_message_id = models.PositiveBigIntegerField()

    class Meta:
        verbose_name_plural = "gathered"

    def __str__(self) -> str:
        return f"up to message {self.last_message_id}"
