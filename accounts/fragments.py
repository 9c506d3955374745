"""People as they stand on a page: an avatar, a row of a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString

from accounts.models import Person, colour_of, initials_of
from live.fragments import partial
from live.presence import ONLINE, present

if TYPE_CHECKING:
    from live.process import LiveProcess

# A list of more people than this says how many more there are.
LIST_LENGTH = 100


@lru_cache(maxsize=4096)
def _row(template: str, person_id: int, name: str, colour: int) -> SafeString:
    context = {
        "id": person_id,
        "name": name,
        "initials": initials_of(name),
        "colour": colour,
        "key": name.casefold(),
    }
    return SafeString(get_template(f"accounts/people.html#{template}").render(context))


@dataclass(frozen=True, slots=True)
class People:
    """A list of people: its rows, no more than LIST_LENGTH of them, and how many there are."""

    html: SafeString
    count: int


def people(template: str, ids: Iterable[int]) -> People:
    """The people of `ids`, by name: `template` is a partial of accounts/people.html. One query."""
    ids = set(ids)
    named = [
        (display_name or username, pk, hue)
        for pk, username, display_name, hue in (Person.objects.filter(pk__in=ids).shown() if ids else ())
    ]
    named.sort(key=lambda person: (person[0].casefold(), person[1]))
    rows = [_row(template, pk, name, colour_of(pk, hue)) for name, pk, hue in named[:LIST_LENGTH]]
    if len(named) > LIST_LENGTH:
        rows.append(SafeString(f'<li class="more">and {len(named) - LIST_LENGTH} more</li>'))
    return People(SafeString("".join(rows)), len(named))


def count(which: str, number: int) -> str:
    """The number beside a list's name."""
    return partial(f"[data-count={which}]", "textContent", str(number))


def online_now(process: "LiveProcess") -> str:
    """The whole list of who is online, as this process last saw it. One query."""
    ids = process.here.get(ONLINE, set())
    return partial("#online", "innerHTML", people("online", ids).html) + count("online", len(ids))


def online() -> People:
    """Who is online, for a page. Two queries."""
    return people("online", present()[ONLINE])


def name_changed(person: Person) -> str:
    """The new name, wherever the old one stands."""
    return partial(f"[data-name='{person.pk}']", "textContent", escape(person.name))
