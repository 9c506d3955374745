"""Who is here: read from the rows, told as arrivals and departures.

Every process looks by itself, so nothing that a crash or a lost event could leave behind lasts
longer than a look. A place is a group such as room-7; the empty place is the whole site.
"""

import datetime
from collections import defaultdict

from django.db.models import QuerySet
from django.utils import timezone

from database.compiled_queries import CompiledQuery
from live.models import Connection

ONLINE = ""
# Where those are who are here, and look at none of their pages.
AWAY = "away"

Present = dict[str, set[int]]


def present() -> Present:
    """The people who are here now, by place; ONLINE holds all of them, AWAY those who are. One query."""
    here: Present = defaultdict(set)
    looking: set[int] = set()
    for place, person_id, is_away in _places(timezone.now()):
        here[ONLINE].add(person_id)
        if place:
            here[place].add(person_id)
        if not is_away:
            looking.add(person_id)
    if away := here[ONLINE] - looking:
        here[AWAY] = away
    return here


@CompiledQuery
def _places(now: datetime.datetime) -> QuerySet[Connection, tuple[str, int, bool]]:
    return Connection.objects.present(now).values_list("place", "person_id", "is_away").distinct()


def differences(before: Present, after: Present) -> list[tuple[str, set[int], set[int]]]:
    """(place, arrived, left) for each place where somebody did; ONLINE comes first."""
    changes = []
    for place in sorted(before.keys() | after.keys()):
        was, now = before.get(place, set()), after.get(place, set())
        if was != now:
            changes.append((place, now - was, was - now))
    return changes
