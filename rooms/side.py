"""One's rooms, at the side of every page."""

from functools import cached_property, lru_cache

from django.db.models import F, QuerySet
from django.template.loader import get_template
from django.utils.safestring import SafeString

from accounts.models import Person
from live.prepared import Prepared
from rooms.badges import MENTIONS, badge_for, badge_html, coded
from rooms.models import Room
from rooms.models.mention import unread_mentions

# A side of more rooms than this is a page of its own: /rooms/ finds the others.
SIDE_LENGTH = 100
# Links that are kept rendered: some 5 MB.
LINKS_KEPT = 10_000


class Side:
    """What a page shows of somebody's rooms; `current` is the slug of the one that it is about."""

    def __init__(self, person: Person, current: str = "") -> None:
        self._person = person
        self._current = current

    @cached_property
    def _places(self) -> list[tuple[int, str, str, int]]:
        """The id, slug and name of each, and what its badge shows."""
        return [
            (pk, slug, name, badge_for(posts, read, max(mentioned, called)))
            for pk, slug, name, posts, called, read, mentioned in _places(self._person)
        ]

    @cached_property
    def rooms(self) -> SafeString:
        """Links to them, by name, each with its badge. One query."""
        links = [_link(*place, is_current=place[1] == self._current) for place in self._places]
        if len(links) == SIDE_LENGTH:
            links += [*self._beyond(), _note("more", SIDE_LENGTH)]
        return SafeString("".join(links) or _note("none"))

    def _beyond(self) -> list[SafeString]:
        """The room that the page is about, where the side has no place for it. One query, or none."""
        if not self._current or any(slug == self._current for _, slug, _, _ in self._places):
            return []
        found = Room.objects.of(self._person).filter(slug=self._current).values_list("pk", "slug", "name")
        return [_link(*named, 0, is_current=True) for named in found]

    @cached_property
    def mentions(self) -> SafeString:
        """How many mentions are unread. Two queries where a badge says that there are some."""
        if not any(badge & 1 for *_, badge in self._places):
            return badge_html(MENTIONS, 0)
        count = unread_mentions([self._person.pk])[self._person.pk]
        return badge_html(MENTIONS, coded(count, is_mention=True))


@Prepared
def _places(person: Person) -> QuerySet[Room, tuple[int, str, str, int, int, int, int]]:
    mine = Room.objects.of(person).by_name()[:SIDE_LENGTH]
    read, mentioned = F("memberships__read"), F("memberships__mentioned")
    return mine.values_list("pk", "slug", "name", "posts", "called", read, mentioned)


@lru_cache(LINKS_KEPT)
def _link(pk: int, slug: str, name: str, badge: int, *, is_current: bool) -> SafeString:
    context = {"slug": slug, "name": name, "badge": badge_html(pk, badge), "is_current": is_current}
    return SafeString(get_template("rooms/side.html#link").render(context))


def _note(which: str, number: int = 0) -> SafeString:
    return SafeString(get_template(f"rooms/side.html#{which}").render({"number": number}))
