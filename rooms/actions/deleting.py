"""Messages are taken back."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from rooms import broadcasts
from rooms.access import NotFound, may_delete
from rooms.actions.rejected import Rejected
from rooms.models import Membership, Message, Room


@transaction.atomic
def delete_message(membership: Membership, message: Message) -> None:
    """Take a message back: an empty trace stays, for those who have yet to hear of it."""
    if not may_delete(membership, message):
        raise Rejected("Only its author, or a moderator, can delete that message.")
    remove_message(message)


@transaction.atomic
def remove_message(message: Message) -> None:
    """Delete a message, whoever asks: for moderators and for the administration."""
    room = message.room
    revision = room.next_revision()
    taken = (
        room.messages.standing()
        .filter(pk=message.pk)
        .update(body="", token=None, deleted_at=timezone.now(), revision=revision)
    )
    if not taken:
        raise NotFound
    message.revision = revision
    after = _close_the_gap(room, message.pk, revision)
    transaction.on_commit(partial(broadcasts.message_deleted, message, after))


def _close_the_gap(room: Room, pk: int, revision: int) -> Message | None:
    """The message after a deleted one may open its day or its group now; it, if so."""
    history = room.messages.select_related("author")
    after = history.neighbour_after(pk)
    if after is None or not after.stand_after(history.neighbour_before(pk)):
        return None
    after.revision = revision
    after.save(update_fields=["starts_day", "starts_group", "revision"])
    return after
