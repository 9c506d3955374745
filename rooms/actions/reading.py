"""How far people have read: a number in their membership."""

from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from rooms import events
from rooms.actions.rejected import Rejected
from rooms.events import UnreadMark
from rooms.models import Membership, Message, Room
from rooms.models.values import ReadReceipt


def open_room(person: Person, room: Room, read: int) -> None:
    """What is in `room` is read, for somebody who opens it and had read up to `read`. One query, or none."""
    if read < room.posts:
        read_rooms([ReadReceipt(room.pk, room.posts, [person.pk])])


@transaction.atomic
def read_rooms(looked: Sequence[ReadReceipt]) -> None:
    """What people saw is read. One query a room, whatever the number of those who looked at it."""
    for room_id, posts, people in looked:
        Membership.objects.filter(room=room_id, person__in=people, read__lt=posts).update(read=posts)
    transaction.on_commit(partial(events.publish_read, looked))


@transaction.atomic
def mark_unread(membership: Membership, message: Message) -> None:
    """Let `message`, and what came after it, be unread for a member of its room. Raises Rejected."""
    if not message.number:
        raise Rejected(_("That message is too old to be marked."))
    read = message.number - 1
    Membership.objects.filter(pk=membership.pk).update(read=read)
    mark = UnreadMark(membership.room_id, membership.person_id, read)
    transaction.on_commit(partial(events.publish_marked_unread, mark))


@transaction.atomic
def mark_again(mark: UnreadMark, seen: int) -> None:
    """`mark`, where what was seen before it, up to `seen`, was written down after it. One query."""
    late = Membership.objects.filter(room=mark.room_id, person=mark.person_id, read=seen)
    if late.update(read=mark.read):
        transaction.on_commit(partial(events.publish_marked_unread, mark))


@transaction.atomic
def read_all(person: Person) -> None:
    """What is in all the rooms of `person` is read. One query."""
    posts = Subquery(Room.objects.filter(pk=OuterRef("room_id")).values("posts"))
    # Not through a join: Django would look for the memberships twice, PostgreSQL for each among all.
    Membership.objects.filter(person=person, read__lt=posts).update(read=posts)
    transaction.on_commit(partial(events.publish_rooms_changed, [person.pk]))
