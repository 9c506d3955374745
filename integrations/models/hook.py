"""Incoming hooks: addresses at which a program speaks in one room, as a bot of its own."""

import secrets

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import LineField

# As long, and of such letters, as Mattermost's: programs that check a key before they use it accept it.
KEY_LENGTH = 26
KEY_LETTERS = "abcdefghijkmnopqrstuvwxyz23456789"


def new_key() -> str:
    """A key that nobody guesses: 131 bits."""
    return "".join(secrets.choice(KEY_LETTERS) for _ in range(KEY_LENGTH))


class Hook(models.Model):
    """An address at which a program speaks in `room`, as `bot`, with the rights of `maker`.

    Its key is stored as it is: the address is shown again to the room's moderators, as in Slack and
    Mattermost, since it is copied into tools one by one; and GitHub's signature is checked with a secret that
    a digest could not stand for. Whoever reads this table reads all messages besides; whoever has the key
    alone may say something in one room, until a moderator makes a new one.
    """

    class Kind(models.TextChoices):
        CHAT = "chat", _("Messages, as for Slack or Mattermost")
        GITHUB = "github", "GitHub"
        GITLAB = "gitlab", "GitLab"
        ALERTMANAGER = "alertmanager", "Alertmanager"
        GRAFANA = "grafana", "Grafana"
        SENTRY = "sentry", "Sentry"

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="hooks")
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    bot = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CHAT)
    name = LineField(max_length=60, validators=[ProhibitNullCharactersValidator()])
    key = models.CharField(max_length=KEY_LENGTH, unique=True, default=new_key, editable=False)
    # What the other side signs with, or shows; where it is empty the key is all that is asked for.
    secret = models.CharField(max_length=200, blank=True, validators=[ProhibitNullCharactersValidator()])
    # Where it is told which of its buttons is pressed, in Slack's shape; Mattermost's say it themselves.
    buttons_to = models.URLField(max_length=500, blank=True, validators=[ProhibitNullCharactersValidator()])
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where it listens, as to Mattermost; or to what it is for."""
        return reverse("incoming", args=[self.key])

    @property
    def slack_path(self) -> str:
        """Where it listens as to Slack."""
        return reverse("incoming_slack", args=[f"T{self.room_id}", f"B{self.pk}", self.key])
