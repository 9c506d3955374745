"""What rooms are called, as HTML: in a direct conversation by names that change with those people's."""

from collections.abc import Collection

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString

from rooms.models import Room
from rooms.models.values import PersonRef


def names_html(people: Collection[PersonRef]) -> SafeString:
    """These people's names, each as open pages know it (accounts/names.py); nothing for nobody."""
    names = ((person.pk, person.name) for person in people)
    return format_html_join(", ", '<span data-name="{}">{}</span>', names)


def room_heading(room: Room) -> SafeString:
    """What the current user sees `room` called. One query at most, where it is direct."""
    return names_html(room.people) if room.people else escape(room.title)
