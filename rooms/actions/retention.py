"""What a room keeps for some days alone goes behind them: once an hour, by the worker."""

import datetime

from django.utils import timezone

from rooms.access import NotFound
from rooms.actions.messages_delete import remove_message
from rooms.models import Message, Room

# Messages of a room that go in one hour: others wait behind its lock meanwhile, for some milliseconds each.
SWEPT_AT_ONCE = 2000


def sweep_old_messages() -> int:
    """Delete the messages that are older than their rooms keep them, oldest first; how many."""
    rooms = Room.objects.filter(retention_days__isnull=False).values_list("pk", "retention_days")
    return sum(_sweep_room(pk, days) for pk, days in rooms if days)


def _sweep_room(room_id: int, days: int) -> int:
    before = timezone.now() - datetime.timedelta(days=days)
    old = Message.objects.undeleted().filter(room=room_id, posted_at__lt=before)
    swept = 0
    for message in old.select_related("room").order_by("pk")[:SWEPT_AT_ONCE]:
        try:
            remove_message(message)
        except NotFound:
            # Somebody has deleted it meanwhile.
            continue
        swept += 1
    return swept
