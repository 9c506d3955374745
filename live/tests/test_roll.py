"""Who is here, as a process that reads only what has changed knows it."""

import datetime
import random
from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.models import Person
from live import actions, presence
from live.models import GRACE, LEASE, Connection, PresenceRevision, Process
from live.presence import AWAY, ONLINE, Present, Roll, present

pytestmark = pytest.mark.django_db

SECOND = datetime.timedelta(seconds=1)


class Clock:
    """The time, which stands still but for what a test says."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime.datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


@pytest.fixture
def people(person) -> list[Person]:
    return [person(f"person-{number}") for number in range(6)]


def process() -> UUID:
    """A process that holds sockets."""
    pk = uuid4()
    actions.renew_lease(pk)
    return pk


def opened(process_id: UUID, person: Person, place: str = "room-1") -> int:
    """The number of the row of a socket."""
    row = Connection(process_id=process_id, person=person, session=str(person.pk), place=place)
    return actions.open_connections([row])[0].pk


def closed(pk: int, code: int = 1001) -> None:
    # 1013 returns, whether there is such a session or not.
    actions.close_connections([actions.Departure(pk, "", code)])


def as_told(changes: Sequence[presence.Change], before: Present) -> Present:
    """What somebody knows who knew `before`, and was told these."""
    known = {place: set(there) for place, there in before.items()}
    for place, arrived, left in changes:
        there = known.setdefault(place, set())
        assert not arrived & there
        assert left <= there
        known[place] = (there | arrived) - left
    return {place: there for place, there in known.items() if there}


class Site:
    """Some processes and their sockets, to which anything may happen."""

    def __init__(self, people: Sequence[Person], clock: Clock, chance: random.Random) -> None:
        self.people, self.clock, self.chance = people, clock, chance
        self.processes = [process() for _ in range(3)]
        self.sockets: list[int] = []

    def happens(self) -> None:
        events: list[Callable[[], None]] = [self.comes] * 6 + [self.goes] * 4 + [self.waits] * 3
        self.chance.choice([*events, self.looks_away, self.signs_out, self.dies, self.ends, self.wakes])()

    def comes(self) -> None:
        places = ("", "room-1", "room-2", "log-a")
        who, where = self.chance.choice(self.people), self.chance.choice(places)
        self.sockets.append(opened(self.chance.choice(self.processes), who, where))

    def goes(self) -> None:
        if self.sockets:
            pk = self.sockets.pop(self.chance.randrange(len(self.sockets)))
            closed(pk, self.chance.choice((1001, 1013, 1012)))

    def looks_away(self) -> None:
        if self.sockets:
            actions.mark_away(self.chance.sample(self.sockets, 1), is_away=self.chance.random() < 0.7)

    def waits(self) -> None:
        self.clock.now += SECOND * self.chance.randint(1, 8)
        for pk in self.processes:
            # One stands still at times.
            if self.chance.random() < 0.8:
                actions.renew_lease(pk)

    def signs_out(self) -> None:
        actions.end_grace(str(self.chance.choice(self.people).pk))

    def dies(self) -> None:
        self.processes[self.chance.randrange(3)] = process()
        actions.sweep()

    def ends(self) -> None:
        place = self.chance.randrange(3)
        actions.end_lease(self.processes[place])
        self.processes[place] = process()

    def wakes(self) -> None:
        actions.reopen_connections(self.chance.choice(self.processes), self.sockets[-3:])


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_it_is_what_a_full_reading_says(people, clock, monkeypatch, seed: int) -> None:
    monkeypatch.setattr(presence, "MOST_COPIED", 2 if seed % 2 else presence.MOST_COPIED)
    chance = random.Random(seed)
    site = Site(people, clock, chance)
    often, seldom = Roll(), Roll()
    known: dict[Roll, Present] = {often: {}, seldom: {}}
    for step in range(150):
        site.happens()
        for roll in (often, seldom) if step % 7 == 0 else (often,):
            known[roll] = as_told(roll.look(), known[roll])
            assert roll.here == dict(present())
            assert known[roll] == roll.here


def test_what_a_look_asks_goes_with_what_has_changed(people, clock, django_assert_num_queries) -> None:
    holds = process()
    rows = [opened(holds, person) for person in people]
    roll = Roll()
    with django_assert_num_queries(3):
        roll.look()
    with django_assert_num_queries(2):
        assert roll.look() == []
    closed(rows[0])
    with django_assert_num_queries(3):
        roll.look()


def test_a_grace_that_ends_is_seen_without_a_change(people, clock) -> None:
    gone = opened(process(), people[0])
    roll = Roll()
    roll.look()
    closed(gone, 1013)
    assert roll.look() == []
    clock.now += GRACE
    assert roll.look() == [(ONLINE, set(), {people[0].pk}), ("room-1", set(), {people[0].pk})]


def test_a_lease_that_runs_out_and_is_renewed_needs_no_row(people, clock) -> None:
    holds = process()
    opened(holds, people[0], "")
    roll = Roll()
    roll.look()
    clock.now += LEASE
    assert roll.look() == [(ONLINE, set(), {people[0].pk})]
    actions.renew_lease(holds)
    assert roll.look() == [(ONLINE, {people[0].pk}, set())]


def test_who_looks_away_on_all_pages_is_away(people, clock) -> None:
    holds, me = process(), people[0]
    rows = [opened(holds, me), opened(holds, me)]
    roll = Roll()
    roll.look()
    actions.mark_away(rows[:1], is_away=True)
    assert roll.look() == []
    actions.mark_away(rows[1:], is_away=True)
    assert roll.look() == [(AWAY, {me.pk}, set())]


def test_what_nobody_has_numbered_is_seen_in_its_turn(people, clock) -> None:
    """An account that is deleted takes its rows along."""
    holds = process()
    for person in people:
        opened(holds, person)
    roll = Roll()
    roll.look()
    Connection.objects.filter(person=people[0]).delete()
    looks = [roll.look() for _ in range(presence.COMPARE_EVERY)]
    assert looks[-1] == [(ONLINE, set(), {people[0].pk}), ("room-1", set(), {people[0].pk})]


def test_after_a_gap_and_where_the_numbers_begin_anew_all_is_read(people, clock, monkeypatch) -> None:
    holds = process()
    gone = [opened(holds, people[0]) for _ in range(3)]
    roll = Roll()
    roll.look()
    Connection.objects.filter(pk__in=gone).delete()
    monkeypatch.setattr(presence, "GAP", -1.0)
    assert (ONLINE, set(), {people[0].pk}) in roll.look()
    monkeypatch.undo()
    monkeypatch.setattr(timezone, "now", clock)
    PresenceRevision.objects.all().delete()
    opened(holds, people[1])
    assert (ONLINE, {people[1].pk}, set()) in roll.look()


def test_more_changes_than_are_worth_reading_one_by_one(people, clock, monkeypatch) -> None:
    monkeypatch.setattr(presence, "MOST_CHANGES", 2)
    holds = process()
    roll = Roll()
    roll.look()
    for person in people:
        opened(holds, person)
    roll.look()
    assert roll.here == dict(present())


def test_a_dead_process_is_forgotten_once_its_rows_are_closed(people, clock, monkeypatch) -> None:
    monkeypatch.setattr(actions, "SWEPT_TOGETHER", 2)
    monkeypatch.setattr(actions, "PIECES", 1)
    holds = process()
    for person in people:
        opened(holds, person)
    clock.now += LEASE * 2
    assert [actions.sweep() for _ in range(4)] == [2, 2, 2, 0]
    assert not Process.objects.exists()
    assert not Connection.objects.filter(process__isnull=False).exists()
