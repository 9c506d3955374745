"""Whom messages name, answer and call."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, Lower

from live.presence import present
from live.server_process import last_seen
from rooms import events
from rooms.markup import usernames_in
from rooms.models import Membership, Mention, Message, Room
from rooms.models.mention import room_mentions
from rooms.models.room import room_group


class MentionTargets(NamedTuple):
    """Whom one message is for, besides the whole room."""

    message: Message
    # The ids of those whom it names or answers, and of those it called because they were here.
    named: tuple[int, ...]
    here: tuple[int, ...]


class WatchedMessage(NamedTuple):
    """A message that has a word which somebody watches: the ids of it, of its room and of that person."""

    message_id: int
    room_id: int
    person_id: int


def people_named(texts: Iterable[tuple[int, str]]) -> dict[int, dict[str, int]]:
    """The members whom `texts` may name, each of the room with the id beside it. One query, or none.

    Gives their ids by room, and there by username in lower case. Who is not in the room is not named:
    they are not told of it, and it would be no news that they could read.
    """
    names = [(room_id, usernames_in(text)) for room_id, text in texts]
    wanted = set().union(*(those for _, those in names))
    if not wanted:
        return {}
    found = (
        Membership.objects.annotate(lowered=Lower("person__username"))
        .filter(room__in={room_id for room_id, _ in names}, lowered__in=wanted, person__is_active=True)
        .values_list("room_id", "lowered", "person_id")
    )
    people: dict[int, dict[str, int]] = defaultdict(dict)
    for room_id, name, person_id in found:
        people[room_id][name] = person_id
    return people


def store_mentions(messages: Sequence[tuple[Message, Collection[int]]]) -> dict[int, Sequence[int]]:
    """Write down whom each message names, answers and calls; the ids of those named or answered, by message.

    Two queries, and one to see who is here, where this process does not look; none where nobody is meant. A
    call to the whole room is one number in the room, however many are in it.
    """
    calls_here = any(message.calls == Message.Calls.HERE for message, _ in messages)
    here = (last_seen() or present()) if calls_here else {}
    targets = [
        _targets(message, named, here.get(room_group(message.room_id), ())) for message, named in messages
    ]
    _call_rooms([message for message, _ in messages if message.calls == Message.Calls.ROOM])
    targets = [one for one in targets if one.named or one.here]
    if targets:
        Mention.objects.bulk_create(_rows(targets))
        _note(targets)
    return {one.message.pk: one.named for one in targets}


def _targets(message: Message, named: Collection[int], here: Collection[int]) -> MentionTargets:
    if message.calls == Message.Calls.ROOM:
        # Who is called with everybody is called once.
        return MentionTargets(message, (), ())
    first = sorted({*named} - {message.author_id})
    answered = {message.reply_to.author_id} if message.reply_to else set()
    meant = (*first, *(answered - {message.author_id, *first}))
    if message.calls != Message.Calls.HERE:
        here = ()
    return MentionTargets(message, meant, tuple(set(here) - {message.author_id, *meant}))


def _rows(called: Sequence[MentionTargets]) -> Iterable[Mention]:
    for message, named, here in called:
        answered = message.reply_to.author_id if message.reply_to else None
        for person_id in named:
            why = Mention.Why.ANSWERED if person_id == answered else Mention.Why.NAMED
            yield Mention(message=message, person_id=person_id, why=why)
        for person_id in here:
            yield Mention(message=message, person_id=person_id, why=Mention.Why.HERE)


def _note(called: Sequence[MentionTargets]) -> None:
    """Keep the number of the last message that was for each of them. One query."""
    # The newest first: the first that is true decides.
    meant = [
        (Q(room=message.room_id, person__in={*named, *here}), message.number)
        for message, named, here in reversed(called)
    ]
    anyone = Q()
    for who, _ in meant:
        anyone |= who
    number = Case(*(When(who, then=Value(number)) for who, number in meant))
    Membership.objects.filter(anyone).update(mentioned=number)


def _call_rooms(calls: Sequence[Message]) -> None:
    """Keep the number of the last message that called each of these rooms. One query, or none."""
    last = {message.room_id: message.number for message in calls}
    if last:
        number = Case(*(When(pk=pk, then=Value(number)) for pk, number in last.items()))
        Room.objects.filter(pk__in=last).update(called=number)


def mention_watchers(found: Collection[WatchedMessage]) -> None:
    """Write down for whom messages have a word that they watch. One query.

    Whom a message means otherwise already it means once. What counts it is for `count_watched`.
    """
    rows = [Mention(message_id=pk, person_id=who, why=Mention.Why.WATCHED) for pk, _, who in found]
    Mention.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def count_watched(found: Collection[WatchedMessage]) -> None:
    """Keep the number of the last of those for each of these people, and tell their pages. One query.

    It holds their memberships until the commit, and who posts waits for those: so it comes last.
    """
    theirs = Mention.objects.filter(person=OuterRef("person_id"), message__room=OuterRef("room_id"))
    theirs = theirs.filter(message__deleted_at__isnull=True).order_by("-message")
    last = Coalesce(Subquery(theirs.values("message__number")[:1]), 0)
    people = {one.person_id for one in found}
    members = Membership.objects.filter(person__in=people, room__in={one.room_id for one in found})
    # Never less than it is: somebody may be named in this moment.
    members.update(mentioned=Greatest("mentioned", last))
    transaction.on_commit(partial(events.publish_rooms_changed, people))


def forget_mentions(message: Message) -> None:
    """A message is about to be deleted: it counts for nobody any longer. Five queries at most."""
    rows = Mention.objects.filter(message=message)
    if people := set(rows.values_list("person_id", flat=True)):
        _take_back(message, rows, people)
    called = _call_no_longer(message) if message.calls == Message.Calls.ROOM else 0
    _tell_ceased(message, called, is_deleted=True)


def _take_back(message: Message, rows: QuerySet[Mention], people: Collection[int]) -> None:
    """Delete what a message meant for `people`; the last that means each of them is an earlier one."""
    rows.filter(person__in=people).delete()
    others = Mention.objects.filter(person=OuterRef("person_id"), message__room=OuterRef("room_id"))
    others = others.filter(message__deleted_at__isnull=True).order_by("-message__number")
    last = Coalesce(Subquery(others.values("message__number")[:1]), 0)
    members = Membership.objects.filter(room=message.room_id, person__in=people)
    members.filter(mentioned=message.number).update(mentioned=last)


def _call_no_longer(message: Message) -> int:
    """Where it was the last that called its whole room, an earlier one is: the number of the last."""
    others = room_mentions().filter(room=message.room_id).exclude(pk=message.pk).order_by("-number")
    last = Coalesce(Subquery(others.values("number")[:1]), 0)
    room = Room.objects.filter(pk=message.room_id)
    room.filter(called=message.number).update(called=last)
    return room.values_list("called", flat=True)[0]


def _tell_ceased(message: Message, called: int, *, is_deleted: bool) -> None:
    """Tell every process, after the commit, that a message counts otherwise than it did."""
    one = events.CeasedMessage(message.room_id, message.number, called, is_deleted)
    transaction.on_commit(partial(events.publish_ceased, one))


def update_mentions(message: Message, named: Collection[int], *, had_called: bool) -> None:
    """Write down whom an edited message names now, and forget whom it no longer does. Seven queries at most.

    `had_called` says whether it called the whole room before. Who was here when it was posted is known no
    longer: an edit calls nobody else.
    """
    # What was found in it when it was posted stays found.
    others = (Mention.Why.HERE, Mention.Why.WATCHED)
    rows = Mention.objects.filter(message=message).exclude(why__in=others)
    before = set(rows.values_list("person_id", flat=True))
    now = set(_targets(message, named, ()).named)
    if before - now:
        _take_back(message, rows, before - now)
    if new := now - before:
        Mention.objects.bulk_create(_rows([MentionTargets(message, tuple(new), ())]), ignore_conflicts=True)
        members = Membership.objects.filter(room=message.room_id, person__in=new)
        members.filter(mentioned__lt=message.number).update(mentioned=message.number)
    if message.calls == Message.Calls.ROOM:
        Room.objects.filter(pk=message.room_id, called__lt=message.number).update(called=message.number)
    is_calling = message.calls == Message.Calls.ROOM
    called = _call_no_longer(message) if had_called and not is_calling else 0
    if before != now or had_called != is_calling:
        _tell_ceased(message, called, is_deleted=False)
