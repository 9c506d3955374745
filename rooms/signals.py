"""Which rooms a new person finds themselves in, and what goes with the row of a file."""

from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts.models import Person
from live import feeds
from rooms import actions
from rooms.feed import RoomFeed
from rooms.models import Attachment, Membership, Room

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
        [
            Membership(room=room, person=instance, read=room.posts)
            for room in Room.objects.filter(for_everyone=True)
        ],
        ignore_conflicts=True,
    )


@receiver(post_delete, sender=Attachment)
def forget_files(instance: Attachment, **kwargs: Any) -> None:
    """Delete what is stored of an attachment, however its row went: with a message, a room or a person."""
    for file in (instance.file, instance.thumbnail):
        if file.name:
            transaction.on_commit(partial(default_storage.delete, file.name), robust=True)
