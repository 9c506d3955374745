"""All that somebody said is removed: asked for here, and done by the worker, message by message.

Each is a transaction of its own, so that nobody waits for more than one; what was done stays done, so a
worker that dies goes on where it was. Nobody undoes it.
"""

import datetime
from functools import partial
from time import perf_counter, sleep

from django.db import transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import What, record
from accounts.models import Person
from accounts.roles import may_act_on
from rooms.access import NotFound
from rooms.actions.messages_delete import remove_message
from rooms.actions.rejected import Rejected
from rooms.models import Message, Removal

# How far back, as who asks reads it.
PERIODS = {
    "day": (gettext_lazy("the last day"), datetime.timedelta(days=1)),
    "week": (gettext_lazy("the last week"), datetime.timedelta(days=7)),
    "ever": (gettext_lazy("ever"), None),
}
# And as the audit says it, which is in English.
AUDITED = {"day": "of the last day", "week": "of the last week", "ever": "of all times"}
# Messages that are looked for in one go.
LOOKED_FOR = 100

# Sent after the commit: `removal_id`.
removal_asked = Signal()


@transaction.atomic
def ask_for_removal(actor: Person, person: Person, period: str) -> Removal:
    """Have all messages of `person` of a period removed, from everywhere. Raises Rejected."""
    if period not in PERIODS:
        raise Rejected(_("Choose how far back."))
    if actor.pk != person.pk and not may_act_on(actor.role, person.role):
        raise Rejected(_("That is for somebody who may do more here than you."))
    _words, back = PERIODS[period]
    now = timezone.now()
    removal = Removal.objects.create(
        person=person, since=now - back if back else None, asked_at=now, asked_by=actor
    )
    record(actor, What.REMOVE_ALL, person, details=AUDITED[period])
    transaction.on_commit(partial(removal_asked.send, sender=Removal, removal_id=removal.pk), robust=True)
    return removal


def remove_messages(removal_id: int) -> int:
    """Remove what a removal asks for, as far as it is not done; how many messages that were."""
    removal = Removal.objects.filter(pk=removal_id, done_at=None).first()
    if removal is None:
        return 0
    count = 0
    while some := _those_left(removal):
        count += sum(_remove_in_turn(removal, message) for message in some)
    Removal.objects.filter(pk=removal.pk).update(done_at=timezone.now())
    return count


def undone_removals() -> list[int]:
    """The ids of the removals that are not done. One query."""
    return list(Removal.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True))


def _those_left(removal: Removal) -> list[Message]:
    theirs = Message.objects.undeleted().filter(author=removal.person_id, posted_at__lte=removal.asked_at)
    if removal.since is not None:
        theirs = theirs.filter(posted_at__gte=removal.since)
    # The newest first: that is what people look at.
    return list(theirs.select_related("room").order_by("-pk")[:LOOKED_FOR])


def _remove_in_turn(removal: Removal, message: Message) -> bool:
    """Remove one, then let others have the database for as long: SQLite has one writer, and no queue."""
    began = perf_counter()
    is_removed = _remove(removal, message)
    sleep(perf_counter() - began)
    return is_removed


def _remove(removal: Removal, message: Message) -> bool:
    try:
        with transaction.atomic():
            remove_message(message)
            Removal.objects.filter(pk=removal.pk).update(removed=F("removed") + 1)
    except NotFound:
        # Somebody else was faster, or the room is gone.
        return False
    return True
