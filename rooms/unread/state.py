"""Who has a page open in this process, and how far they have read: what tracker.py counts with."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from accounts.models import Person
from rooms.models import Membership, Room
from rooms.models.direct import people_in
from rooms.models.mention import unread_mentions
from rooms.models.values import DIRECT, PersonRef, ReadState, RoomLink
from rooms.render import sidebar
from rooms.render.badges import EMPTY, Badge, badge_for, badge_of

if TYPE_CHECKING:
    from live.hub import Socket


class ViewerState:
    """Somebody who has pages open here: which, their rooms in the order of the side, and their badges."""

    __slots__ = ("links", "mentions", "pages", "revision", "shown")

    def __init__(self) -> None:
        # Each with the slug of the room that it is about.
        self.pages: dict[Socket, str] = {}
        # All their rooms, as the side says them; Person.rooms_revision, read before these were.
        self.links: tuple[RoomLink, ...] = ()
        self.revision = 0
        self.mentions = 0
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

    @property
    def has_more(self) -> bool:
        """Whether they are in more rooms than the side has a place for."""
        return len(self.links) > sidebar.SIDE_LENGTH

    @property
    def more(self) -> Badge:
        """What the rooms that the side has no place for have, together."""
        badges = [self.shown.get(link.pk, EMPTY) for link in self.links[sidebar.SIDE_LENGTH :]]
        return badge_of(sum(badge.unread for badge in badges), any(badge.is_mention for badge in badges))


class RoomState:
    """A room that somebody here is in: its last messages, and how far each of them has read."""

    __slots__ = ("called", "gone", "link", "mentioned", "posts", "read")

    def __init__(self, link: RoomLink) -> None:
        # As it was last read: one for all who are in the room; of a direct conversation each has another.
        self.link = link
        self.posts = self.called = 0
        self.read: dict[int, int] = {}
        self.mentioned: dict[int, int] = {}
        # How many of the messages that each has not read were deleted; nothing for none.
        self.gone: dict[int, int] = {}

    def badge(self, person_id: int) -> Badge:
        """What its badge shows to one of them."""
        gone = self.gone.get(person_id, 0)
        return badge_for(self.posts, self.read[person_id], self.last_for(person_id), gone)

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
    """Where somebody is and how far they have read, how many mentions are unread, and at which revision."""

    places: list[tuple[ReadState, RoomLink]]
    mentions: int
    revision: int


def load_viewers(people: list[int]) -> list[LoadedViewer]:
    """What there is to know of each of `people`.

    Two queries, one more where there are direct conversations, and two if there are mentions that were not
    read. Runs in a database thread.
    """
    # First the numbers: a list that changes meanwhile is read again, and none is taken for newer than it is.
    revisions = dict(Person.objects.filter(pk__in=people).values_list("pk", "rooms_revision"))
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
    return [
        LoadedViewer(
            [(place, _seen_by(person_id, link, direct)) for place, link in places[person_id]],
            mentions[person_id],
            revisions.get(person_id, 0),
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
