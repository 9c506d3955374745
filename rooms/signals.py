"""Which rooms a new person finds themselves in."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import Person
from live import feeds
from rooms import actions
from rooms.feed import RoomFeed
from rooms.models import Membership, Room

feeds.register("room", RoomFeed())


@receiver(post_save, sender=Person)
def welcome(instance: Person, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Put a new person in the rooms for everyone; the first one of a site founds `general`."""
    if not created or raw:
        return
    if not Room.objects.exists():
        actions.create_room(instance, "general", "What everybody should hear", for_everyone=True)
        return
    Membership.objects.bulk_create(
        [Membership(room=room, person=instance) for room in Room.objects.filter(for_everyone=True)],
        ignore_conflicts=True,
    )
