"""Which rooms a new person finds themselves in, and what goes with a room, a membership, and a file.

Whoever comes into a room or goes out of it, by whatever door, passes here: a page or a command, the
administration, a shell, the deletion of the room.
"""

from collections.abc import Collection
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver

from accounts import stored_files
from accounts.models import Person, PersonQuerySet, admitted
from live import bus
from rooms import broadcasts, events
from rooms.actions.rooms import create_room
from rooms.models import Attachment, Membership, Preview, Room, room_lists
from rooms.models.authorship import HasWritten
from rooms.models.room import RoomQuerySet, count_change_for_members, room_group

# Whose deletion takes memberships with it, all of them at once: nothing is counted for each.
WHOLE = (Person, PersonQuerySet, Room, RoomQuerySet)


@receiver(post_save, sender=Person)
def welcome(instance: Person, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Put a new person in the rooms for everyone; the first one of a site founds `general`."""
    if not created or raw or instance.awaits:
        return
    if not Room.objects.exists():
        create_room(instance, "general", "What everybody should hear", for_everyone=True)
        return
    put_in_rooms(instance)


@receiver(pre_delete, sender=Person)
def keep_conversations(instance: Person, **kwargs: Any) -> None:
    """A direct conversation is the others' as well, who would be there with nobody. Raises HasWritten."""
    if Membership.objects.filter(person=instance, room__kind=Room.Kind.DIRECT, room__posts__gt=0).exists():
        raise HasWritten


@receiver(admitted)
def put_in_rooms(person: Person, rooms: Collection[int] = (), **kwargs: Any) -> None:
    """Somebody new is in the rooms that they find: those for everyone, unless a guest, and those named."""
    found = Q(pk__in=rooms) if person.is_guest else Q(pk__in=rooms) | Q(for_everyone=True)
    Membership.objects.bulk_create(
        [Membership(room=room, person=person, read=room.posts) for room in Room.objects.filter(found)],
        ignore_conflicts=True,
    )


@receiver(post_save, sender=Membership)
def list_room(instance: Membership, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """A room is in somebody's list that was not there before."""
    if created and not raw:
        room_lists.count_change_of_lists([instance.person_id])


@receiver(post_delete, sender=Membership)
def unlist_room(instance: Membership, origin: object, **kwargs: Any) -> None:
    """Their open pages of the room are closed, and it is in their list no longer."""
    if not isinstance(origin, WHOLE):
        room_lists.count_change_of_lists([instance.person_id])
        transaction.on_commit(partial(bus.close_place, room_group(instance.room_id), instance.person_id))


@receiver(pre_delete, sender=Room)
def empty(instance: Room, **kwargs: Any) -> None:
    """All go out of a room that is deleted. Three queries, whatever their number."""
    count_change_for_members([instance.pk])
    transaction.on_commit(partial(bus.close_place, instance.group, None))


@receiver(room_lists.room_changed)
def tell_of_room(room: Room, **kwargs: Any) -> None:
    """Its open pages show it as it is now."""
    transaction.on_commit(partial(broadcasts.room_changed, room), robust=True)


@receiver(room_lists.lists_changed)
def tell_of_lists(people: Collection[int], **kwargs: Any) -> None:
    """The open pages of these people show their rooms as they are now."""
    transaction.on_commit(partial(events.publish_rooms_changed, people))


@receiver(post_delete, sender=Attachment)
@receiver(post_delete, sender=Preview)
def forget_files(instance: Attachment | Preview, **kwargs: Any) -> None:
    """Delete what is stored of a row, however that went: with a message, a room or a person."""
    stored_files.forget(*instance.stored_names)
