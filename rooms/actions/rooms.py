"""Rooms are made, joined and left."""

from functools import partial

from django.db import IntegrityError, transaction

from accounts.models import Person
from live import bus
from rooms import broadcasts
from rooms.actions.rejected import Rejected
from rooms.models import Membership, Room
from rooms.models.room import free_slug

# How often a new room's slug may be taken from under us before we give up.
SLUG_TRIES = 5


def create_room(person: Person, name: str, topic: str = "", *, for_everyone: bool = False) -> Room:
    """A new open room, with `person` in it as its moderator."""
    for attempt in range(SLUG_TRIES):
        try:
            return _create_room(person, name, topic, for_everyone)
        except IntegrityError:
            # Somebody took the slug between our look and our insert.
            if attempt == SLUG_TRIES - 1:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _create_room(person: Person, name: str, topic: str, for_everyone: bool) -> Room:
    room = Room.objects.create(
        name=name, slug=free_slug(name), topic=topic, created_by=person, for_everyone=for_everyone
    )
    Membership.objects.create(room=room, person=person, role=Membership.Role.MODERATOR)
    transaction.on_commit(partial(broadcasts.rooms_changed, person.pk))
    return room


@transaction.atomic
def join_room(person: Person, room: Room) -> Membership:
    """Put `person` in `room`, with all that was said read; nothing happens if they are in it already."""
    if room.kind == Room.Kind.OPEN:
        membership, is_new = Membership.objects.get_or_create(
            room=room, person=person, defaults={"read": room.posts}
        )
        if is_new:
            transaction.on_commit(partial(broadcasts.rooms_changed, person.pk))
        return membership
    there = Membership.objects.filter(room=room, person=person).first()
    if there is None:
        raise Rejected("That room is by invitation.")
    return there


@transaction.atomic
def leave_room(membership: Membership) -> None:
    """Take a person out of a room, and their open pages of it with them."""
    membership.delete()
    transaction.on_commit(partial(bus.close_place, membership.room.group, membership.person_id))
    transaction.on_commit(partial(broadcasts.rooms_changed, membership.person_id))
