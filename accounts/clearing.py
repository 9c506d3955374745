"""What the worker takes away after somebody has left, a piece at a time. Other apps add their pieces here."""

import datetime
import logging
from collections.abc import Callable

from django.utils import timezone

from accounts.models import Departure, Overtaken

log = logging.getLogger(__name__)

# What somebody did as they left may arrive after that: so long afterwards the worker looks once more.
SETTLED = datetime.timedelta(minutes=1)

# Each is called with the departure, takes away what there still is, and gives a sign of life (Work.beat)
# after each piece. It may be called again at any time, after a worker that died within it.
steps: list[Callable[[Departure], None]] = []


def clear(pk: int) -> None:
    """Take away what the departure `pk` leaves; nothing happens where somebody does, or it is done."""
    departure = Departure.objects.filter(pk=pk).first()
    if departure is None or not departure.claim():
        return
    try:
        for step in steps:
            step(departure)
        is_settled = timezone.now() - departure.asked_at > SETTLED
        departure.beat(state=Departure.State.DONE if is_settled else Departure.State.WAITING)
    except Overtaken:
        log.info("Somebody else clears up after departure %s", pk)
