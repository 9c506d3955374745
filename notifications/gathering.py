"""Whom the newest messages mean, and who wants to be told of that: noted, for `sending`.

What was looked at is remembered by the number of the last message, in the transaction that notes who is to be
told: each message is looked at once, whenever a worker ends. What a message costs is nothing when it is
posted, and some eight queries for each SLICE of them here.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.models import Gathered, PendingDelivery, PendingMail, Way
from notifications.preferences import Wishes
from rooms.models import Membership, Mention, Message
from rooms.models.values import DIRECT

# A message is looked at when it is so old: whatever was numbered before it is stored by then.
SETTLED = datetime.timedelta(seconds=60)
# What is older is not told any more, where no worker has run.
TOO_OLD = datetime.timedelta(days=1)
# Messages that are looked at in one transaction.
SLICE = 1000

# What is asked of each membership: who it is, how far they have read, whether they get mail, what they want.
ASKED = (
    "pk", "room_id", "person_id", "read", "has_address",
    *(f"person__mail_preferences__{name}" for name in Wishes._fields),
)  # fmt: skip


class Said(NamedTuple):
    """What gathering looks at of a message."""

    pk: int
    room_id: int
    number: int
    author_id: int
    posted_at: datetime.datetime
    calls: str
    kind: str
    is_standing: bool


def gather(now: datetime.datetime) -> None:
    """Note who is to be told of what was said until a minute before `now`."""
    while _gather_slice(now):
        pass


@transaction.atomic
def _gather_slice(now: datetime.datetime) -> bool:
    """Look at the next messages; whether there may be more."""
    begin = {"last_message_id": _last_before(now - TOO_OLD)}
    gathered, _ = Gathered.objects.select_for_update().get_or_create(pk=1, defaults=begin)
    # Up to the first that is too young: one with a lower number may still be on its way.
    said = list(takewhile(lambda one: one.posted_at <= now - SETTLED, _after(gathered.last_message_id)))
    if said:
        _note([one for one in said if one.is_standing and one.posted_at > now - TOO_OLD])
        gathered.last_message_id = said[-1].pk
        gathered.save(update_fields=["last_message_id"])
    return len(said) == SLICE


def _last_before(moment: datetime.datetime) -> int:
    """The number of the last message that was posted before `moment`, or 0."""
    older = Message.objects.filter(posted_at__lt=moment).order_by("-pk")
    return older.values_list("pk", flat=True).first() or 0


def _after(pk: int) -> list[Said]:
    stands = Message.objects.undeleted().values("pk")
    newer = Message.objects.filter(pk__gt=pk).order_by("pk")
    fields = ("pk", "room_id", "number", "author_id", "posted_at", "calls", "room__kind")
    rows = list(newer.values_list(*fields)[:SLICE])
    standing = set(stands.filter(pk__in=[row[0] for row in rows]).values_list("pk", flat=True))
    return [Said._make((*row, row[0] in standing)) for row in rows]


def _note(said: Sequence[Said]) -> None:
    """Let a mail, and each other way, wait for each conversation of who wants it. Five queries at most."""
    named = _named(said)
    for_all = {one.room_id for one in said if one.kind == DIRECT or one.calls == Message.Calls.ROOM}
    if not named and not for_all:
        return
    by_room: dict[int, list[Said]] = defaultdict(list)
    for one in said:
        by_room[one.room_id].append(one)
    members = _members(for_all, named)
    ways = _ways(members)
    mails, deliveries = [], []
    for pk, room_id, person_id, read, has_address, *wanted in members.values_list(*ASKED):
        meant = [
            one
            for one in by_room[room_id]
            if one.number > read and one.author_id != person_id and _means(one, named[person_id])
        ]
        if not meant:
            continue
        wishes, is_direct = Wishes(*wanted), meant[0].kind == DIRECT
        about = {"membership_id": pk, "first": meant[0].number, "last": meant[-1].number}
        delay = wishes.delay(is_direct=is_direct)
        if has_address and delay is not None:
            mails.append(PendingMail(**about, due_at=meant[0].posted_at + delay))
        for way_id, minutes in ways[person_id] if wishes.want(is_direct=is_direct) else ():
            due_at = meant[0].posted_at + datetime.timedelta(minutes=minutes)
            deliveries.append(PendingDelivery(**about, way_id=way_id, due_at=due_at))
    # What waits already takes them in, and leaves when it would have.
    PendingMail.objects.bulk_create(
        mails, update_conflicts=True, update_fields=["last"], unique_fields=["membership"]
    )
    PendingDelivery.objects.bulk_create(
        deliveries, update_conflicts=True, update_fields=["last"], unique_fields=["way", "membership"]
    )


def _named(said: Iterable[Said]) -> defaultdict[int, set[int]]:
    """The messages of `said` that mean somebody, by the id of that person."""
    named: defaultdict[int, set[int]] = defaultdict(set)
    mentions = Mention.objects.filter(message__in=[one.pk for one in said])
    for message_id, person_id in mentions.values_list("message", "person"):
        named[person_id].add(message_id)
    return named


def _means(one: Said, named: set[int]) -> bool:
    """Whether a message means somebody who is in its room, and is named in those."""
    return one.kind == DIRECT or one.calls == Message.Calls.ROOM or one.pk in named


def _members(for_all: set[int], named: Iterable[int]) -> QuerySet[Membership]:
    """Those who can be told: all of some rooms, and the `named` ones of any."""
    here = Membership.objects.filter(Q(room__in=for_all) | Q(person__in=list(named)), person__is_active=True)
    here = here.exclude(involvement=Membership.Involvement.NOTHING)
    address = EmailAddress.objects.filter(user=OuterRef("person"), primary=True, verified=True)
    return here.annotate(has_address=Exists(address)).filter(
        Q(has_address=True) | Exists(Way.objects.filter(person=OuterRef("person")))
    )


def _ways(members: QuerySet[Membership]) -> defaultdict[int, list[tuple[int, int]]]:
    """The ways of those people, by their ids: the number of each, and after how many minutes. One query."""
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    theirs = Way.objects.filter(person__in=members.values("person"), refused="")
    for person_id, *way in theirs.values_list("person", "pk", "after_minutes"):
        found[person_id].append((way[0], way[1]))
    return found
