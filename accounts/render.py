"""People as they stand on a page: an avatar, a row of a list."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString

from accounts.models import Community, Person
from accounts.models.values import SeenPerson
from accounts.roles import Role
from hypermedia.cache import kept
from hypermedia.fragments import hx_partial
from live.presence import AWAY, ONLINE

if TYPE_CHECKING:
    from live.server_process import ServerProcess

# A list of more people than this says how many more there are.
LIST_LENGTH = 30
# So many of those lend their dots to the avatars on the page all the same.
DOTS_LENGTH = 200
# Of more people than this nobody is called by name, and nobody has a dot: the list says how many they are. To
# read and sort so many names each time that one of them comes or goes would be most of what a process does.
MOST_NAMED = 1000
# Where else something of a person has their colour, and the partial of accounts/people.html that it is.
COLOURED = {
    # Where a hook is called otherwise in one message, its own name is the title.
    "[data-author='{}'] > .byline > .author:not([title])": "byline",
    ".author[data-name='{}']": "author",
    "a.doer[data-name='{}']": "doer",
    "b.doer[data-name='{}']": "named",
    "a.avatar:has([href='#on-{}'])": "face",
    "span.avatar:has([href='#on-{}'])": "avatar",
    ".portrait[data-portrait='{}']": "portrait",
    "i[data-face='{}']": "answerer",
}


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A list of people: the first LIST_LENGTH by name, each as a row by their id, and how many there are.

    `dots` are the ids of those whose avatars have a dot, of whom some have no row.
    """

    which: str
    rows: Mapping[int, SafeString]
    count: int
    dots: Sequence[int] = ()
    away: Set[int] = frozenset()

    @property
    def html(self) -> SafeString:
        """The rows, and how many more there are."""
        return SafeString("".join(self.rows.values()) + self.more)

    @property
    def more(self) -> SafeString:
        """The row that says how many more there are, or how many at all; nothing where all have a row."""
        count = self.count - len(self.rows)
        context = {"which": self.which, "count": count, "is_all": not self.rows}
        return _part("more", context) if count else SafeString("")

    @property
    def dots_html(self) -> SafeString:
        """The dots that avatars show."""
        return _dots(self.dots, self.away)

    @property
    def whole(self) -> str:
        """It, in place of whatever a page shows."""
        html = hx_partial(f"#{self.which}", "innerHTML", self.html)
        dots = f'<svg id="{self.which}-dots" class="dots">{self.dots_html}</svg>'
        return html + hx_partial(f"#{self.which}-dots", "outerHTML", dots) + self._counted

    def after(self, before: "PeopleList") -> str:
        """It, for a page that shows `before`; on one that shows it already nothing is other than it was."""
        gone = before.rows.keys() - self.rows.keys()
        come = self.rows.keys() - before.rows.keys()
        if len(gone) + len(come) > LIST_LENGTH:
            # As after a restart: the list is shorter than what has changed in it.
            return self.whole
        dots = [pk for pk in self.dots if pk not in before.dots]
        leaving = [f"#{self.which}-{pk}" for pk in sorted(gone | come)]
        leaving += [
            f"#on-{pk}" for pk in (*before.dots, *dots) if not (pk in before.dots and pk in self.dots)
        ]
        leaving += [f"#{self.which}-more"] if before.more or self.more else []
        html = "".join(hx_partial(one, "delete") for one in leaving) + self._brought(come)
        html += hx_partial(f"#{self.which}", "beforeend", self.more) if self.more else ""
        html += _dots_brought(f"#{self.which}-dots", dots, self.away) if dots else ""
        return html + self._counted

    def _brought(self, come: Set[int]) -> str:
        """The rows of those who have come: each behind the one that is there before it in the list."""
        html, there, rows = "", "", ""
        for pk, row in (*self.rows.items(), (0, "")):
            if pk in come:
                rows += row
                continue
            if rows and there:
                html += hx_partial(f"#{self.which}-{there}", "afterend", rows)
            elif rows:
                html += hx_partial(f"#{self.which}", "afterbegin", rows)
            there, rows = str(pk), ""
        return html

    @property
    def _counted(self) -> str:
        """The number beside the list's name."""
        return hx_partial(f"[data-count={self.which}]", "textContent", str(self.count))


def people_list(
    which: str,
    ids: Iterable[int],
    revisions: tuple[int, int] | None = None,
    away: Iterable[int] = (),
    *,
    with_guests: bool = False,
) -> PeopleList:
    """The people of `ids`, by name: `which` is a partial of accounts/people.html, `online` or `here`.

    `revisions` are the community's seen_people, where the caller knows them: two queries at most. `away` are
    those who are here and do not look. A list that is everybody's has no guests, who are seen in their rooms.
    Of more than MOST_NAMED people it is their number, guests among them, and asks nothing.
    """
    ids = ids if isinstance(ids, Set) else frozenset(ids)
    if len(ids) > MOST_NAMED:
        return PeopleList(which, {}, len(ids))
    if revisions is None:
        revisions = Community.current().seen_people
    shown = frozenset(ids)
    hides_guests = which == "online" and not with_guests
    return cached_people_list(which, shown, revisions, shown.intersection(away), hides_guests)


