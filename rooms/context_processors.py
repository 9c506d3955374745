"""What stands at the side of every page."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.fragments import online
from rooms.badges import MENTIONS, badge_for, badge_html, coded
from rooms.models import Room
from rooms.models.mention import unread_mentions

# A side of more rooms than this is a page of its own: /rooms/ finds the others.
SIDE_LENGTH = 100


def side(request: HttpRequest) -> dict[str, Any]:
    """`my_rooms` and `online`, read when a page shows them: one query, and two.

    `mentions_badge` is two more where somebody was named and has not read it.
    """
    rooms = SimpleLazyObject(lambda: rooms_at_side(request))
    return {
        "my_rooms": rooms,
        "mentions_badge": SimpleLazyObject(lambda: mentions_badge(request, rooms)),
        "online": SimpleLazyObject(online),
        "side_length": SIDE_LENGTH,
    }


def rooms_at_side(request: HttpRequest) -> list[Room]:
    """The rooms of who asks, by name, each with its `badge`."""
    if not request.user.is_authenticated:
        return []
    mine = Room.objects.of(request.user).by_name().only("name", "slug", "posts", "called")
    upto, mentioned = F("memberships__read"), F("memberships__mentioned")
    rooms: list[Room] = []
    for room in mine.annotate(upto=upto, mentioned=mentioned)[:SIDE_LENGTH]:
        room.badge = badge_for(room.posts, room.upto, max(room.mentioned, room.called))
        room.badge_html = badge_html(room.pk, room.badge)
        rooms.append(room)
    return rooms


def mentions_badge(request: HttpRequest, rooms: Iterable[Room]) -> str:
    """How many mentions of who asks are unread; asked for where a badge says that there are some."""
    person_id = request.user.pk
    if person_id is None or not any(room.badge & 1 for room in rooms):
        return badge_html(MENTIONS, 0)
    return badge_html(MENTIONS, coded(unread_mentions([person_id])[person_id], is_mention=True))
