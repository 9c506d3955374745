"""Who has a page open in this process, and how far they have read: what tracker.py counts with."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from accounts.models import Person
from rooms.models import Follower, Membership, Room
from rooms.models.direct import people_in
from rooms.models.mention import unread_mentions
from rooms.models.values import DIRECT, SECTIONS, PersonRef, ReadState, RoomLink
from rooms.render import sidebar
from rooms.render.badges import EMPTY, MEANT, SHOWN_LIMIT, Badge, badge_for, badge_of, involved_badge

if TYPE_CHECKING:
    from live.hub import Socket


HIDDEN = Membership.Involvement.HIDDEN
# Of the threads of somebody in which something is new: one more than a badge counts.
KEPT_AT_MOST = SHOWN_LIMIT + 1


class ViewerState:
    """Somebody who has pages open here: which, their rooms in the order of the side, and their badges."""

    __slots__ = (
        "by_activity", "links", "mentions", "on_desktop", "pages", "reminders", "revision", "shown", "sound",
        "threads",
    )  # fmt: skip

    def __init__(self) -> None:
        # Each with the slug of the room that it is about.
        self.pages: dict[Socket, str] = {}
        # All their rooms, as the side says them; Person.rooms_revision, read before these were.
        self.links: tuple[RoomLink, ...] = ()
        # Whether rooms with a name are in the order of what is said in them, as direct conversations are.
        self.by_activity = False
        self.revision = 0
        self.mentions = self.reminders = 0
        # Those that they follow in which something is new, by their ids: the newest KEPT_AT_MOST.
        self.threads: set[int] = set()
        # What they hear where something is for them, and see: a Person.Sound, and a Person.OnDesktop.
        self.sound = self.on_desktop = ""
        # What their pages show, by what it is of; an empty badge is not kept.
        self.shown: dict[int, Badge] = {}

    def show(self, of: int, badge: Badge) -> list[tuple[int, Badge]]:
        """Take it that their pages show this badge: it, if they did not."""
        if badge == self.shown.get(of, EMPTY):
            return []
        if badge != EMPTY:
            self.shown[of] = badge
        else:
            self.shown.pop(of, None)
        return [(of, badge)]

    @property
    def rooms(self) -> tuple[int, ...]:
        """The ids of their rooms."""
        return tuple(link.pk for link in self.links)

    def title_of(self, room_id: int) -> str:
        """What they see that room called; an empty text where it is not known."""
        return next((link.title for link in self.links if link.pk == room_id), "")

    def arrange(self, turned: Collection[int]) -> bool:
        """Put those of the rooms `turned`, which became unread or read, where they belong now.

        Who was spoken with comes first in their section, once there is something to be read. Whether the
        side shows other rooms now, or in another order.
        """
        rising = [link for link in self.links if link.pk in turned and self._rises(link)]
        before = self.links
        if rising:
            rest = tuple(link for link in before if link not in rising)
            for link in rising:
                rest = self._with_first(rest, link)
            self.links = rest
        is_hidden = any(link.pk in turned and link.involvement == HIDDEN for link in before)
        return is_hidden or self.links != before

    def _rises(self, link: RoomLink) -> bool:
        return (self.by_activity or link.kind == DIRECT) and link.pk in self.shown

    def _with_first(self, links: tuple[RoomLink, ...], link: RoomLink) -> tuple[RoomLink, ...]:
        """These, and `link` before all others of its section that are in such an order."""
        place = next((n for n, one in enumerate(links) if self._is_beside(one, link)), len(links))
        return (*links[:place], link, *links[place:])

    def _is_beside(self, one: RoomLink, link: RoomLink) -> bool:
        rank = SECTIONS.index(one.section) - SECTIONS.index(link.section)
        return rank > 0 or (rank == 0 and (self.by_activity or one.kind == DIRECT))

    @property
    def has_hidden(self) -> bool:
        """Whether some of their rooms are at the side only while something there is meant for them."""
        return any(link.involvement == HIDDEN for link in self.links)

    @property
    def beyond(self) -> list[RoomLink]:
        """Those of their rooms that the side has no place for."""
        return sidebar.beyond(self.links, self.shown) if len(self.links) > sidebar.SIDE_LENGTH else []

    def more(self, beyond: Iterable[RoomLink]) -> Badge:
        """What the rooms `beyond` have, together."""
        badges = [self.shown.get(link.pk, EMPTY) for link in beyond]
        is_mention = any(badge.is_mention for badge in badges)
        unread = sum(badge.unread for badge in badges)
        return MEANT if is_mention and not unread else badge_of(unread, is_mention)


class RoomState:
    """A room that somebody here is in: its last messages, and how far each of them has read."""

    __slots__ = ("called", "gone", "involvement", "link", "mentioned", "posts", "read")

    def __init__(self, link: RoomLink) -> None:
        # As it was last read: one for all who have nothing of their own about it.
        self.link = link
        self.posts = self.called = 0
        self.read: dict[int, int] = {}
        self.mentioned: dict[int, int] = {}
        # How many of the messages that each has not read were deleted; nothing for none.
        self.gone: dict[int, int] = {}
        # How much those hear of it who do not hear everything.
        self.involvement: dict[int, str] = {}

    def badge(self, person_id: int) -> Badge:
        """What its badge shows to one of them."""
        gone = self.gone.get(person_id, 0)
        badge = badge_for(self.posts, self.read[person_id], self.last_for(person_id), gone)
        involvement = self.involvement.get(person_id)
        return (
            involved_badge(badge, involvement, is_direct=self.link.kind == DIRECT) if involvement else badge
        )

    def last_for(self, person_id: int) -> int:
        """The number of the last message that means one of them: in a direct conversation every one does."""
        if self.link.kind == DIRECT:
            return self.posts
        return max(self.called, self.mentioned.get(person_id, 0))


class PendingMention(NamedTuple):
    """A message that means some of those who are in a room, or all of them but its author."""

    room_id: int
    number: int
    people: frozenset[int] | None
    author_id: int = 0


class LoadedViewer(NamedTuple):
    """Where somebody is and how far they have read, how many mentions are unread, and at which revision.

    And in which of their threads something is new, and how many reminders are due.
    """

    places: list[tuple[ReadState, RoomLink]]
    mentions: int
    threads: set[int]
    revision: int
    by_activity: bool
    reminders: int
    sound: str
    on_desktop: str


def load_viewers(people: list[int]) -> list[LoadedViewer]:
    """What there is to know of each of `people`.

    Three queries, one more where there are direct conversations, and two if there are mentions that were not
    read. Runs in a database thread.
    """
    # First the numbers: a list that changes meanwhile is read again, and none is taken for newer than it is.
    there = Person.objects.filter(pk__in=people).values_list(
        "pk", "rooms_revision", "side_order", "reminders_due", "sound", "on_desktop"
    )
    known = {
        pk: (number, order == Person.SideOrder.ACTIVITY, *others) for pk, number, order, *others in there
    }
    places: dict[int, list[tuple[ReadState, RoomLink]]] = {person_id: [] for person_id in people}
    for place, link in Membership.objects.filter(person__in=people).how_far():
        places[place.person_id].append((place, link))
    direct = people_in({link.pk for those in places.values() for _, link in those if link.kind == DIRECT})
    meant = {
        place.person_id
        for those in places.values()
        for place, _ in those
        if max(place.mentioned, place.called) > place.read
    }
    mentions = unread_mentions(meant)
    threads = Follower.objects.news_by_person(people, KEPT_AT_MOST)
    return [
        LoadedViewer(
            [(place, _seen_by(person_id, link, direct)) for place, link in places[person_id]],
            mentions[person_id],
            threads.get(person_id, set()),
            *known.get(person_id, (0, False, 0, "", "")),
        )
        for person_id in people
    ]


def _seen_by(person_id: int, link: RoomLink, direct: Mapping[int, Sequence[PersonRef]]) -> RoomLink:
    """The link of a room with those whom that person sees in it."""
    if link.pk not in direct:
        return link
    return link._replace(people=tuple(person for person in direct[link.pk] if person.pk != person_id))


def message_counts(rooms: list[int]) -> dict[int, int]:
    """How many messages each of `rooms` has had. One query. Runs in a database thread."""
    return dict(Room.objects.filter(pk__in=rooms).values_list("pk", "posts")) if rooms else {}
