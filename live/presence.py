"""Who is here: read from the rows once, then what has changed of them; told as arrivals and departures.

Every process looks by itself, so nothing that a crash or a lost event could leave behind lasts
longer than a look. A change of a row takes the next number of all such changes (PresenceRevision), so a look
asks for what is newer than the last one: its cost goes with what happens, not with how many are here. A place
is a group such as room-7; the empty place is the whole site.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import islice, repeat
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from database.compiled_queries import CompiledQuery
from live.models import Connection, PresenceRevision, Process

ONLINE = ""
# Where those are who are here, and look at none of their pages.
AWAY = "away"

# More changes than these at once, and all is read anew.
MOST_CHANGES = 20_000
# Seconds without a look after which all is read anew: a row that has ended may be gone by then.
GAP = 60.0
# So many rows, in their turn, are compared with the database in some of the looks: what nobody has numbered
# is seen then, such as rows that went with the account of their person.
COMPARED_TOGETHER = 100
COMPARE_EVERY = 5
# To copy what more than so many people are in would be most of a look.
MOST_COPIED = 5_000

Present = dict[str, set[int]]
# A place, who has arrived there, and who has left.
Change = tuple[str, set[int], set[int]]


def present() -> Present:
    """The people who are here now, by place; ONLINE holds all of them, AWAY those who are. One query.

    For who looks once: a process that goes on looking has a Roll.
    """
    return _by_place(_places(timezone.now()))


def _by_place(rows: Iterable[tuple[str, int, bool]]) -> Present:
    here: Present = defaultdict(set)
    looking: set[int] = set()
    for place, person_id, is_away in rows:
        here[ONLINE].add(person_id)
        if place:
            here[place].add(person_id)
        if not is_away:
            looking.add(person_id)
    if away := here.get(ONLINE, set()) - looking:
        here[AWAY] = away
    return here


@CompiledQuery
def _places(now: datetime.datetime) -> QuerySet[Connection, tuple[str, int, bool]]:
    return Connection.objects.present(now).values_list("place", "person_id", "is_away").distinct()


def differences(before: Present, after: Present) -> list[Change]:
    """(place, arrived, left) for each place where somebody did; ONLINE comes first."""
    changes = []
    for place in sorted(before.keys() | after.keys()):
        was, now = before.get(place, set()), after.get(place, set())
        if was != now:
            changes.append((place, now - was, was - now))
    return changes


class Row(NamedTuple):
    """A socket, as far as it says who is here: see Connection."""

    person_id: int
    place: str
    is_away: bool
    process_id: UUID | None
    present_until: datetime.datetime | None


# A row that is no longer.
NOBODY = Row(0, "", False, None, None)
COLUMNS = ("pk", *Row._fields)
NumberedRow = tuple[Any, ...]


@CompiledQuery
def _latest() -> QuerySet[PresenceRevision, tuple[int]]:
    return PresenceRevision.objects.filter(pk=1).values_list("latest")


@CompiledQuery
def _living(now: datetime.datetime) -> QuerySet[Process, tuple[UUID]]:
    return Process.objects.filter(lease_until__gt=now).values_list("pk")


@CompiledQuery
def _that_may_count(now: datetime.datetime) -> QuerySet[Connection, NumberedRow]:
    """Those of processes whose lease has run out, too: it may be renewed."""
    rows = Connection.objects.filter(Q(present_until__isnull=True) | Q(present_until__gt=now))
    return rows.values_list(*COLUMNS)


@CompiledQuery
def _changed_since(revision: int) -> QuerySet[Connection, NumberedRow]:
    return Connection.objects.filter(revision__gt=revision).values_list(*COLUMNS)[: MOST_CHANGES + 1]


def _those(*pks: int) -> QuerySet[Connection, NumberedRow]:
    return Connection.objects.filter(pk__in=pks).values_list(*COLUMNS)


_as_they_are = CompiledQuery(_those, COMPARED_TOGETHER)


class Roll:
    """Who is here as one process knows it, by place: as of `present()`, at its last look.

    It is looked at in a database thread, by one at a time. What others read of it is replaced, not changed,
    but where very many are: of these they ask no more than whether somebody is there, and how many are.
    """

    def __init__(self) -> None:
        self.here: Present = {}
        # How often it has become another.
        self.version = 0
        # The number of the last change of a row that is in it.
        self.revision = 0
        self._rows: dict[int, Row] = {}
        self._rows_of: dict[int, tuple[int, ...]] = {}
        # When the graces of rows end.
        self._graces: list[tuple[datetime.datetime, int]] = []
        self._living: frozenset[UUID] = frozenset()
        self._looked_at: float | None = None
        self._looks = 0
        # The rows that are still to be compared in this round.
        self._uncompared: Iterator[int] = iter(())
        # One object for each name: a hundred thousand rows have few.
        self._names: dict[Any, Any] = {}

    @property
    def process_count(self) -> int:
        """How many processes hold sockets."""
        return len(self._living)

    def look(self) -> list[Change]:
        """See what has changed; (place, arrived, left) for each place, ONLINE first.

        Two queries, one more where rows have changed, and one more at times. All is read at the first look,
        after a gap, and where the numbers begin anew.
        """
        now, began = timezone.now(), monotonic()
        # Read first: what is committed meanwhile is read twice.
        latest = next((latest for (latest,) in _latest()), 0)
        living = frozenset(pk for (pk,) in _living(now))
        is_gap = self._looked_at is None or began - self._looked_at > GAP
        changed = [] if is_gap or latest == self.revision else _changed_since(self.revision)
        if is_gap or latest < self.revision or len(changed) > MOST_CHANGES:
            changes = self._begin(now, living)
        else:
            changes = self._take([*changed, *self._other_than_known()], now, living)
        self.revision, self._looked_at = latest, began
        self.version += bool(changes)
        return changes

    def _begin(self, now: datetime.datetime, living: frozenset[UUID]) -> list[Change]:
        """Read all that may count."""
        before, found = self.here, _that_may_count(now)
        self._rows, self._rows_of, self._graces, self._names = {}, {}, [], {}
        self._living, self._uncompared = living, iter(())
        for pk, *row in found:
            self._put(pk, self._row(row))
        counting = (row for row in self._rows.values() if self._counts(row, now))
        self.here = dict(_by_place((row.place, row.person_id, row.is_away) for row in counting))
        return differences(before, self.here)

    def _other_than_known(self) -> list[NumberedRow]:
        """Of some rows, those that are otherwise in the database: without a person where they are gone.

        One query in some of the looks.
        """
        self._looks += 1
        if not self._rows or self._looks % COMPARE_EVERY:
            return []
        some = list(islice(self._uncompared, COMPARED_TOGETHER))
        if not some:
            self._uncompared = iter(list(self._rows))
            some = list(islice(self._uncompared, COMPARED_TOGETHER))
        found = {
            pk: (pk, *row) for pk, *row in _as_they_are(*some, *repeat(0, COMPARED_TOGETHER - len(some)))
        }
        rows = [found.get(pk, (pk, *NOBODY)) for pk in some]
        return [row for row in rows if self._rows.get(row[0]) != row[1:]]

    def _take(
        self, changed: Sequence[NumberedRow], now: datetime.datetime, living: frozenset[UUID]
    ) -> list[Change]:
        """Take in what has changed of rows, whose grace is over, and which processes live or do no longer."""
        touched: list[Row] = []
        for pk, *values in changed:
            row = self._row(values)
            touched += (self._remove(pk), row)
            if row.person_id and (row.present_until is None or row.present_until > now):
                self._put(pk, row)
        while self._graces and self._graces[0][0] <= now:
            _, pk = heappop(self._graces)
            known = self._rows.get(pk, NOBODY)
            if known.present_until and known.present_until <= now:
                touched.append(self._remove(pk))
        if turned := self._living ^ living:
            touched += (row for row in self._rows.values() if row.process_id in turned)
        self._living = living
        return self._retell(touched, now)

    def _retell(self, touched: Iterable[Row], now: datetime.datetime) -> list[Change]:
        """Put right what is said of the people, and the places, of these rows; what has changed of it."""
        places: dict[int, set[str]] = defaultdict(set)
        for row in touched:
            places[row.person_id].add(row.place)
        arrived: dict[str, set[int]] = defaultdict(set)
        left: dict[str, set[int]] = defaultdict(set)
        for person_id, were_in in places.items():
            rows = [self._rows[pk] for pk in self._rows_of.get(person_id, ())]
            counting = [row for row in rows if self._counts(row, now)]
            is_in = {row.place for row in counting}
            if counting:
                is_in.add(ONLINE)
                if all(row.is_away for row in counting):
                    is_in.add(AWAY)
            for place in were_in | is_in | {ONLINE, AWAY}:
                was_there, is_there = person_id in self.here.get(place, ()), place in is_in
                if was_there != is_there:
                    (arrived if is_there else left)[place].add(person_id)
        changes = [(place, arrived[place], left[place]) for place in sorted(arrived.keys() | left.keys())]
        for place, come, gone in changes:
            there = self.here.get(place, set())
            if len(there) > MOST_COPIED:
                there -= gone
                there |= come
                self._replace(place, there)
            else:
                self._replace(place, (there - gone) | come)
        return changes

    def _replace(self, place: str, people: set[int]) -> None:
        if people:
            self.here[place] = people
        else:
            self.here.pop(place, None)

    def _counts(self, row: Row, now: datetime.datetime) -> bool:
        if row.present_until is not None:
            return row.present_until > now
        return row.process_id in self._living

    def _row(self, values: Collection[Any]) -> Row:
        person_id, place, is_away, process_id, present_until = values
        names = self._names
        return Row(
            person_id,
            names.setdefault(place, place),
            is_away,
            names.setdefault(process_id, process_id),
            present_until,
        )

    def _put(self, pk: int, row: Row) -> None:
        self._rows[pk] = row
        self._rows_of[row.person_id] = (*self._rows_of.get(row.person_id, ()), pk)
        if row.present_until is not None:
            heappush(self._graces, (row.present_until, pk))

    def _remove(self, pk: int) -> Row:
        """Forget a row; it, or one of nobody."""
        row = self._rows.pop(pk, NOBODY)
        if rest := tuple(other for other in self._rows_of.get(row.person_id, ()) if other != pk):
            self._rows_of[row.person_id] = rest
        else:
            self._rows_of.pop(row.person_id, None)
        return row
