"""Outgoing hooks: addresses elsewhere that are told what people say in a room, or ask by a command."""

import secrets

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import LineField
from rooms.files.signing import new_signing_secret

TEXT = [ProhibitNullCharactersValidator()]


def new_token() -> str:
    """What a hook shows of itself, as Slack's and Mattermost's do."""
    return secrets.token_hex(16)


class OutgoingHook(models.Model):
    """An address elsewhere that hears of `room`; what it answers `bot` says, with the rights of `maker`.

    Its token and its secret are sent along, or signed with: neither could be stored as a digest.
    """

    class Kind(models.TextChoices):
        MESSAGES = "messages", _("What people say here")
        COMMAND = "command", _("A command")

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="outgoing_hooks")
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    bot = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.MESSAGES)
    name = LineField(max_length=60, validators=TEXT)
    address = models.URLField(max_length=500, validators=TEXT)
    # The words with which a message begins that it is told of, all where there are none; or a command's name.
    words = LineField(max_length=200, blank=True, validators=TEXT)
    # What /help says of a command.
    hint = LineField(max_length=100, blank=True, validators=TEXT)
    token = models.CharField(max_length=32, default=new_token, editable=False)
    secret = models.CharField(max_length=100, default=new_signing_secret, editable=False)
    # Since when it has not answered, and what it said last; since when it is not asked any longer.
    failing_since = models.DateTimeField(null=True, editable=False)
    problem = LineField(max_length=200, blank=True, editable=False)
    off_at = models.DateTimeField(null=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def triggers(self) -> list[str]:
        """The words that it listens for, in small letters."""
        return self.words.lower().replace(",", " ").split()
