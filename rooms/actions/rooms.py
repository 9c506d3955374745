"""Rooms are made and changed, joined, archived and deleted.

That lists of rooms change with it is counted and told where memberships and rooms are stored
(rooms/signals.py): there are other doors than these.
"""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Community, Person
from rooms.access import moderates
from rooms.actions.members import put_in
from rooms.actions.muting import check_may_write
from rooms.actions.notices import post_notice
from rooms.actions.rejected import Rejected, refuse_archived
from rooms.models import Membership, Message, Room, RoomAddress
from rooms.models.room import free_slug

# How often a new room's slug may be taken from under us before we give up.
SLUG_TRIES = 5
ONLY_MODERATORS = gettext_lazy("Only a moderator of this room can change it.")


def create_room(person: Person, name: str, topic: str = "", **fields: object) -> Room:
    """A new room, open unless `kind` says otherwise, with `person` in it as a moderator. Raises Rejected."""
    return add_room(person, Room(name=name, topic=topic, **fields))


def may_make_rooms(person: Person, community: Community) -> bool:
    """Whether `person` may make a room: the community says who."""
    return person.keeps_order or (not person.is_guest and community.rooms_by_all)


def add_room(person: Person, room: Room) -> Room:
    """Store a new room, which lacks a slug alone, with `person` in it as a moderator. Raises Rejected."""
    check_may_write(person)
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


# What a quiet line says of a change, by the field.
NOTICES = {"name": Message.Notice.RENAMED, "topic": Message.Notice.TOPIC}
KIND_NOTICES = {Room.Kind.OPEN: Message.Notice.OPENED, Room.Kind.CLOSED: Message.Notice.CLOSED}


@transaction.atomic
def change_room(membership: Membership, room: Room, fields: Collection[str]) -> None:
    """Store these fields of `room`, as a moderator may, and say in it what was changed.

    Where its slug is another, the old address leads on. Raises Rejected, IntegrityError where a slug was
    taken meanwhile, NotFound.
    """
    if not moderates(membership):
        raise Rejected(ONLY_MODERATORS)
    check_may_write(membership.person)
    refuse_archived(membership.room)
    before = Room.objects.select_for_update().get(pk=room.pk)
    changed = {name for name in fields if getattr(before, name) != getattr(room, name)}
    if not changed:
        return
    if "slug" in changed:
        _keep_address(room, before.slug)
    edit_room(room, changed)
    for name in sorted(changed & NOTICES.keys()):
        post_notice(room, membership.person, NOTICES[name], words=getattr(room, name))
    if "kind" in changed:
        post_notice(room, membership.person, KIND_NOTICES[Room.Kind(room.kind)])


def _keep_address(room: Room, old: str) -> None:
    """Let the address `old` lead on to `room`, and the new one be its own."""
    RoomAddress.objects.filter(slug=room.slug).delete()
    RoomAddress.objects.get_or_create(slug=old, defaults={"room": room})


@transaction.atomic
def archive_room(membership: Membership) -> None:
    """Let a room be read, and nothing more; it goes out of the lists. Raises Rejected, NotFound."""
    if not moderates(membership):
        raise Rejected(ONLY_MODERATORS)
    check_may_write(membership.person)
    room = membership.room
    if room.archived_at is None:
        post_notice(room, membership.person, Message.Notice.ARCHIVED)
        room.archived_at = timezone.now()
        edit_room(room, ["archived_at"])


@transaction.atomic
def revive_room(membership: Membership) -> None:
    """Take a room out of the archive. Raises Rejected, NotFound."""
    if not moderates(membership):
        raise Rejected(ONLY_MODERATORS)
    check_may_write(membership.person)
    room = membership.room
    if room.archived_at is not None:
        room.archived_at = None
        edit_room(room, ["archived_at"])
        post_notice(room, membership.person, Message.Notice.REVIVED)


@transaction.atomic
def delete_room(membership: Membership, typed: str) -> None:
    """Delete a room with all that was said in it: a moderator has `typed` its name. Raises Rejected."""
    if not moderates(membership):
        raise Rejected(ONLY_MODERATORS)
    check_may_write(membership.person)
    if typed.strip() != membership.room.name:
        raise Rejected(_("That is not the name of this room."))
    # Whoever posts there meanwhile waits, and finds that it is gone.
    list(Room.objects.select_for_update().filter(pk=membership.room_id))
    membership.room.delete()


@transaction.atomic
def join_room(person: Person, room: Room) -> Membership:
    """Put `person` in `room`, which says so; nothing happens if they are in it already. Raises Rejected."""
    # Where one joins twice at once, one of the two does.
    list(Room.objects.select_for_update().filter(pk=room.pk))
    there = Membership.objects.filter(room=room, person=person).first()
    if there is not None:
        return there
    if room.kind != Room.Kind.OPEN or person.is_guest:
        raise Rejected(_("That room is by invitation."))
    refuse_archived(room)
    put_in(room, [person])
    post_notice(room, person, Message.Notice.JOINED)
    return Membership.objects.get(room=room, person=person)