@kept("people")
def cached_people_list(
    which: str,
    ids: frozenset[int],
    revisions: tuple[int, int],
    away: frozenset[int],
    hides_guests: bool,
) -> PeopleList:
    """The same list, as it was rendered before if it shows nobody otherwise now; else one query."""
    people = Person.objects.filter(pk__in=ids)
    if hides_guests:
        people = people.exclude(role=Role.GUEST)
    named = people.named() if ids else []
    named.sort(key=lambda person: (person.name.casefold(), person.pk))
    rows = {person.pk: _row(which, person, person.pk in away) for person in named[:LIST_LENGTH]}
    dotted = named[: LIST_LENGTH + DOTS_LENGTH] if which == "online" else ()
    return PeopleList(which, rows, len(named), tuple(person.pk for person in dotted), away)


def list_changed(
    which: str, ids: Set[int], arrived: Set[int], left: Set[int], away: Set[int] = frozenset()
) -> str:
    """The people of `ids`, for pages that do not know yet who `arrived` and who `left`. Three queries."""
    if max(len(ids), len(ids) - len(arrived) + len(left)) > MOST_NAMED:
        return people_list(which, ids, away=away).whole
    revisions = Community.current().seen_people
    before = people_list(which, (ids - arrived) | left, revisions, away)
    return people_list(which, ids, revisions, away).after(before)


@kept("person")
def _row(which: str, person: SeenPerson, is_away: bool) -> SafeString:
    return _part(which, {"person": person, "is_away": is_away})


def _dots(ids: Sequence[int], away: Set[int]) -> SafeString:
    return _part("dots", {"ids": ids, "away": away}) if ids else SafeString("")


def _dots_brought(where: str, ids: Sequence[int], away: Set[int]) -> str:
    """Dots for an open page: in an <svg>, without which HTML knows no circle, and which htmx leaves out."""
    return hx_partial(where, "beforeend strip:true", f"<svg>{_dots(ids, away)}</svg>")


def online_list(process: "ServerProcess") -> str:
    """The whole list of who is online, as this process last saw it. Two queries at most."""
    here = process.here
    return people_list("online", here.get(ONLINE, set()), away=here.get(AWAY, set())).whole


def away_changed(people: Set[int], away: Set[int]) -> str:
    """That some of `people` are `away` now, and the others no longer: beside names, and in their dots."""
    html = ""
    for pk in sorted(people):
        html += hx_partial(f"#on-{pk}", "delete")
        html += _dots_brought(f"#online-dots:has(#on-{pk})", [pk], away)
        html += hx_partial(f".people-list [data-away='{pk}']", "delete")
        if pk in away:
            html += hx_partial(f"#online-{pk},#here-{pk}", "beforeend", _part("away", {"id": pk}))
    return html


def name_changed(person: SeenPerson) -> str:
    """The new name of somebody, and their initials, picture and colour, wherever the old ones stand."""
    html = hx_partial(f"[data-name='{person.pk}']", "textContent", escape(person.name))
    for where, part in COLOURED.items():
        html += hx_partial(where.format(person.pk), "outerHTML", _part(part, {"person": person}))
    # In its place in the lists, which go by name, it is with the next look: say_again.
    for which in ("online", "here"):
        html += hx_partial(f"#{which}-{person.pk}", "outerHTML", _row(which, person, False))
    return html


def status_changed(person: SeenPerson) -> str:
    """The new status of somebody, wherever the old one stands: beside a name, and in words.

    A row of a list has an element for it only where there is one: most people have none.
    """
    sign, words = (_part(part, {"person": person}) for part in ("status", "status_words"))
    here = f"[data-status='{person.pk}']"
    html = hx_partial(f"{here}:not(.people-list *)", "outerHTML", sign)
    html += hx_partial(f".people-list {here}", "delete")
    if person.status_emoji or person.status_text:
        html += hx_partial(f"#online-{person.pk},#here-{person.pk}", "beforeend", sign)
    return html + hx_partial(f"[data-status-words='{person.pk}']", "outerHTML", words)


def folded(blocked: Sequence[int]) -> SafeString:
    """The rules of a page's style that fold the lines of the people with these ids."""
    return _part("folded", {"blocked": blocked}) if blocked else SafeString("")


def own_picture(person: Person) -> SafeString:
    """Somebody's picture, to stand in their seal; nothing where there are initials."""
    return _part("own_picture", {"person": person}) if person.avatar else SafeString("")


def _part(part: str, context: dict[str, object]) -> SafeString:
    return SafeString(get_template(f"accounts/people.html#{part}").render(context))
