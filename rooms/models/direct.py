"""Direct conversations: who is in them, and which one some people have."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache, reduce
from itertools import repeat
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from database.compiled_queries import CompiledQuery
from database.rows import pairs_in, paths_of_pair
from rooms.models.membership import Membership
from rooms.models.values import DIRECT, PersonRef, RoomLink, RoomPlace, place_name

# For so many rooms, as a page has them, the query is prepared. SQLite takes a thousand conditions in a row,
# and of a list whatever it holds.
MOST_PREPARED = 64


def people_key(people: Iterable[int]) -> str:
    """What the direct conversation of these people is found by: there is one for a set of people."""
    return "-".join(map(str, sorted(set(people))))


def people_in(rooms: Collection[int], but: int | None = None) -> dict[int, tuple[PersonRef, ...]]:
    """Who is in each of these rooms, without the person `but`, by name. One query, or none."""
    if not rooms:
        return {}
    found: dict[int, list[PersonRef]] = {}
    for place, person in pairs_in(RoomPlace, PersonRef, _asked(rooms)):
        if person.pk != but:
            found.setdefault(place.room_id, []).append(person)
    return {room_id: tuple(people) for room_id, people in found.items()}


def place_names(rooms: Iterable[tuple[int, str, str]], viewer_id: int) -> dict[int, str]:
    """What somebody sees rooms called, by id; each comes as its id, kind and name. One query, or none."""
    rooms = list(rooms)
    people = people_in({pk for pk, kind, _ in rooms if kind == DIRECT}, viewer_id)
    return {pk: place_name(kind, name, people.get(pk, ())) for pk, kind, name in rooms}


def _asked(rooms: Collection[int]) -> Iterable[tuple[Any, ...]]:
    if len(rooms) > MOST_PREPARED:
        return _in_order(Q(room__in=rooms))
    # One query is prepared for each power of two: some rooms are asked for twice.
    count = 1 << (len(rooms) - 1).bit_length()
    return _people_in(count)(*rooms, *repeat(next(iter(rooms)), count - len(rooms)))


@cache
def _people_in(count: int) -> CompiledQuery[..., tuple[Any, ...]]:
    """The query for the people in so many rooms."""
    return CompiledQuery(lambda *rooms: _in_order(reduce(or_, (Q(room=room) for room in rooms))), count)


def _in_order(there: Q) -> QuerySet[Membership, tuple[Any, ...]]:
    members = Membership.objects.filter(there)
    ordered = members.order_by(Lower("person__display_name"), Lower("person__username"), "person")
    return ordered.values_list(*paths_of_pair(RoomPlace, PersonRef))


def with_people(links: Sequence[RoomLink], person_id: int) -> list[RoomLink]:
    """The links of somebody's rooms, the direct ones with those who are in them. One query, or none."""
    people = people_in([link.pk for link in links if link.kind == DIRECT], person_id)
    return [link._replace(people=people[link.pk]) if link.pk in people else link for link in links]
