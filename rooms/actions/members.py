"""Who is in a room: people are added and removed, leave, and become its moderators."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from rooms.access import NotFound, moderates
from rooms.actions.muting import check_may_write
from rooms.actions.notices import post_notice
from rooms.actions.rejected import Rejected, refuse_archived
from rooms.models import FormerMembership, Membership, Message, Room

# People who are added at once.
ADDED_LIMIT = 50
ONLY_MODERATORS_REMOVE = gettext_lazy("Only a moderator of this room can remove somebody.")
LAST_MODERATOR = gettext_lazy("This room needs a moderator. Make somebody else one first.")


@transaction.atomic
def add_members(membership: Membership, people: Sequence[Person]) -> list[Person]:
    """Put `people` in a room, which any member may; those who were not in it. Raises Rejected, NotFound."""
    room = membership.room
    check_may_write(membership.person)
    refuse_archived(room)
    if room.is_direct:
        raise Rejected(_("Somebody more in a direct conversation is a conversation of its own."))
    if len(people) > ADDED_LIMIT:
        raise Rejected(_("%(number)d people at most can be added at once.") % {"number": ADDED_LIMIT})
    # Behind the room's lock, so that of two who add the same person one does.
    _lock(room)
    there = set(room.memberships.filter(person__in=people).values_list("person_id", flat=True))
    new = [person for person in people if person.pk not in there and person.is_active]
    if new:
        put_in(room, new)
        post_notice(room, membership.person, Message.Notice.ADDED, [person.pk for person in new])
    return new


def put_in(room: Room, people: Sequence[Person]) -> None:
    """Put people in `room`, inside a transaction: for who was there before it is as it was.

    To others all that was said is read. Five queries, whatever their number.
    """
    posts = Room.objects.values_list("posts", flat=True).get(pk=room.pk)
    former = FormerMembership.objects.filter(room=room, person__in=people)
    kept = {values.pop("person_id"): values for values in former.values("person_id", *FormerMembership.KEPT)}
    Membership.objects.bulk_create(
        [Membership(room=room, person=one, **kept.get(one.pk, {"read": posts})) for one in people],
        ignore_conflicts=True,
    )
    former.delete()


@transaction.atomic
def remove_member(membership: Membership, member: Membership) -> None:
    """Take somebody out of a room, as its moderators may; their pages of it close.

    Raises Rejected, NotFound.
    """
    if member.person_id == membership.person_id:
        leave_room(member)
        return
    if not moderates(membership):
        raise Rejected(ONLY_MODERATORS_REMOVE)
    check_may_write(membership.person)
    _lock(membership.room)
    take_out(member)
    post_notice(membership.room, membership.person, Message.Notice.REMOVED, [member.person_id])


@transaction.atomic
def leave_room(membership: Membership) -> None:
    """Go out of a room, and one's open pages of it with one. Raises Rejected, NotFound."""
    room = membership.room
    if room.is_direct:
        raise Rejected(_("A direct conversation cannot be left."))
    _lock(room)
    if room.kind == Room.Kind.CLOSED:
        _refuse_last_moderator(membership, "leave")
    take_out(membership)
    if room.memberships.exists():
        post_notice(room, membership.person, Message.Notice.LEFT)


@transaction.atomic
def change_role(membership: Membership, member: Membership, role: str) -> None:
    """Make a member a moderator, or a moderator a member, which moderators may. Raises Rejected, NotFound."""
    if not moderates(membership):
        raise Rejected(_("Only a moderator of this room can say who moderates it."))
    check_may_write(membership.person)
    _lock(membership.room)
    if role == Membership.Role.MEMBER:
        _refuse_last_moderator(member, "demote")
    if not Membership.objects.filter(pk=member.pk).update(role=role):
        raise NotFound


def _lock(room: Room) -> None:
    """Let nobody else change who is in `room` before this transaction ends. Raises NotFound."""
    if Room.objects.select_for_update().filter(pk=room.pk).first() is None:
        raise NotFound


def _refuse_last_moderator(member: Membership, what: str) -> None:
    """Raise Rejected where a room would be without a moderator; who is alone in it may leave."""
    others = Membership.objects.filter(room=member.room_id).exclude(pk=member.pk)
    if not Membership.objects.filter(pk=member.pk, role=Membership.Role.MODERATOR).exists():
        return
    if others.filter(role=Membership.Role.MODERATOR, person__is_active=True).exists():
        return
    if what == "leave" and not others.exists():
        return
    raise Rejected(LAST_MODERATOR)


@transaction.atomic
def take_out(member: Membership) -> None:
    """Delete a membership, whoever asks, and keep how the room was for its person.

    Raises NotFound where somebody was quicker.
    """
    there = Membership.objects.filter(pk=member.pk).first()
    if there is None:
        raise NotFound
    FormerMembership.objects.update_or_create(
        room_id=there.room_id,
        person_id=there.person_id,
        defaults={name: getattr(there, name) for name in FormerMembership.KEPT},
    )
    there.delete()
