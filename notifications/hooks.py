"""What of notifications hears of what happens in `accounts`: all that is hung up there, in one list."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import Departure
from notifications import refusals, reminding
from notifications.models import Digest, Feed, MemberFeed, ReplyAddress, WatchedWord, Way
from rooms.actions.reminders import reminder_rung

# A reminder is due.
reminder_rung.connect(reminding.note)


@receiver(post_save, sender=EmailAddress)
def begin_again(instance: EmailAddress, **kwargs: Any) -> None:
    """Another address takes mail, whatever the one before did; so does one that was confirmed since."""
    if instance.primary and instance.verified:
        refusals.begin_again(instance.user)


@receiver(post_save, sender=Departure)
def forget_ways(instance: Departure, **kwargs: Any) -> None:
    """Whoever leaves for good leaves no secret of theirs behind, and what waits is told to nobody."""
    Way.objects.filter(person=instance.person_id).delete()
    Feed.objects.filter(person=instance.person_id).delete()
    MemberFeed.objects.filter(membership__person=instance.person_id).delete()
    ReplyAddress.objects.filter(person=instance.person_id).delete()
    Digest.objects.filter(person=instance.person_id).delete()
    WatchedWord.objects.filter(person=instance.person_id).delete()
