"""One's rooms, at the side of every page."""

import marshal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, Q, QuerySet, Subquery
from django.template.loader import get_template
from django.utils.safestring import SafeString

from accounts.models import Person
from database.compiled_queries import CompiledQuery
from database.rows import pairs_in, paths_of_pair
from hypermedia.cache import kept
from hypermedia.fragments import hx_partial
from rooms.models import Follower, Membership
from rooms.models.direct import people_in
from rooms.models.mention import unread_mentions
from rooms.models.values import DIRECT, SECTIONS, PersonRef, ReadState, RoomLink
from rooms.render.badges import (
    EMPTY,
    MENTIONS,
    MORE,
    REMINDERS,
    THREADS,
    Badge,
    badge_for,
    badge_html,
    badge_of,
    involved_badge,
)
from rooms.render.names import names_html

# A section of more rooms than this is a page of its own: /rooms/ finds the others.
SIDE_LENGTH = 100
# Rooms of which one hears next to nothing are paler.
MUTED = {Membership.Involvement.NOTHING, Membership.Involvement.HIDDEN}
# Where in what is read of a room these are.
ROOM, KIND = ReadState._fields.index("room_id"), ReadState._fields.index("kind")
# The lists on a page.
LISTS = {"favourites": "#favourites", "rooms": "#rooms", "direct": "#direct"}


class Sidebar:
    """What a page shows of somebody's rooms; `current` is the slug of the one that it is about."""

    def __init__(self, person: Person, current: str = "") -> None:
        self._person = person
        self.current = current

    @cached_property
    def _side(self) -> "Side":
        """Their rooms, in order, and whether something is unread and meant for them, in whichever room.

        And how many of the threads that they follow have something new.
        Of each section one more than the side has a place for, and the room that the page is about. One
        query, and one more where some are direct conversations.
        """
        rows = _places(self._person, self.current)
        people = people_in([row[ROOM] for row in rows if row[KIND] == DIRECT], self._person.pk)
        # As one text, which is compared at once; the version has no references, which would differ.
        return _side_of(marshal.dumps(rows, 2), tuple(people.items()), self.current)

    @property
    def rooms(self) -> SafeString:
        """Links to those with a name, each with its badge."""
        return self._side.rooms

    @property
    def favourites(self) -> SafeString:
        """Links to those that stand above all others."""
        return self._side.favourites

    @property
    def direct(self) -> SafeString:
        """Links to direct conversations."""
        return self._side.direct

    @property
    def rooms_open(self) -> SafeString:
        """The attribute of their section, where it is not folded; so for the other two."""
        return self._open("rooms")

    @property
    def favourites_open(self) -> SafeString:
        """The same, for the favourites."""
        return self._open("favourites")

    @property
    def direct_open(self) -> SafeString:
        """The same, for direct conversations."""
        return self._open("direct")

    def _open(self, section: str) -> SafeString:
        return SafeString("" if section in self._person.side_folded.split() else "open")

    @property
    def other_order(self) -> str:
        """The order that rooms could be in, and are not."""
        orders = Person.SideOrder
        return orders.NAME if self._person.side_order == orders.ACTIVITY else orders.ACTIVITY

    @property
    def current_badge(self) -> SafeString:
        """The badge of the room that the page is about."""
        return self._side.current_badge

    @cached_property
    def mentions(self) -> SafeString:
        """How many mentions are unread. Two queries where there are some."""
        if not self._side.is_meant:
            return badge_html(MENTIONS, EMPTY)
        count = unread_mentions([self._person.pk])[self._person.pk]
        return badge_html(MENTIONS, badge_of(count, is_mention=True))

    @property
    def threads(self) -> SafeString:
        """In how many of the threads that they follow something is new."""
        return badge_html(THREADS, badge_of(self._side.threads, is_mention=False))

    @property
    def reminders(self) -> SafeString:
        """How many reminders are due: the person's row says it."""
        return badge_html(REMINDERS, badge_of(self._person.reminders_due, is_mention=True))


@dataclass(frozen=True, slots=True)
class Side:
    """The lists of somebody's rooms, the badge of the one that the page is about; whether they are meant.

    And how many of their threads have something new.
    """

    favourites: SafeString
    rooms: SafeString
    direct: SafeString
    current_badge: SafeString
    is_meant: bool
    threads: int


@kept("side")
def _side_of(places: bytes, people: tuple[tuple[int, tuple[PersonRef, ...]], ...], current: str) -> Side:
    rows, others = marshal.loads(places), dict(people)  # noqa: S302 (of this process)
    found = [
        (state, link._replace(people=others.get(link.pk, ())))
        for state, link in pairs_in(ReadState, RoomLink, [row[:-2] for row in rows])
    ]
    badges = {link.pk: _badge(state) for state, link in found}
    lists = render_room_lists([link for _, link in found], badges, current)
    own = [badge_html(link.pk, badges[link.pk]) for _, link in found if link.slug == current]
    is_meant, threads = any(row[-2] for row in rows), next((row[-1] for row in rows), 0) or 0
    return Side(**lists, current_badge=SafeString("".join(own)), is_meant=is_meant, threads=threads)


