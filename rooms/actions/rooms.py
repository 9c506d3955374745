"""Rooms are made and changed, joined and left.

That lists of rooms change with it is counted and told where memberships and rooms are stored
(rooms/signals.py): there are other doors than these.
"""

from collections.abc import Collection

from django.db import IntegrityError, transaction

from accounts.models import Community, Person
from rooms.actions.rejected import Rejected
from rooms.models import Membership, Room
from rooms.models.room import free_slug

# How often a new room's slug may be taken from under us before we give up.
SLUG_TRIES = 5


def create_room(person: Person, name: str, topic: str = "", *, for_everyone: bool = False) -> Room:
    """A new open room, with `person` in it as its moderator."""
    return add_room(person, Room(name=name, topic=topic, for_everyone=for_everyone))


def may_make_rooms(person: Person, community: Community) -> bool:
    """Whether `person` may make a room: the community says who."""
    return person.keeps_order or (not person.is_guest and community.rooms_by_all)


def add_room(person: Person, room: Room) -> Room:
    """Store a new room, which lacks a slug alone, with `person` in it as its moderator."""
    for attempt in range(SLUG_TRIES):
        try:
            return _add_room(person, room)
        except IntegrityError:
            # Somebody took the slug between our look and our insert.
            if attempt == SLUG_TRIES - 1:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _add_room(person: Person, room: Room) -> Room:
    room.slug, room.created_by = free_slug(room.name), person
    room.save(force_insert=True)
    Membership.objects.create(room=room, person=person, role=Membership.Role.MODERATOR)
    return room


@transaction.atomic
def edit_room(room: Room, fields: Collection[str]) -> None:
    """Store these fields of `room`; its open pages, and the lists of its members, show what changes there."""
    room.save(update_fields=fields)


@transaction.atomic
def join_room(person: Person, room: Room) -> Membership:
    """Put `person` in `room`, with all that was said read; nothing happens if they are in it already."""
    if room.kind == Room.Kind.OPEN and not person.is_guest:
        membership, _ = Membership.objects.get_or_create(
            room=room, person=person, defaults={"read": room.posts}
        )
        return membership
    there = Membership.objects.filter(room=room, person=person).first()
    if there is None:
        raise Rejected("That room is by invitation.")
    return there


@transaction.atomic
def leave_room(membership: Membership) -> None:
    """Take a person out of a room, and their open pages of it with them."""
    membership.delete()
