"""What somebody wants of their rooms: how much they hear of one, which are favourites, how the side is."""

from functools import partial

from django.db import transaction

from accounts.models import Person
from rooms import events
from rooms.models import Membership, Room, room_lists
from rooms.models.values import SECTIONS


@transaction.atomic
def set_involvement(membership: Membership, involvement: Membership.Involvement) -> None:
    """Let its person hear so much of the room. Three queries."""
    Membership.objects.filter(pk=membership.pk).update(involvement=involvement)
    room_lists.count_change_of_lists([membership.person_id])


def set_told(membership: Membership, told: Membership.Told) -> None:
    """Let its person be told of so much of the room while they are away. One query."""
    Membership.objects.filter(pk=membership.pk).update(told=told)


@transaction.atomic
def set_favourite(membership: Membership, *, is_favourite: bool) -> None:
    """Let the room stand among the favourites of its person, or no longer. Three queries."""
    Membership.objects.filter(pk=membership.pk).update(is_favourite=is_favourite)
    room_lists.count_change_of_lists([membership.person_id])


@transaction.atomic
def read_room(membership: Membership) -> None:
    """What is in the room is read, though nobody opened it. Two queries."""
    posts = Room.objects.values_list("posts", flat=True).get(pk=membership.room_id)
    Membership.objects.filter(pk=membership.pk, read__lt=posts).update(read=posts)
    transaction.on_commit(partial(events.publish_rooms_changed, [membership.person_id]))


def fold_section(person: Person, section: str, *, is_open: bool) -> None:
    """Let a section of the side of `person` be folded, or open. One query, or none."""
    folded = set(person.side_folded.split()) - {section} | (set() if is_open else {section})
    known = " ".join(one for one in SECTIONS if one in folded)
    if known != person.side_folded:
        person.side_folded = known
        Person.objects.filter(pk=person.pk).update(side_folded=known)


@transaction.atomic
def order_side(person: Person, order: Person.SideOrder) -> None:
    """Let the rooms of `person` be in that order. Three queries."""
    Person.objects.filter(pk=person.pk).update(side_order=order)
    room_lists.count_change_of_lists([person.pk])