def last_for(state: ReadState) -> int:
    """The number of the last message that means somebody: in a direct conversation every one does."""
    return state.posts if state.kind == DIRECT else max(state.mentioned, state.called)


def _badge(state: ReadState) -> Badge:
    badge = badge_for(state.posts, state.read, last_for(state), state.gone)
    return involved_badge(badge, state.involvement, is_direct=state.kind == DIRECT)


@CompiledQuery
def _places(person: Person, current: str) -> QuerySet[Membership, tuple[Any, ...]]:
    mine = Membership.objects.filter(person=person)
    # Wherever it is: a badge may tell nothing of it, and the side have no place for the room.
    is_meant = Q(mentioned__gt=F("read")) | Q(room__called__gt=F("read"))
    first = mine.listed().shown(current).first_of_each_section(person, SIDE_LENGTH + 1, current)
    # Of no row in particular: a database asks that once, too.
    threads = Subquery(Follower.objects.filter(person=person).with_news().counted())
    shown = first.counting_gone().annotate(is_meant=Exists(mine.filter(is_meant)), threads=threads)
    return shown.values_list(*paths_of_pair(ReadState, RoomLink), "is_meant", "threads")


def in_sections(links: Iterable[RoomLink]) -> dict[str, list[RoomLink]]:
    """`links` by the section that each stands in, in their order."""
    sections: dict[str, list[RoomLink]] = {section: [] for section in SECTIONS}
    for link in links:
        sections[link.section].append(link)
    return sections


def render_room_lists(
    links: Iterable[RoomLink], badges: Mapping[int, Badge], current: str
) -> dict[str, SafeString]:
    """The lists of somebody's rooms, by section: the first of each, with what `badges` say of them.

    `current` is the slug of the room that the page is about, which stands there in any case.
    """
    sections = in_sections(link for link in links if _is_shown(link, badges, current))
    has_more = any(len(those) > SIDE_LENGTH for those in sections.values())
    lists = {
        section: _list(shown, tuple(badges.get(link.pk, EMPTY) for link in shown), current)
        for section, those in sections.items()
        for shown in [_first(those, current)]
    }
    if has_more:
        more = badge_html(MORE, badges.get(MORE, EMPTY))
        lists["rooms"] = SafeString(lists["rooms"] + _part("more", number=SIDE_LENGTH, badge=more))
    if not any(lists.values()):
        lists["rooms"] = _part("none")
    return lists


def beyond(links: Iterable[RoomLink], badges: Mapping[int, Badge]) -> list[RoomLink]:
    """Those of `links` that the side has no place for, though they are not hidden."""
    sections = in_sections(link for link in links if _is_shown(link, badges, ""))
    return [link for those in sections.values() for link in those[SIDE_LENGTH:]]


def _is_shown(link: RoomLink, badges: Mapping[int, Badge], current: str) -> bool:
    is_hidden = link.involvement == Membership.Involvement.HIDDEN
    return not is_hidden or badges.get(link.pk, EMPTY) != EMPTY or link.slug == current


def _first(links: Sequence[RoomLink], current: str) -> tuple[RoomLink, ...]:
    """As many of a section as the side has a place for, and the room that the page is about."""
    return (*links[:SIDE_LENGTH], *(link for link in links[SIDE_LENGTH:] if link.slug == current))


@kept("room list")
def _list(links: tuple[RoomLink, ...], badges: tuple[Badge, ...], current: str) -> SafeString:
    rows = [_link(link, badge, link.slug == current) for link, badge in zip(links, badges, strict=True)]
    return SafeString("".join(rows))


def room_list_changed(
    links: Sequence[RoomLink], badges: Mapping[int, Badge], current: str, revision: int
) -> SafeString:
    """The lists on an open page, as they are at `revision`: morphed, so that what has the focus keeps it."""
    lists = render_room_lists(links, badges, current)
    html = "".join(hx_partial(LISTS[section], "innerMorph", rows) for section, rows in lists.items())
    return SafeString(html + hx_partial("#rooms-shown", "outerHTML", _part("shown", revision=revision)))


@kept("room link")
def _link(link: RoomLink, badge: Badge, is_current: bool) -> SafeString:
    is_muted = link.involvement in MUTED
    shown = {
        "room": link,
        "badge": badge_html(link.pk, badge),
        "is_current": is_current,
        "is_muted": is_muted,
    }
    if link.kind != DIRECT:
        return _part("link", **shown)
    face = link.people[0] if len(link.people) == 1 else None
    return _part("direct", face=face, names=names_html(link.people) or link.title, **shown)


def _part(which: str, **context: object) -> SafeString:
    return SafeString(get_template(f"rooms/side.html#{which}").render(context))
