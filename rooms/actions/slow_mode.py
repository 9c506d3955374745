"""Slow mode: in a room that has it, everybody but moderators waits between two messages of theirs."""

import datetime
from collections.abc import Sequence
from math import ceil

from django.utils import timezone
from django.utils.translation import gettext as _

from rooms.access import author_moderates
from rooms.actions.messages_prepare import PreparedMessage
from rooms.actions.rejected import Rejected
from rooms.models import Message
from rooms.models.values import AuthorRef


def refuse_too_soon(
    said: Sequence[PreparedMessage | Exception],
) -> list[PreparedMessage | Exception]:
    """`said`, but for what comes too soon after its author's last in a room with slow mode.

    One query, none where no room has it.
    """
    slow = [one for one in said if isinstance(one, PreparedMessage) and is_slowed(one.sponsor)]
    if not slow:
        return list(said)
    last = _last_posted(slow)
    answers: list[PreparedMessage | Exception] = []
    for one in said:
        if isinstance(one, PreparedMessage) and is_slowed(one.sponsor):
            place, now = (one.author.room_id, one.author.author_id), timezone.now()
            left = one.author.slow_seconds - (now - last[place]).total_seconds() if place in last else 0
            if left > 0:
                why = _("Slow mode: you can write here again in %(seconds)d s.")
                answers.append(Rejected(why % {"seconds": ceil(left)}))
                continue
            last[place] = now
        answers.append(one)
    return answers


def is_slowed(author: AuthorRef) -> bool:
    """Whether somebody waits between two messages of theirs: moderators do not."""
    return author.slow_seconds > 0 and not author_moderates(author)


def _last_posted(slow: Sequence[PreparedMessage]) -> dict[tuple[int, int], datetime.datetime]:
    """When the authors of these messages posted last in those rooms, as far back as it matters. One query."""
    longest = max(one.author.slow_seconds for one in slow)
    recent = Message.objects.filter(
        posted_at__gt=timezone.now() - datetime.timedelta(seconds=longest),
        room__in={one.author.room_id for one in slow},
        author__in={one.author.author_id for one in slow},
        notice__isnull=True,
    )
    found = recent.order_by("pk").values_list("room_id", "author_id", "posted_at")
    return {(room_id, author_id): at for room_id, author_id, at in found}
