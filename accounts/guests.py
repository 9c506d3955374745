"""What open pages of guests are told of people: of those alone with whom they share a room.

No frame of everybody's reaches them. Each process knows what it last told the guests who have pages open in
it, and tells those who are to hear the same in one frame, rendered once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from typing import TYPE_CHECKING, NamedTuple

from accounts import render
from accounts.models import Community, Person
from database.threads import in_database
from live import bus
from live.presence import AWAY, ONLINE, Present

if TYPE_CHECKING:
    from live.server_process import ServerProcess


# Of more people than these the members of the guests' rooms are read, and not those who are asked about.
MOST_ASKED = 500


class SeenOnline(NamedTuple):
    """Whom a guest sees online, and who of them is away."""

    people: frozenset[int] = frozenset()
    away: frozenset[int] = frozenset()

    def html(self, revisions: tuple[int, int] | None = None) -> render.PeopleList:
        """The list of them."""
        return render.people_list("online", self.people, revisions, self.away, with_guests=True)


class GuestPages:
    """The guests who have pages open in one process, and what these show. All in its event loop."""

    def __init__(self, process: "ServerProcess") -> None:
        self.process = process
        self.shown: dict[int, SeenOnline] = {}
        # What `shown` was made of: how often who is here has changed, and the lists of rooms.
        self.made_of: tuple[int, int] | None = None
        self.is_looking = False

    @property
    def people(self) -> frozenset[int]:
        """Whose pages there are."""
        return frozenset(page.person_id for page in self.process.hub.groups.get(bus.APART, ()))

    async def welcome(self, person_id: int) -> str:
        """The list of who is online, for a page that has come or returned: what their other pages show."""
        if person_id not in self.shown:
            here = self.process.here
            seen = await in_database(seen_online)([person_id], here)
            self.shown.setdefault(person_id, seen[person_id])
            # Somebody may have come or gone meanwhile: the next look sees.
            self.made_of = None
        return (await in_database(self.shown[person_id].html)()).whole

    async def look(self) -> None:
        """Tell them who came and went, and whom they know by now, or know no longer. Not twice at once."""
        if self.is_looking:
            return
        self.is_looking = True
        try:
            await self._look()
        finally:
            self.is_looking = False

    async def _look(self) -> None:
        people = self.people
        self.shown = {pk: seen for pk, seen in self.shown.items() if pk in people}
        if not self.shown:
            return
        made_of = self.process.roll.version, await in_database(rooms_revision)()
        if made_of == self.made_of:
            return
        news: dict[tuple[SeenOnline, SeenOnline], set[int]] = defaultdict(set)
        for pk, seen in (await in_database(seen_online)(list(self.shown), self.process.here)).items():
            if seen != self.shown[pk]:
                news[self.shown[pk], seen].add(pk)
        for (before, now), guests in news.items():
            html = await in_database(changed)(before, now)
            self.process.deliver(bus.APART, html, only=frozenset(guests))
            self.shown |= dict.fromkeys(guests, now)
        self.made_of = made_of

    async def tell(self, news: Mapping[int, str]) -> None:
        """Tell them what is new of people, each of whom has a text, of those whom they know."""
        guests = self.people
        if not (guests and news):
            return
        heard: dict[frozenset[int], set[int]] = defaultdict(set)
        for guest, known in (await in_database(known_to)(guests, news.keys())).items():
            heard[known].add(guest)
        for known, those in heard.items():
            html = "".join(text for pk, text in news.items() if pk in known)
            if html:
                self.process.deliver(bus.APART, html, only=frozenset(those))

    async def show_again(self, renamed: Set[int]) -> None:
        """Show the lists anew in which somebody is called otherwise, and so has another place."""
        lists: dict[SeenOnline, set[int]] = defaultdict(set)
        for pk, seen in self.shown.items():
            if seen.people & renamed:
                lists[seen].add(pk)
        for seen, guests in lists.items():
            shown = await in_database(seen.html)()
            self.process.deliver(bus.APART, shown.whole, only=frozenset(guests))


def pages_of_guests(process: "ServerProcess") -> GuestPages:
    """Those of this process."""
    if "guests" not in process.app_state:
        process.app_state["guests"] = GuestPages(process)
    return process.app_state["guests"]


def tick(process: "ServerProcess") -> None:
    """Look once a second, where a guest has a page open."""
    if pages_of_guests(process).shown:
        process.spawn(pages_of_guests(process).look())


async def people_came_and_went(
    process: "ServerProcess", place: str, arrived: set[int], left: set[int]
) -> None:
    """Tell the guests of it at once."""
    if place in (ONLINE, AWAY):
        await pages_of_guests(process).look()


def rooms_revision() -> int:
    """How often somebody's rooms have become others. One query."""
    return Community.current().rooms_revision


def known_to(guests: Iterable[int], people: Iterable[int]) -> dict[int, frozenset[int]]:
    """Of `people`, those whom each of `guests` may know: as Person.visible_to has it. Two queries."""
    guests, people = list(guests), frozenset(people)
    rooms_of: dict[int, set[int]] = {pk: set() for pk in guests}
    for pk, room in Person.objects.filter(pk__in=guests, rooms__isnull=False).values_list("pk", "rooms"):
        rooms_of[pk].add(room)
    members: dict[int, set[int]] = defaultdict(set)
    there = Person.objects.filter(rooms__in=set().union(*rooms_of.values()))
    if len(people) <= MOST_ASKED:
        there = there.filter(pk__in=people)
    for pk, room in there.values_list("pk", "rooms"):
        if pk in people:
            members[room].add(pk)
    return {
        guest: frozenset({guest} & people).union(*(members[room] for room in rooms))
        for guest, rooms in rooms_of.items()
    }


def seen_online(guests: Iterable[int], here: Present) -> dict[int, SeenOnline]:
    """What each of `guests` sees of those who are `here`. Two queries."""
    away = here.get(AWAY, set())
    return {
        guest: SeenOnline(known, known & away)
        for guest, known in known_to(guests, here.get(ONLINE, ())).items()
    }


def changed(before: SeenOnline, now: SeenOnline) -> str:
    """The list, for pages that show `before`; who is away of those who stay. Three queries."""
    revisions = Community.current().seen_people
    stayed = SeenOnline(before.people, now.away & before.people)
    html = now.html(revisions).after(stayed.html(revisions))
    return html + render.away_changed((before.away ^ now.away) & before.people & now.people, now.away)
