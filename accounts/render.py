"""People as they stand on a page: an avatar, a row of a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString

from accounts.models import Community, Person, colour_of, initials_of
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
    """A list of people: its rows, no more than LIST_LENGTH of them, and how many there are."""

    html: SafeString
    count: int


def people_list(template: str, ids: Iterable[int], revision: int | None = None) -> PeopleList:
    """The people of `ids`, by name: `template` is a partial of accounts/people.html.

    `revision` is the community's people_revision, where the caller knows it: two queries at most.
    """
    if revision is None:
        revision = Community.current().people_revision
    return cached_people_list(template, frozenset(ids), revision)


@kept("people")
def cached_people_list(template: str, ids: frozenset[int], revision: int) -> PeopleList:
    """The same list, as it was rendered before if nobody in it is called otherwise now; else one query."""
    named = [
        (display_name or username, pk, hue)
        for pk, username, display_name, hue in (Person.objects.filter(pk__in=ids).named() if ids else ())
    ]
    named.sort(key=lambda person: (person[0].casefold(), person[1]))
    rows = [_row(template, pk, name, colour_of(pk, hue)) for name, pk, hue in named[:LIST_LENGTH]]
    if others := [pk for _, pk, _ in named[LIST_LENGTH:]]:
        rows.append(_more(others, dots=template == "online"))
    return PeopleList(SafeString("".join(rows)), len(named))


@kept("person")
def _row(template: str, person_id: int, name: str, colour: int) -> SafeString:
    context = {
        "id": person_id,
        "name": name,
        "initials": initials_of(name),
        "colour": colour,
        "key": name.casefold(),
    }
    return _part(template, context)


def _more(others: list[int], *, dots: bool) -> SafeString:
    context = {"count": len(others), "dots": others[:DOTS_LENGTH] if dots else ()}
    return SafeString(get_template("accounts/people.html#more").render(context))


def count_changed(which: str, number: int) -> str:
    """The number beside a list's name."""
    return hx_partial(f"[data-count={which}]", "textContent", str(number))


def online_list(process: "ServerProcess") -> str:
    """The whole list of who is online, as this process last saw it. Two queries at most."""
    ids = process.here.get(ONLINE, set())
    return hx_partial("#online", "innerHTML", people_list("online", ids).html) + count_changed(
        "online", len(ids)
    )


def gone_offline(person_id: int) -> str:
    """Somebody has left the list, and the dots on their avatars go with them; or had no more than those."""
    return hx_partial(f"#online-{person_id}", "delete") + hx_partial(f"#on-{person_id}", "delete")


def name_changed(person_id: int, name: str, hue: int | None) -> str:
    """The new name of somebody, and their initials and colour, wherever the old ones stand."""
    colour = colour_of(person_id, hue)
    html = hx_partial(f"[data-name='{person_id}']", "textContent", escape(name))
    context = {"id": person_id, "name": name, "initials": initials_of(name), "colour": colour}
    for where, part in COLOURED.items():
        target = where.format(person_id)
        html += hx_partial(target, "outerHTML", _part(part, context))
    # In another place of the lists, which go by name. The row is taken out by a selector of its own, which
    # begins a frame where it may have gone before: whether it is there decides whether it is put in.
    for which in ("online", "here"):
        listed, row = f"#{which}-{person_id}", _row(which, person_id, name, colour)
        html += hx_partial(f"#{which} > {listed}", "delete")
        html += hx_partial(f"#{which}:has({listed})", "upsert key:data-seq sort", row)
    return html


def _part(part: str, context: dict[str, object]) -> SafeString:
    return SafeString(get_template(f"accounts/people.html#{part}").render(context))
