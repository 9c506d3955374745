"""The one way in which a message changes: behind its room's lock, with a revision, told after the commit."""

from collections.abc import Callable, Mapping
from functools import partial

from django.db import transaction

from rooms import broadcasts
from rooms.access import NotFound
from rooms.models import Message
from rooms.models.room import take_revisions
from rooms.models.values import MessageRow


@transaction.atomic
def change_message(
    message: Message,
    behind_lock: Callable[[], Mapping[str, object] | None] | None = None,
    *,
    tell: Callable[[MessageRow], None] = broadcasts.message_changed,
    **values: object,
) -> MessageRow:
    """Store `values` in a message, and show everybody its row as it is then. Three queries.

    `behind_lock` is called when nothing else in the room can change until this is stored: it looks, stores
    what belongs to the message, and gives more values, or raises. After the commit the row goes to `tell`.
    `message` has the values, too, its revision before the others. Raises NotFound where the message was
    deleted, or its room.
    """
    message.revision = take_revision(message)
    stored = dict(values, revision=message.revision)
    if behind_lock is not None:
        stored |= behind_lock() or {}
    if not Message.objects.undeleted().filter(pk=message.pk).update(**stored):
        raise NotFound
    for name, value in stored.items():
        setattr(message, name, value)
    (row,) = Message.objects.filter(pk=message.pk).rows()
    transaction.on_commit(partial(tell, row), robust=True)
    return row


def take_revision(message: Message) -> int:
    """The next revision of the room of `message`; the room is locked to the end of the transaction.

    One query. Raises NotFound where the room is gone.
    """
    taken = take_revisions({message.room_id: 1})
    if message.room_id not in taken:
        raise NotFound
    revision, _ = taken[message.room_id]
    return revision
