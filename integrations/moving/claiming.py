"""A placeholder's messages become those of who has shown that its address is theirs.

The account that came stays as it is: nobody takes over a name, a role or a password. What the placeholder has
becomes the account's, some hundred messages at a time, and then the placeholder is gone. It may be done again
at any time: what is left is what there is to do.
"""

import re
from collections.abc import Iterator

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Person
from integrations.models import MovedRecord, Placeholder
from rooms.models import (
    Attachment,
    Follower,
    FormerMembership,
    Membership,
    Mention,
    Message,
    Noticed,
    Reaction,
    Room,
    Version,
    Vote,
)
from rooms.models.direct import people_key
from rooms.models.room_lists import count_change_of_lists

# Messages that change hands in one transaction.
AT_ONCE = 500
# What somebody has once of each: by what it is once.
ONCE = ((Reaction, ("message", "emoji")), (Vote, ("message", "choice")), (Mention, ("message",)))


def who_may_claim() -> list[int]:
    """The ids of those who have confirmed an address for which a placeholder waits. Two queries."""
    waiting = Placeholder.objects.exclude(email="").values_list("email", flat=True)
    confirmed = EmailAddress.objects.filter(email__in=waiting, verified=True, user__is_active=True)
    return sorted(set(confirmed.values_list("user", flat=True)))


def claim_all(person_id: int) -> None:
    """Give somebody all that waits for an address which they have confirmed."""
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        return
    mine = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    for waiting in Placeholder.objects.filter(email__in=[email.lower() for email in mine]).exclude(
        person=person
    ):
        claim(waiting, person)


def claim(waiting: Placeholder, person: Person) -> None:
    """Give `person` what the placeholder has, and let that go."""
    former = waiting.person
    for ids in _batches(Message.objects.filter(_names(former)).order_by("pk")):
        _rename(former, person, ids)
    for ids in _batches(Message.objects.filter(author=former).order_by("pk")):
        Message.objects.filter(pk__in=ids).update(author=person)
    for kind, once in ONCE:
        _give(kind, once, former, person)
    _end(former, person)


def _batches(messages: QuerySet[Message]) -> Iterator[list[int]]:
    """The ids of messages as they are found, until none is."""
    last = 0
    while ids := list(messages.filter(pk__gt=last).values_list("pk", flat=True)[:AT_ONCE]):
        yield ids
        last = ids[-1]


def _names(former: Person) -> Q:
    """Messages whose text names somebody: others' are noted, one's own are not."""
    inside = f'data-person="{former.pk}"'
    return Q(mentions__person=former, html__contains=inside) | Q(author=former, html__contains=inside)


@transaction.atomic
def _rename(former: Person, person: Person, ids: list[int]) -> None:
    """Let messages name `person` where they name the placeholder."""
    said = re.compile(rf"(?<![\w@/.])@{re.escape(former.username)}(?![A-Za-z0-9_])", re.IGNORECASE)
    shown = re.compile(
        rf'(<b class="mention" data-person="){former.pk}(">@){re.escape(former.username)}(?=</b>)',
        re.IGNORECASE,
    )

    def renamed(one: Message | Version) -> Message | Version:
        one.body = said.sub(f"@{person.username}", one.body)
        one.html = shown.sub(rf"\g<1>{person.pk}\g<2>{person.username}", one.html)
        return one

    for message in Message.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
        renamed(message).save(update_fields=["body", "html"])
    for version in Version.objects.filter(message__in=ids):
        renamed(version).save(update_fields=["body", "html"])


@transaction.atomic
def _give(kind: type, once: tuple[str, ...], former: Person, person: Person) -> None:
    """Rows that somebody has once of each: what both have, the person has already."""
    theirs = kind._default_manager.filter(person=former)  # type: ignore[attr-defined]
    values = set(kind._default_manager.filter(person=person).filter(  # type: ignore[attr-defined]
        message__in=theirs.values("message")
    ).values_list(*once))  # fmt: skip
    twice = [row[0] for row in theirs.values_list("pk", *once) if row[1:] in values]
    theirs.filter(pk__in=twice).delete()
    theirs.update(person=person)


@transaction.atomic
def _end(former: Person, person: Person) -> None:
    """What is left changes hands, and the placeholder goes."""
    Attachment.objects.filter(uploader=former).update(uploader=person)
    Message.objects.filter(pinned_by=former).update(pinned_by=person)
    Room.objects.filter(created_by=former).update(created_by=person)
    Noticed.objects.filter(person=former).exclude(
        message__in=Noticed.objects.filter(person=person).values("message")
    ).update(person=person)
    followed = Follower.objects.filter(person=person).values("thread")
    Follower.objects.filter(person=former).exclude(thread__in=followed).update(person=person)
    _move_into_rooms(former, person)
    MovedRecord.objects.filter(kind=MovedRecord.Kind.PERSON, ours=former.pk).update(ours=person.pk)
    # Who is gone is counted, and so every row that shows a name is drawn anew.
    former.delete()


def _move_into_rooms(former: Person, person: Person) -> None:
    """They are where the placeholder was, with all of it read, unless they are there or have left."""
    direct = list(Room.objects.filter(kind=Room.Kind.DIRECT, memberships__person=former))
    there = Membership.objects.filter(person=person).values("room")
    left = FormerMembership.objects.filter(person=person).values("room")
    moved = Membership.objects.filter(person=former).exclude(room__in=there).exclude(room__in=left)
    moved.update(person=person)
    Membership.objects.filter(person=former).delete()
    for room in direct:
        people = Membership.objects.filter(room=room).values_list("person_id", flat=True)
        key = people_key(people)
        # They may have begun one with the same people here: then this is another, of before.
        is_taken = Room.objects.filter(people_key=key).exclude(pk=room.pk).exists()
        Room.objects.filter(pk=room.pk).update(people_key=None if is_taken or not room.people_key else key)
    count_change_of_lists([person.pk])
