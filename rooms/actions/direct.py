"""Conversations between some people, without a name: there is one for a set of people, ever."""

import secrets
from collections.abc import Collection, Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Block, Person
from rooms.actions.muting import check_may_write
from rooms.actions.rejected import Rejected
from rooms.models import Membership, Room
from rooms.models.direct import people_in, people_key
from rooms.models.room import DIRECT_LIMIT

TOO_MANY = gettext_lazy(
    "A direct conversation is between %(number)d people at most. For more, make a room by invitation."
)
# Whoever is blocked is not told so: it may as well be that they have blocked the other.
BLOCKED = gettext_lazy("One of you has blocked the other: nothing can be said between you alone.")


def open_direct(person: Person, others: Iterable[Person]) -> Room:
    """The direct conversation of `person` with `others`, which begins now if there was none.

    With nobody else it is for one's own notes. Of two who begin it at once, both get the same. One query
    where it is there already. Raises Rejected.
    """
    people = {one.pk: one for one in (person, *others)}
    if len(people) > DIRECT_LIMIT:
        raise Rejected(TOO_MANY % {"number": DIRECT_LIMIT})
    if not all(one.is_active for one in people.values()):
        raise Rejected(_("One of them is no longer here."))
    key = people_key(people)
    there = Room.objects.filter(people_key=key).first()
    if there is None:
        check_may_write(person)
        if len(people) == 2 and Block.objects.stands_between(*people):
            raise Rejected(BLOCKED)
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


def silenced(rooms: Collection[int]) -> set[int]:
    """Those of the direct conversations `rooms` that are between two, of whom one has blocked the other.

    Two queries at most, none for no rooms.
    """
    pairs = {room_id: [one.pk for one in people] for room_id, people in people_in(rooms).items()}
    pairs = {room_id: pair for room_id, pair in pairs.items() if len(pair) == 2}
    if not pairs:
        return set()
    people = {pk for pair in pairs.values() for pk in pair}
    blocks = Block.objects.filter(person__in=people, blocked__in=people)
    standing = {frozenset(both) for both in blocks.values_list("person", "blocked")}
    return {room_id for room_id, pair in pairs.items() if frozenset(pair) in standing}


def add_to_direct(membership: Membership, others: Iterable[Person]) -> Room:
    """The conversation of those in a direct one and of `others`: a new one, which knows nothing of this.

    Raises Rejected.
    """
    there = Person.objects.filter(memberships__room=membership.room)
    return open_direct(membership.person, [*there, *others])
