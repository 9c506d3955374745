"""Messages are taken back."""

from functools import partial

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rooms import broadcasts, events
from rooms.access import NotFound, may_delete
from rooms.actions.link_previews import drop_previews
from rooms.actions.mentions import forget_mentions
from rooms.actions.message_change import take_revision
from rooms.actions.muting import check_may_write
from rooms.actions.rejected import Rejected
from rooms.actions.uploads import remove_files
from rooms.models import Membership, Message, Reaction, Room, Saved, Version, Vote

# What goes with a message, besides what is stored in files.
GOES_WITH_IT = (Version, Reaction, Saved, Vote)


@transaction.atomic
def delete_message(membership: Membership, message: Message) -> None:
    """Take a message back: an empty trace stays, for those who have yet to hear of it."""
    if not may_delete(membership, message):
        raise Rejected(_("Only its author, or a moderator, can delete that message."))
    if message.author_id != membership.person_id:
        check_may_write(membership.person)
    remove_message(message)


@transaction.atomic
def remove_message(message: Message) -> None:
    """Delete a message, whoever asks: for moderators and for the administration.

    Where others answered it, its place in the room stays, and says that something was there.
    """
    room, revision = message.room, take_revision(message)
    now = timezone.now()
    taken = (
        room.messages.undeleted()
        .filter(pk=message.pk)
        # The token stays: a page that heard nothing of its message, and sends it again, brings nothing back.
        .update(
            body="", html="", calls="", files=0, links=0, is_action=False, edited_at=None,
            buttons=None, pinned_at=None, pinned_by=None,
            deleted_at=now, removed_at=None if _is_answered(message) else now,
            revision=revision,
        )
    )  # fmt: skip
    if not taken:
        raise NotFound
    remove_files(message)
    drop_previews(message)
    forget_mentions(message)
    for kind in GOES_WITH_IT:
        kind._default_manager.filter(message=message).delete()
    changed = [message.pk, *_close_the_gap(room, message.pk, revision), *_count_one_less(message, revision)]
    changed_rows = room.messages.filter(pk__in=changed).order_by("pk").rows()
    transaction.on_commit(partial(broadcasts.message_deleted, message.pk, changed_rows), robust=True)


def _is_answered(message: Message) -> bool:
    return Message.objects.visible().filter(Q(reply_to=message) | Q(thread=message)).exists()


def _close_the_gap(room: Room, pk: int, revision: int) -> list[int]:
    """The message after a deleted one may open a day or its group now; it, if so."""
    after = room.messages.neighbour_after(pk)
    if after is None or not after.stand_after(room.messages.neighbour_before(after.pk)):
        return []
    after.revision = revision
    after.save(update_fields=["previous_at", "starts_group", "revision"])
    return [after.pk]


def _count_one_less(answer: Message, revision: int) -> list[int]:
    """The first message of its thread has one answer less; it, where `answer` is one."""
    if not answer.thread_id:
        return []
    first = Message.objects.filter(pk=answer.thread_id)
    first.filter(replies__gt=0).update(replies=F("replies") - 1, revision=revision)
    transaction.on_commit(partial(events.publish_thread_changed, answer.room_id, answer.thread_id))
    return [answer.thread_id]
