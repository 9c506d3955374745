"""The `ts` by which Slack's clients name a message: seconds, and six digits that tell messages apart."""

import datetime
import re

from rooms.models import Message
from rooms.models.values import MessageRow

TS = re.compile(r"([0-9]{9,11})\.([0-9]{6})")
# Messages that are posted together have one time; their ids differ in these digits.
DIGITS = 1_000_000


def ts_of(message: MessageRow) -> str:
    """The `ts` of a message, which stays the same."""
    return f"{int(message.posted_at.timestamp())}.{message.pk % DIGITS:06d}"


def message_at(room_id: int, ts: str) -> int | None:
    """The id of the message in a room that has that `ts`; None where there is none. One query."""
    found = TS.fullmatch(ts)
    if not found:
        return None
    try:
        second = datetime.datetime.fromtimestamp(int(found[1]), datetime.UTC)
        after = second + datetime.timedelta(seconds=1)
    except (ValueError, OverflowError, OSError):
        return None
    there = Message.objects.undeleted().filter(room=room_id, posted_at__gte=second, posted_at__lt=after)
    return next((pk for pk in there.values_list("pk", flat=True) if pk % DIGITS == int(found[2])), None)
