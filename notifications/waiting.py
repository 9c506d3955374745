"""What waits for its time, by mail or another way: taken, put off, given up, done.

It is taken by putting its time off for as long as LEASE: what a worker took that ended comes up again.
"""

import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Block, Person
from notifications.models import MailPreferences, PendingDelivery, PendingMail
from notifications.quiet import end_of_quiet
from rooms.models import Mention, Message
from rooms.models.values import DIRECT

# Longer than another server may take for one of them.
LEASE = datetime.timedelta(minutes=5)
# Until a server is asked again, by how often it has failed; and when nobody asks any more.
PAUSES = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
GIVE_UP = datetime.timedelta(days=1)
# What is more than the limit of an hour waits so long.
WAIT_FOR_LIMIT = datetime.timedelta(minutes=10)

Pending = PendingMail | PendingDelivery


def take[Kind: Pending](of: QuerySet[Kind], pk: int, now: datetime.datetime) -> Kind | None:
    """The one with that number, with its room and its person, if nobody else has taken it. Two queries."""
    if not of.filter(pk=pk, due_at__lte=now).update(due_at=now + LEASE):
        return None
    return of.select_related("membership__room", "membership__person").filter(pk=pk).first()


def quiet_until(person: Person, wishes: MailPreferences, now: datetime.datetime) -> datetime.datetime | None:
    """When the quiet hours of `person` are over, if it is in them `now`."""
    zone = person.zone or timezone.get_default_timezone()
    return end_of_quiet(now, zone, wishes.quiet_from, wishes.quiet_until)


def missed(pending: Pending) -> list[Message]:
    """What is unread of it, and stands, oldest first. One query, and one for who has blocked somebody."""
    membership = pending.membership
    there = Message.objects.undeleted().select_related("author", "room").order_by("number")
    there = there.filter(
        room=membership.room, number__gt=membership.read, number__gte=pending.first, number__lte=pending.last
    )
    there = there.exclude(author=membership.person)
    there = there.exclude(author__in=Block.objects.blocked_by(membership.person))
    if membership.room.kind != DIRECT:
        named = Mention.objects.filter(message=OuterRef("pk"), person=membership.person)
        there = there.filter(Q(Exists(named)) | Q(calls=Message.Calls.ROOM))
    return list(there)


def put_off(pending: Pending, until: datetime.datetime) -> None:
    """Let it wait until then."""
    _only(pending).update(due_at=until)


def fail(pending: Pending, problem: str, now: datetime.datetime) -> datetime.timedelta | None:
    """The other side did not take it: it may after a pause, which is given; None where it was given up."""
    since = pending.failing_since or now
    if now - since >= GIVE_UP:
        pending.delete()
        return None
    pause = PAUSES[min(pending.tries, len(PAUSES) - 1)]
    _only(pending).update(
        due_at=now + pause, failing_since=since, tries=pending.tries + 1, problem=problem[:1000]
    )
    return pause


def forget(pending: Pending, now: datetime.datetime, after_minutes: int) -> None:
    """It is done; what was said since is another one, as long after as this one was."""
    mine = _only(pending)
    if mine.filter(last=pending.last).delete()[0]:
        return
    wait = datetime.timedelta(minutes=after_minutes)
    mine.update(first=pending.last + 1, due_at=now + wait, failing_since=None, tries=0, problem="")


def _only(pending: Pending) -> QuerySet:
    return type(pending)._default_manager.filter(pk=pending.pk)
