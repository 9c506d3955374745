"""What of notifications hears of what happens in `accounts`: all that is hung up there, in one list."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import Departure
from notifications.models import Feed, Way


@receiver(post_save, sender=Departure)
def forget_ways(instance: Departure, **kwargs: Any) -> None:
    """Whoever leaves for good leaves no secret of theirs behind, and what waits is told to nobody."""
    Way.objects.filter(person=instance.person_id).delete()
    Feed.objects.filter(person=instance.person_id).delete()
