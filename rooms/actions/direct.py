"""Conversations between some people, without a name: there is one for a set of people, ever."""

import secrets
from collections.abc import Collection, Iterable

from django.db import IntegrityError, transaction

from accounts.models import Person
from rooms.actions.rejected import Rejected
from rooms.models import Membership, Room
from rooms.models.direct import people_key
from rooms.models.room import DIRECT_LIMIT

TOO_MANY = (
    f"A direct conversation is between {DIRECT_LIMIT} people at most. For more, make a room by invitation."
)


def open_direct(person: Person, others: Iterable[Person]) -> Room:
    """The direct conversation of `person` with `others`, which begins now if there was none.

    With nobody else it is for one's own notes. Of two who begin it at once, both get the same. One query
    where it is there already. Raises Rejected.
    """
    people = {one.pk: one for one in (person, *others)}
    if len(people) > DIRECT_LIMIT:
        raise Rejected(TOO_MANY)
    if not all(one.is_active for one in people.values()):
        raise Rejected("One of them is no longer here.")
    key = people_key(people)
    there = Room.objects.filter(people_key=key).first()
    if there is None:
        try:
            there = _begin(person, people, key)
        except IntegrityError:
            # Another of them began it at this moment.
            there = Room.objects.get(people_key=key)
    there.viewer_id = person.pk
    return there


@transaction.atomic
def _begin(person: Person, people: Collection[int], key: str) -> Room:
    room = Room(
        kind=Room.Kind.DIRECT, people_key=key, created_by=person, slug=f"direct-{secrets.token_hex(8)}"
    )
    room.save(force_insert=True)
    Membership.objects.bulk_create([Membership(room=room, person_id=pk) for pk in people])
    return room


def add_to_direct(membership: Membership, others: Iterable[Person]) -> Room:
    """The conversation of those in a direct one and of `others`: a new one, which knows nothing of this.

    Raises Rejected.
    """
    there = Person.objects.filter(memberships__room=membership.room)
    return open_direct(membership.person, [*there, *others])
