"""Quiet lines in a room: what happened to it, and by whom."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from database.rows import pairs_in, paths_of_pair
from hypermedia.templates import macro
from rooms.models import Noticed
from rooms.models.values import MessageRow, NoticePlace, PersonRef

# So many are called by name.
NAMED = 10


def render_for(messages: Sequence[MessageRow]) -> dict[int, SafeString]:
    """What each of `messages` that is a quiet line says, by its id. One query, or none."""
    lines = [message for message in messages if message.notice]
    if not lines:
        return {}
    found = Noticed.objects.filter(message__in=[line.pk for line in lines]).order_by("pk")
    people: dict[int, list[PersonRef]] = {}
    for place, person in pairs_in(
        NoticePlace, PersonRef, found.values_list(*paths_of_pair(NoticePlace, PersonRef))
    ):
        people.setdefault(place.message_id, []).append(person)
    render = macro("rooms/notice.html", "notice")
    return {line.pk: render(line, people.get(line.pk, [])[:NAMED], _beyond(people, line)) for line in lines}


def _beyond(people: dict[int, list[PersonRef]], line: MessageRow) -> int:
    """How many more there are than are called by name."""
    return max(0, len(people.get(line.pk, ())) - NAMED)
