"""Whom the newest messages mean, and who wants to be told of that: noted, for `sending`.

What was looked at is remembered by the number of the last message, in the transaction that notes who is to be
told: each message is looked at once, whenever a worker ends. What a message costs is nothing when it is
posted, and some fifteen queries for each SLICE of them here.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from notifications.models import Gathered, PendingDelivery, PendingMail, Way
from notifications.preferences import Wishes
from notifications.watching import Found, look_for_words
from rooms.actions.mentions import count_watched
from rooms.models import Follower, Membership, Mention, Message
from rooms.models.membership import MembershipQuerySet
from rooms.models.values import DIRECT

# A message is looked at when it is so old: whatever was numbered before it is stored by then.
SETTLED = datetime.timedelta(seconds=60)
# What is older is not told any more, where no worker has run.
TOO_OLD = datetime.timedelta(days=1)
# Messages that are looked at in one transaction.
SLICE = 1000

# What is asked of each membership: who it is, how far they have read, whether they are told of all of it,
# whether they get mail, and what they want.
ASKED = (
    "pk", "room_id", "person_id", "read", "told", "has_address",
    *(f"person__mail_preferences__{name}" for name in Wishes._fields),
)  # fmt: skip


class Said(NamedTuple):
    """What gathering looks at of a message."""

    pk: int
    room_id: int
    number: int
    author_id: int
    thread_id: int | None
    posted_at: datetime.datetime
    calls: str
    kind: str
    is_standing: bool

    @property
    def is_for_all(self) -> bool:
        """Whether it means everybody in its room."""
        return self.kind == DIRECT or self.calls == Message.Calls.ROOM


class Meant(NamedTuple):
    """Whom some messages mean, one by one, by the id of a person.

    The ids of the messages that name them, of those that have a word which they watch, and of the threads
    that they follow, with that of the last answer that they have seen there.
    """

    named: defaultdict[int, set[int]]
    watched: defaultdict[int, set[int]]
    followed: defaultdict[int, dict[int, int]]

    @property
    def people(self) -> set[int]:
        """All of those people."""
        return {*self.named, *self.watched, *self.followed}

    def wants(self, one: Said, person_id: int, wishes: Wishes) -> bool:
        """Whether somebody in the room of a message, by another, wants to be told of it."""
        if one.pk in self.watched[person_id]:
            return True
        if one.kind == DIRECT:
            return wishes.direct is not False
        if wishes.mentions is not False and (one.is_for_all or one.pk in self.named[person_id]):
            return True
        seen = self.followed[person_id].get(one.thread_id) if one.thread_id else None
        return wishes.threads is not False and seen is not None and one.pk > seen


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
    fields = ("pk", "room_id", "number", "author_id", "thread_id", "posted_at", "calls", "room__kind")
    rows = list(newer.values_list(*fields)[:SLICE])
    standing = set(stands.filter(pk__in=[row[0] for row in rows]).values_list("pk", flat=True))
    return [Said._make((*row, row[0] in standing)) for row in rows]


def _note(said: Sequence[Said]) -> None:
    """Let a mail, and each other way, wait for each conversation of who wants it.

    Six queries at most, and those of the words that people watch.
    """
    watched = look_for_words(Found(one.pk, one.room_id, one.author_id) for one in said)
    meant = _meant(said)
    for_all = {one.room_id for one in said if one.is_for_all}
    by_room: dict[int, list[Said]] = defaultdict(list)
    for one in said:
        by_room[one.room_id].append(one)
    members = _members(by_room, for_all, meant.people)
    ways = _ways(members)
    mails, deliveries = [], []
    for pk, room_id, person_id, read, told, has_address, *wanted in members.values_list(*ASKED):
        wishes, of_all = Wishes(*wanted), told == Membership.Told.EVERYTHING
        missed = [
            one
            for one in by_room[room_id]
            if one.number > read
            and one.author_id != person_id
            and (of_all or meant.wants(one, person_id, wishes))
        ]
        if not missed:
            continue
        about = {"membership_id": pk, "first": missed[0].number, "last": missed[-1].number}
        begun = missed[0].posted_at
        if has_address and (delay := wishes.delay) is not None:
            mails.append(PendingMail(**about, due_at=begun + delay))
        for way_id, minutes in ways[person_id]:
            due_at = begun + datetime.timedelta(minutes=minutes)
            deliveries.append(PendingDelivery(**about, way_id=way_id, due_at=due_at))
    # What waits already takes them in, and leaves when it would have.
    PendingMail.objects.bulk_create(
        mails, update_conflicts=True, update_fields=["last"], unique_fields=["membership"]
    )
    PendingDelivery.objects.bulk_create(
        deliveries, update_conflicts=True, update_fields=["last"], unique_fields=["way", "membership"]
    )
    if watched:
        count_watched(watched)


def _meant(said: Iterable[Said]) -> Meant:
    """Whom the messages `said` name, and who follows their threads. Two queries, one without answers."""
    meant = Meant(defaultdict(set), defaultdict(set), defaultdict(dict))
    mentions = Mention.objects.filter(message__in=[one.pk for one in said])
    for message_id, person_id, why in mentions.values_list("message", "person", "why"):
        (meant.watched if why == Mention.Why.WATCHED else meant.named)[person_id].add(message_id)
    threads = {one.thread_id for one in said if one.thread_id}
    followers = Follower.objects.filter(thread__in=threads, follows=True)
    for thread_id, person_id, seen in followers.values_list("thread", "person", "seen"):
        if thread_id is not None:
            meant.followed[person_id][thread_id] = seen
    return meant


def _members(rooms: Iterable[int], for_all: set[int], people: set[int]) -> MembershipQuerySet:
    """Those who can be told of what was said in `rooms`: all of those `for_all`, `people` of any.

    And who wants to be told of all that is said in one.
    """
    here = Membership.objects.filter(room__in=list(rooms), person__is_active=True)
    here = here.filter(Q(room__in=for_all) | Q(person__in=people) | Q(told=Membership.Told.EVERYTHING))
    here = here.telling()
    address = EmailAddress.objects.filter(user=OuterRef("person"), primary=True, verified=True)
    return here.annotate(has_address=Exists(address)).filter(
        Q(has_address=True) | Exists(Way.objects.filter(person=OuterRef("person")))
    )


def _ways(members: MembershipQuerySet) -> defaultdict[int, list[tuple[int, int]]]:
    """The ways of those people, by their ids: the number of each, and after how many minutes. One query."""
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    theirs = Way.objects.filter(person__in=members.values("person"), refused="")
    for person_id, *way in theirs.values_list("person", "pk", "after_minutes"):
        found[person_id].append((way[0], way[1]))
    return found
