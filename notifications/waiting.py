"""What waits for its time, by mail or another way: taken, put off, given up, done.

It is taken by putting its time off for as long as LEASE: what a worker took that ended comes up again.
"""

import datetime
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.models import Block, Person
from live.presence import AWAY, ONLINE, present
from notifications.models import MailPreferences, PendingDelivery, PendingMail, Waiting
from notifications.quiet import end_of_quiet
from rooms.models import Follower, Membership, Mention, Message
from rooms.models.message import MessageQuerySet
from rooms.models.values import DIRECT

# Longer than another server may take for one of them.
LEASE = datetime.timedelta(minutes=5)
# Until a server is asked again, by how often it has failed; and when nobody asks any more.
PAUSES = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
GIVE_UP = datetime.timedelta(days=1)
# Who looks at a page is looked for again so soon: the worker comes once a minute.
LOOK_AGAIN = datetime.timedelta(seconds=45)
# What is more than the limit of an hour waits so long.
WAIT_FOR_LIMIT = datetime.timedelta(minutes=10)

Pending = PendingMail | PendingDelivery


def take[Kind: Pending](of: QuerySet[Kind], pk: int, now: datetime.datetime) -> Kind | None:
    """The one with that number, with its room and its person, if nobody else has taken it. Two queries."""
    if not claim(of, pk, now):
        return None
    return of.select_related("membership__room", "membership__person").filter(pk=pk).first()


def claim[Kind: Waiting](of: QuerySet[Kind], pk: int, now: datetime.datetime) -> bool:
    """Whether the one with that number is due, and the caller's for as long as LEASE. One query."""
    return bool(of.filter(pk=pk, due_at__lte=now).update(due_at=now + LEASE))


def hold_back(due: QuerySet[Any], is_at_once: Q, now: datetime.datetime) -> None:
    """Put off those of `due` whose person looks at a page, and wants them to wait. Three queries at most.

    Who has never said that wants it for what goes at once, of which `is_at_once` is true.
    """
    if not due.exists():
        return
    here = present()
    looking = here.get(ONLINE, set()) - here.get(AWAY, set())
    if looking:
        wishes = "membership__person__mail_preferences__waits"
        wanted = Q((wishes, True)) | (Q((f"{wishes}__isnull", True)) & is_at_once)
        due.filter(wanted, membership__person__in=looking).update(due_at=now + LOOK_AGAIN)


def quiet_until(person: Person, wishes: MailPreferences, now: datetime.datetime) -> datetime.datetime | None:
    """When the quiet hours, or days, of `person` are over, if it is in them `now`."""
    zone, days = person.zone or timezone.get_default_timezone(), frozenset(map(int, wishes.quiet_days))
    return end_of_quiet(now, zone, wishes.quiet_from, wishes.quiet_until, days)


def missed(pending: Pending, wishes: MailPreferences) -> list[Message]:
    """What is unread of it, stands, and is wanted still, oldest first; each with `is_meant`.

    That is whether the message is for its person more than for others: it names, answers or calls them, or
    stands in a direct conversation. One query, and one for who has blocked somebody.
    """
    there = _unread(pending.membership).filter(number__gte=pending.first, number__lte=pending.last)
    return list(_wanted(there, pending.membership, wishes))


def meant_for(membership: Membership) -> QuerySet[Message]:
    """What is unread in a conversation and for its member, and stands, oldest first; nobody's they block."""
    there = _unread(membership)
    if membership.room.kind == DIRECT:
        return there
    named = Mention.objects.filter(message=OuterRef("pk"), person=membership.person)
    return there.filter(Q(Exists(named)) | Q(calls=Message.Calls.ROOM))


def _unread(membership: Membership) -> MessageQuerySet:
    """What others, whom its member has not blocked, have said there and is not read, oldest first."""
    there = Message.objects.undeleted().select_related("author", "room").order_by("number")
    there = there.filter(room=membership.room, number__gt=membership.read)
    there = there.exclude(author=membership.person)
    there = there.exclude(author__in=Block.objects.blocked_by(membership.person))
    return there


def are_meant(missed: Iterable[Message]) -> bool:
    """Whether all that is `missed` is for its person more than for others."""
    return all(message.is_meant for message in missed)  # type: ignore[attr-defined]


def _wanted(there: MessageQuerySet, membership: Membership, wishes: MailPreferences) -> MessageQuerySet:
    """Those of the messages `there` of which the person of `membership` wants to be told."""
    person, told = membership.person, membership.told
    is_silent = membership.involvement == Membership.Involvement.NOTHING and told == Membership.Told.USUAL
    if is_silent or told == Membership.Told.NOTHING:
        return there.none()
    mentions = Mention.objects.filter(message=OuterRef("pk"), person=person)
    wanted = [Q(Exists(mentions.filter(why=Mention.Why.WATCHED)))]
    if membership.room.kind == DIRECT:
        there = there.annotate(is_meant=Value(True))
        is_told = wishes.direct or told == Membership.Told.EVERYTHING
        return there if is_told else there.filter(*wanted)
    named = Exists(mentions.exclude(why=Mention.Why.WATCHED))
    is_meant = When(Q(named) | Q(calls=Message.Calls.ROOM), then=True)
    there = there.annotate(is_meant=Case(is_meant, default=False))
    if told == Membership.Told.EVERYTHING:
        return there
    if wishes.mentions:
        wanted.append(Q(is_meant=True))
    if wishes.threads:
        followed = Follower.objects.filter(
            thread=OuterRef("thread"), person=person, follows=True, seen__lt=OuterRef("pk")
        )
        wanted.append(Q(Exists(followed)))
    return there.filter(reduce(or_, wanted))


def put_off(pending: Waiting, until: datetime.datetime) -> None:
    """Let it wait until then."""
    _only(pending).update(due_at=until)


def fail(pending: Waiting, problem: str, now: datetime.datetime) -> datetime.timedelta | None:
    """The other side did not take it: it may after a pause, which is given; None where it was given up."""
    wait = pause(pending, problem, now)
    if wait is None:
        pending.delete()
    return wait


def pause(pending: Waiting, problem: str, now: datetime.datetime) -> datetime.timedelta | None:
    """The same, but for who wants to keep it: None where it is to be given up."""
    since = pending.failing_since or now
    if now - since >= GIVE_UP:
        return None
    wait = PAUSES[min(pending.tries, len(PAUSES) - 1)]
    _only(pending).update(
        due_at=now + wait, failing_since=since, tries=pending.tries + 1, problem=problem[:1000]
    )
    return wait


def forget(pending: Pending, now: datetime.datetime, after_minutes: int) -> None:
    """It is done; what was said since is another one, as long after as this one was."""
    mine = _only(pending)
    if mine.filter(last=pending.last).delete()[0]:
        return
    wait = datetime.timedelta(minutes=after_minutes)
    mine.update(first=pending.last + 1, due_at=now + wait, failing_since=None, tries=0, problem="")


def _only(pending: Waiting) -> QuerySet:
    return type(pending)._default_manager.filter(pk=pending.pk)
