"""What people want to be told, and the mails that wait for their time."""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models

# Minutes that somebody may let pass, in which they may read it themselves; null is never.
DELAYS = (1, 2, 10, 60)
USUAL_DELAY = 10


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


class PendingMail(models.Model):
    """A mail about one conversation that waits: for the time that its person gave, or for the mail server."""

    membership = models.OneToOneField(
        "rooms.Membership", on_delete=models.CASCADE, related_name="pending_mail"
    )
    # The numbers of the first and the last message that it is about.
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    # When it may be sent; who takes it to do so puts that off, so that nobody else does.
    due_at = models.DateTimeField(db_index=True)
    # Since when, and how often, the mail server has not taken it; and what it said.
    failing_since = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"messages {self.first} to {self.last}, for {self.membership}"


class Gathered(models.Model):
    """How far the messages of the site were looked at: one row."""

    last_message_id = models.PositiveBigIntegerField()

    class Meta:
        verbose_name_plural = "gathered"

    def __str__(self) -> str:
        return f"up to message {self.last_message_id}"
