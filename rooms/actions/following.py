"""People follow threads: those that they start, answer in, or are named in, and those that they choose."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from django.db import transaction
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Person
from rooms import events
from rooms.models import Follower, Membership, Message
from rooms.models.values import MessageRow


def follow_answered(
    answers: Iterable[Message], first: Iterable[MessageRow], named: Mapping[int, Collection[int]]
) -> None:
    """Let people follow the threads of new `answers`: who answers, who began, who is named.

    `first` are the first messages of the threads, `named` the ids of those whom a message names, by its id.
    To who answers all that is there is seen, to the others what was there before. Who has ceased to follow a
    thread follows it again by answering alone. Two queries, one more where a first message names somebody,
    and none where nothing is an answer.
    """
    replies, first = [(one.thread_id, one) for one in answers if one.thread_id], list(first)
    if not replies:
        return
    began = {row.pk: {row.author_id} for row in first if row.deleted_at is None}
    for thread, people in _named_at_first(first).items():
        began.setdefault(thread, set()).update(people)
    others: dict[tuple[int, int], Follower] = {}
    authors: dict[tuple[int, int], Follower] = {}
    for thread, one in replies:
        authors[one.author_id, thread] = _follower(one.author_id, thread, one.pk)
        for person_id in began.get(thread, set()) | {*named.get(one.pk, ())}:
            others.setdefault((person_id, thread), _follower(person_id, thread, one.pk - 1))
    Follower.objects.bulk_create(others.values(), ignore_conflicts=True)
    _store(authors.values(), "follows", "seen")


def _named_at_first(first: Iterable[MessageRow]) -> dict[int, set[int]]:
    """Whom the first messages name of those who are in their rooms, by the id of the message."""
    named = {row.pk: (row.room_id, {int(pk) for pk in row.names.split() if pk != "all"}) for row in first}
    people = set[int]().union(*(those for _, those in named.values()))
    if not people:
        return {}
    members = Membership.objects.filter(room__in={room for room, _ in named.values()}, person__in=people)
    there = set(members.values_list("room_id", "person_id"))
    return {
        pk: {person_id for person_id in those if (room_id, person_id) in there}
        for pk, (room_id, those) in named.items()
    }


def follow_named(answer: Message, people: Sequence[int]) -> None:
    """Let `people`, whom an answer names since it was edited, follow its thread. One query, or none."""
    if (thread := answer.thread_id) and people:
        followers = [_follower(person_id, thread, answer.pk - 1) for person_id in people]
        Follower.objects.bulk_create(followers, ignore_conflicts=True)
        transaction.on_commit(partial(events.publish_thread_changed, answer.room_id, thread))


def _store(those: Iterable[Follower], *fields: str) -> None:
    """Store them; of those that are there already, these fields."""
    Follower.objects.bulk_create(
        those, update_conflicts=True, update_fields=fields, unique_fields=["person", "thread"]
    )


def _follower(person_id: int, thread_id: int, seen: int) -> Follower:
    return Follower(person_id=person_id, thread_id=thread_id, seen=seen)


def follow(membership: Membership, first: Message) -> None:
    """Let a member follow the thread of the message `first`: what is said from now on is new. Two queries.

    Where they follow it already nothing happens.
    """
    mine = Follower.objects.filter(person=membership.person_id, thread=first)
    if not mine.filter(follows=True).exists():
        _store([_follower(membership.person_id, first.pk, _last_answer(first))], "follows", "seen")


def unfollow(membership: Membership, first: Message) -> None:
    """Let a member follow it no longer, until they answer in it again. One query."""
    _store([Follower(person_id=membership.person_id, thread=first, follows=False)], "follows")
    transaction.on_commit(partial(events.publish_thread_seen, membership.person_id, first.pk))


def read_thread(person_id: int, first_id: int, last: int | None = None) -> None:
    """What is in a thread, up to the answer with the id `last` or all of it, is seen. One query, or two."""
    upto = _last_answer(first_id) if last is None else last
    if Follower.objects.filter(person=person_id, thread=first_id, seen__lt=upto).update(seen=upto):
        transaction.on_commit(partial(events.publish_thread_seen, person_id, first_id))


def read_threads(person: Person) -> None:
    """What is in all the threads that `person` follows is seen. One query."""
    mine = Follower.objects.filter(person=person, follows=True)
    answers = Message.objects.filter(thread=OuterRef("thread")).order_by("-pk")
    mine.update(seen=Coalesce(Subquery(answers.values("pk")[:1]), 0))
    transaction.on_commit(partial(events.publish_rooms_changed, [person.pk]))


def _last_answer(first: Message | int) -> int:
    return Message.objects.filter(thread=first).aggregate(last=Max("pk"))["last"] or 0


def is_following(person_id: int, first_id: int) -> bool:
    """Whether somebody follows that thread. One query."""
    return Follower.objects.filter(person=person_id, thread=first_id, follows=True).exists()
