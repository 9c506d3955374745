"""What is due goes the other ways, of what is unread still: several at once, for servers take their time.

It is sent outside of a transaction, and forgotten afterwards; a worker that ends in between sends it twice,
with one id. A way of which the server does not take one thing is not asked for the next before the pause is
over, and one that took nothing for a day, or says that it is gone, is left alone until its person has looked.
"""

import datetime
import logging
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from time import monotonic

from django.db.models import Q

from live.limits import FixedWindowLimit
from notifications import messengers, models, waiting
from notifications.models import PendingDelivery, Way
from notifications.posting import Answer, Request, post
from notifications.preferences import preferences_of

log = logging.getLogger(__name__)

# Such things by one way in an hour; the others wait.
WAY_LIMIT = FixedWindowLimit("notification-ways", 12, 3600)
# Those that are sent in one go of the worker, the processes that do so at once, and the seconds after which
# the rest is left to the next go: the worker has other things to do, and a server that is away takes nine.
AT_ONCE = 500
AT_A_TIME = 4
PATIENCE = 40.0


def send_due(now: datetime.datetime) -> None:
    """Send what is due `now`. Never raises for what cannot be sent."""
    due = PendingDelivery.objects.filter(due_at__lte=now)
    waiting.hold_back(due, Q(way__after_minutes=models.AT_ONCE), now)
    numbers = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    if not numbers:
        return
    begun = monotonic()
    with ThreadPoolExecutor(AT_A_TIME) as threads:
        for some in batched(numbers, AT_A_TIME):
            if monotonic() - begun > PATIENCE:
                break
            ready = [found for pk in some if (found := _prepared(pk, now))]
            answers = threads.map(post, [request for _, request in ready])
            for (pending, _), answer in zip(ready, answers, strict=True):
                _settle(pending, answer, now)


def _prepared(pk: int, now: datetime.datetime) -> tuple[PendingDelivery, Request] | None:
    """What is to be posted, if it is still to be, and nobody else has taken it."""
    pending = waiting.take(PendingDelivery.objects.select_related("way"), pk, now)
    if pending is None:
        return None
    way, person = pending.way, pending.membership.person
    wishes = preferences_of(person)
    if quiet := waiting.quiet_until(person, wishes, now):
        waiting.put_off(pending, quiet)
        return None
    missed = waiting.missed(pending, wishes) if person.is_active and not way.refused else []
    if not missed:
        waiting.forget(pending, now, way.after_minutes)
        return None
    if not pending.tries and not WAY_LIMIT.take(way.pk):
        waiting.put_off(pending, now + waiting.WAIT_FOR_LIMIT)
        return None
    return pending, messengers.request_for(pending, missed, now)


def _settle(pending: PendingDelivery, answer: Answer, now: datetime.datetime) -> None:
    way = pending.way
    if answer.is_taken:
        waiting.forget(pending, now, way.after_minutes)
    elif not answer.is_gone and (pause := waiting.fail(pending, answer.words, now)):
        log.warning("A way did not take what waits now: %s: %s", way, answer.words)
        others = PendingDelivery.objects.filter(way=way, due_at__lt=now + pause)
        others.update(due_at=now + pause)
    else:
        log.error("A way is given up: %s: %s", way, answer.words)
        Way.objects.filter(pk=way.pk).update(refused=answer.words)
        PendingDelivery.objects.filter(way=way).delete()
