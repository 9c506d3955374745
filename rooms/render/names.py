"""What rooms are called, as HTML: in a direct conversation by names that change with those people's."""

from collections.abc import Collection, Iterable, Sequence

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rooms.models import Room
from rooms.models.values import PersonRef


def names_html(people: Collection[PersonRef]) -> SafeString:
    """These people's names, each as open pages know it (accounts/names.py); nothing for nobody."""
    return named_html((person.pk, person.name) for person in people)


def named_html(people: Iterable[tuple[int, str]]) -> SafeString:
    """The same, of ids and names."""
    return format_html_join(", ", '<span data-name="{}">{}</span>', people)


def listed(names: Sequence[str]) -> str:
    """“Ana”, “Ana and Bo”, “Ana, Bo and Cleo”, in the current language."""
    if len(names) == 1:
        return names[0]
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}


def room_heading(room: Room) -> SafeString:
    """What the current user sees `room` called. One query at most, where it is direct."""
    return names_html(room.people) if room.people else escape(room.title)
