"""Messages are pinned in their room, for everybody in it."""

from django.utils import timezone
from django.utils.translation import gettext as _

from rooms.actions.message_change import change_message
from rooms.actions.muting import check_may_write
from rooms.actions.rejected import Rejected, refuse_archived
from rooms.models import Membership, Message

# Pins of a room: as many as one still looks through.
PINS = 100


def pin_message(membership: Membership, message: Message) -> None:
    """Pin a message; any member may. Raises Rejected where the room has too many, or NotFound."""
    refuse_archived(membership.room)
    check_may_write(membership.person)

    def check() -> None:
        if message.room.messages.pinned().count() >= PINS:
            raise Rejected(
                _("%(number)d messages are pinned here, which is the most. Unpin one first.")
                % {"number": PINS}
            )

    if not message.pinned_at:
        change_message(message, check, pinned_at=timezone.now(), pinned_by=membership.person)


def unpin_message(membership: Membership, message: Message) -> None:
    """Take a pin away; any member may. Raises Rejected, NotFound."""
    refuse_archived(membership.room)
    check_may_write(membership.person)
    if message.pinned_at:
        change_message(message, pinned_at=None, pinned_by=None)
