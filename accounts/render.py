"""People as they stand on a page: an avatar, a row of a list."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString

from accounts.models import Community, Person, colour_of, initials_of
from accounts.roles import Role
from hypermedia.cache import kept
from hypermedia.fragments import hx_partial
from live.presence import ONLINE

if TYPE_CHECKING:
    from live.server_process import ServerProcess

# A list of more people than this says how many more there are.
LIST_LENGTH = 30
# So many of those lend their dots to the avatars on the page all the same.
DOTS_LENGTH = 200
# Where else something of a person has their colour, and the partial of accounts/people.html that it is.
COLOURED = {
    ".author[data-name='{}']": "author",
    ".doer[data-name='{}']": "doer",
    ".avatar:has([href='#on-{}'])": "avatar",
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

    @property
    def html(self) -> SafeString:
        """The rows, and how many more there are."""
        return SafeString("".join(self.rows.values()) + self.more)

    @property
    def more(self) -> SafeString:
        """The row that says how many more there are; nothing where all have a row."""
        count = self.count - len(self.rows)
        return _part("more", {"which": self.which, "count": count}) if count else SafeString("")

    @property
    def dots_html(self) -> SafeString:
        """The dots that avatars show."""
        return _dots(self.dots)

    @property
    def whole(self) -> str:
        """It, in place of whatever a page shows."""
        html = hx_partial(f"#{self.which}", "innerHTML", self.html)
        return html + hx_partial(f"#{self.which}-dots", "innerHTML", self.dots_html) + self._counted

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
        html += hx_partial(f"#{self.which}-dots", "beforeend", _dots(dots)) if dots else ""
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


def people_list(which: str, ids: Iterable[int], revision: int | None = None) -> PeopleList:
    """The people of `ids`, by name: `which` is a partial of accounts/people.html, `online` or `here`.

    `revision` is the community's people_revision, where the caller knows it: two queries at most.
    """
    if revision is None:
        revision = Community.current().people_revision
    return cached_people_list(which, frozenset(ids), revision)


@kept("people")
def cached_people_list(which: str, ids: frozenset[int], revision: int) -> PeopleList:
    """The same list, as it was rendered before if nobody in it is called otherwise now; else one query."""
    people = Person.objects.filter(pk__in=ids)
    if which == "online":
        # It is the same for everybody, and a guest is seen in their rooms alone.
        people = people.exclude(role=Role.GUEST)
    named = [
        (display_name or username, pk, hue)
        for pk, username, display_name, hue in (people.named() if ids else ())
    ]
    named.sort(key=lambda person: (person[0].casefold(), person[1]))
    rows = {pk: _row(which, pk, name, colour_of(pk, hue)) for name, pk, hue in named[:LIST_LENGTH]}
    dotted = named[: LIST_LENGTH + DOTS_LENGTH] if which == "online" else ()
    return PeopleList(which, rows, len(named), tuple(pk for _, pk, _ in dotted))


def list_changed(which: str, ids: Set[int], arrived: Set[int], left: Set[int]) -> str:
    """The people of `ids`, for pages that do not know yet who `arrived` and who `left`. Three queries."""
    revision = Community.current().people_revision
    before = people_list(which, (ids - arrived) | left, revision)
    return people_list(which, ids, revision).after(before)


@kept("person")
def _row(which: str, person_id: int, name: str, colour: int) -> SafeString:
    context = {
        "id": person_id,
        "name": name,
        "initials": initials_of(name),
        "colour": colour,
    }
    return _part(which, context)


def _dots(ids: Sequence[int]) -> SafeString:
    return _part("dots", {"ids": ids}) if ids else SafeString("")


def online_list(process: "ServerProcess") -> str:
    """The whole list of who is online, as this process last saw it. Two queries at most."""
    return people_list("online", process.here.get(ONLINE, set())).whole


def online_list_of(process: "ServerProcess", person_id: int) -> str:
    """The list of who is online as a guest has it: with those alone of whom they may know."""
    viewer = Person.objects.get(pk=person_id)
    here = Person.objects.visible_to(viewer).filter(pk__in=process.here.get(ONLINE, set()))
    return people_list("online", here.values_list("pk", flat=True)).whole


def name_changed(person_id: int, name: str, hue: int | None) -> str:
    """The new name of somebody, and their initials and colour, wherever the old ones stand."""
    colour = colour_of(person_id, hue)
    html = hx_partial(f"[data-name='{person_id}']", "textContent", escape(name))
    context = {"id": person_id, "name": name, "initials": initials_of(name), "colour": colour}
    for where, part in COLOURED.items():
        target = where.format(person_id)
        html += hx_partial(target, "outerHTML", _part(part, context))
    # In its place in the lists, which go by name, it is with the next look: say_again.
    for which in ("online", "here"):
        html += hx_partial(f"#{which}-{person_id}", "outerHTML", _row(which, person_id, name, colour))
    return html


def _part(part: str, context: dict[str, object]) -> SafeString:
    return SafeString(get_template(f"accounts/people.html#{part}").render(context))
