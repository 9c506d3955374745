"""Messages are pinned in their room, for everybody in it."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from rooms import broadcasts
from rooms.access import NotFound
from rooms.actions.rejected import Rejected
from rooms.models import Membership, Message

# Pins of a room: as many as one still looks through.
PINS = 100


@transaction.atomic
def pin_message(membership: Membership, message: Message) -> None:
    """Pin a message; any member may. Raises Rejected where the room has too many."""
    if message.pinned_at:
        return
    revision = message.room.next_revision()
    if message.room.messages.pinned().count() >= PINS:
        raise Rejected(f"{PINS} messages are pinned here, which is the most. Unpin one first.")
    _change(message, pinned_at=timezone.now(), pinned_by=membership.person, revision=revision)


@transaction.atomic
def unpin_message(membership: Membership, message: Message) -> None:
    """Take a pin away; any member may."""
    if message.pinned_at:
        _change(message, pinned_at=None, pinned_by=None, revision=message.room.next_revision())


def _change(message: Message, **values: object) -> None:
    if not message.room.messages.undeleted().filter(pk=message.pk).update(**values):
        raise NotFound
    (shown,) = message.room.messages.filter(pk=message.pk).shown()
    transaction.on_commit(partial(broadcasts.message_changed, shown))
