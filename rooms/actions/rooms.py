"""Rooms are made, joined and left."""

from functools import partial

from django.db import IntegrityError, transaction

from accounts.models import Person
from live import bus
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
    return room


def join_room(person: Person, room: Room) -> Membership:
    """Put `person` in `room`; nothing happens where they are in it already."""
    if room.kind == Room.Kind.OPEN:
        return Membership.objects.get_or_create(room=room, person=person)[0]
    membership = Membership.objects.filter(room=room, person=person).first()
    if membership is None:
        raise Rejected("That room is by invitation.")
    return membership


@transaction.atomic
def leave_room(membership: Membership) -> None:
    """Take a person out of a room, and their open pages of it with them."""
    membership.delete()
    transaction.on_commit(partial(bus.close_place, membership.room.group, membership.person_id))
