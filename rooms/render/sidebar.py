"""One's rooms, at the side of every page."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.template.loader import get_template
from django.utils.safestring import SafeString

from accounts.models import Person
from database.compiled_queries import CompiledQuery
from database.rows import pairs_in, paths_of_pair, read_rows
from hypermedia.cache import kept
from hypermedia.fragments import hx_partial
from rooms.models import Membership
from rooms.models.direct import with_people
from rooms.models.mention import unread_mentions
from rooms.models.values import DIRECT, ReadState, RoomLink
from rooms.render.badges import EMPTY, MENTIONS, MORE, Badge, badge_for, badge_html, badge_of
from rooms.render.names import names_html

# A side of more rooms than this is a page of its own: /rooms/ finds the others.
SIDE_LENGTH = 100


class Sidebar:
    """What a page shows of somebody's rooms; `current` is the slug of the one that it is about."""

    def __init__(self, person: Person, current: str = "") -> None:
        self._person = person
        self.current = current

    @cached_property
    def _places(self) -> list[tuple[RoomLink, Badge]]:
        """Each of their rooms, by name, and what its badge shows; one more than the side has a place for.

        One query, and one more where some are direct conversations.
        """
        found = pairs_in(ReadState, RoomLink, _places(self._person))
        links = with_people([link for _, link in found], self._person.pk)
        return [(link, _badge(state)) for link, (state, _) in zip(links, found, strict=True)]

    @cached_property
    def rooms(self) -> SafeString:
        """Links to them, by name, each with its badge."""
        links = [link for link, _ in self._places]
        badges = {link.pk: badge for link, badge in self._places}
        return render_room_list(links, badges, self.current, self._beyond(links))

    def _beyond(self, links: Sequence[RoomLink]) -> list[RoomLink]:
        """The room that the page is about, where the side has no place for it. Two queries at most."""
        is_shown = any(link.slug == self.current for link in links[:SIDE_LENGTH])
        if not self.current or is_shown or len(links) <= SIDE_LENGTH:
            return []
        here = Membership.objects.filter(person=self._person, room__slug=self.current)
        return with_people(read_rows(RoomLink, here), self._person.pk)

    @cached_property
    def current_badge(self) -> SafeString:
        """The badge of the room that the page is about. One query, where the side has no place for it."""
        for link, badge in self._places:
            if link.slug == self.current:
                return badge_html(link.pk, badge)
        here = Membership.objects.filter(person=self._person, room__slug=self.current).how_far()
        return SafeString("".join(badge_html(link.pk, _badge(state)) for state, link in here))

    @cached_property
    def mentions(self) -> SafeString:
        """How many mentions are unread. Two queries where a badge says that there are some."""
        if not any(badge.is_mention and link.kind != DIRECT for link, badge in self._places):
            return badge_html(MENTIONS, EMPTY)
        count = unread_mentions([self._person.pk])[self._person.pk]
        return badge_html(MENTIONS, badge_of(count, is_mention=True))


def last_for(state: ReadState) -> int:
    """The number of the last message that means somebody: in a direct conversation every one does."""
    return state.posts if state.kind == DIRECT else max(state.mentioned, state.called)


def _badge(state: ReadState) -> Badge:
    return badge_for(state.posts, state.read, last_for(state), state.gone)


@CompiledQuery
def _places(person: Person) -> QuerySet[Membership, tuple[Any, ...]]:
    mine = Membership.objects.filter(person=person).listed().counting_gone().by_room_name()[: SIDE_LENGTH + 1]
    return mine.values_list(*paths_of_pair(ReadState, RoomLink))


def render_room_list(
    links: Sequence[RoomLink], badges: Mapping[int, Badge], current: str, beyond: Iterable[RoomLink] = ()
) -> SafeString:
    """The list of somebody's rooms: the first of `links`, and `beyond`, with what `badges` say of each.

    `current` is the slug of the room that the page is about.
    """
    shown = (*links[:SIDE_LENGTH], *(beyond if len(links) > SIDE_LENGTH else ()))
    theirs = tuple(badges.get(link.pk, EMPTY) for link in shown)
    more = badges.get(MORE, EMPTY) if len(links) > SIDE_LENGTH else None
    return _list(shown, theirs, current, more, SIDE_LENGTH)


@kept("room list")
def _list(
    links: tuple[RoomLink, ...], badges: tuple[Badge, ...], current: str, more: Badge | None, length: int
) -> SafeString:
    rows = [_link(link, badge, link.slug == current) for link, badge in zip(links, badges, strict=True)]
    if more is not None:
        rows.append(_part("more", number=length, badge=badge_html(MORE, more)))
    return SafeString("".join(rows) or _part("none"))


def room_list_changed(
    links: Sequence[RoomLink], badges: Mapping[int, Badge], current: str, revision: int
) -> SafeString:
    """The list on an open page, as it is at `revision`: morphed, so that what has the focus keeps it."""
    beyond = [link for link in links[SIDE_LENGTH:] if link.slug == current]
    shown = _part("shown", revision=revision)
    html = hx_partial("#rooms", "innerMorph", render_room_list(links, badges, current, beyond))
    return SafeString(html + hx_partial("#rooms-shown", "outerHTML", shown))


@kept("room link")
def _link(link: RoomLink, badge: Badge, is_current: bool) -> SafeString:
    shown = {"room": link, "badge": badge_html(link.pk, badge), "is_current": is_current}
    if link.kind != DIRECT:
        return _part("link", **shown)
    face = link.people[0] if len(link.people) == 1 else None
    return _part("direct", face=face, names=names_html(link.people) or link.title, **shown)


def _part(which: str, **context: object) -> SafeString:
    return SafeString(get_template(f"rooms/side.html#{which}").render(context))
