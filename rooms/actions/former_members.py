"""What those who have left for good leave in rooms: the worker takes it away, a little at a time.

Each piece is a transaction of its own, after which open pages show it gone; a worker that dies in between
leaves the rest to the next one.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import Departure
from rooms.access import NotFound
from rooms.actions.members import take_out
from rooms.actions.message_change import change_message
from rooms.actions.messages_delete import remove_message
from rooms.models import (
    Attachment,
    Draft,
    Follower,
    FormerMembership,
    Membership,
    Mention,
    Message,
    Reaction,
    Reminder,
    Saved,
    Scheduled,
    Vote,
)
from rooms.models.values import DIRECT

# Rows of a piece.
TOGETHER = 50
# What nobody else has anything of.
THEIRS = (FormerMembership, Mention, Draft, Saved, Follower, Reminder, Scheduled)


def clear(departure: Departure) -> None:
    """Take away what is theirs alone, and, where they chose so, what they wrote."""
    person = departure.person_id
    work: list[tuple[Callable[[], list[Any]], Callable[[Any], object]]] = [
        (partial(_some_places, person), take_out),
        (partial(_some, Message, reactions__person=person), partial(_take_back, Reaction, person)),
        (partial(_some, Message, votes__person=person), partial(_take_back, Vote, person)),
        (partial(_some, Attachment, uploader=person, message__isnull=True), _delete),
        *((partial(_some, kind, person=person), _delete) for kind in THEIRS),
    ]
    if departure.removes_messages:
        work.append((partial(_some_messages, person), _remove))
    for some, take in work:
        while found := some():
            for one in found:
                take(one)
            departure.beat()


def _some(kind: Any, **whose: Any) -> list[Any]:
    return list(kind.objects.filter(**whose).order_by("pk").distinct()[:TOGETHER])


def _some_places(person_id: int) -> list[Membership]:
    """Rooms that they are in, but for direct conversations: those are the others' as well."""
    named = Membership.objects.filter(person=person_id).exclude(room__kind=DIRECT)
    return list(named.order_by("pk")[:TOGETHER])


def _some_messages(person_id: int) -> list[Message]:
    theirs = Message.objects.undeleted().filter(author=person_id).select_related("room")
    return list(theirs.order_by("pk")[:TOGETHER])


def _delete(one: Any) -> None:
    with transaction.atomic():
        one.delete()


def _remove(message: Message) -> None:
    try:
        remove_message(message)
    except NotFound:
        """Somebody else was quicker."""


def _take_back(kind: Any, person_id: int, message: Message) -> None:
    """Take back all reactions, or votes, that they gave to one message, live."""
    given = kind.objects.filter(message=message, person=person_id)

    def take_back() -> None:
        given.delete()

    try:
        change_message(message, take_back)
    except NotFound:
        given.delete()
