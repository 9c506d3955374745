"""What stands at the side of every page."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.fragments import online
from rooms.models import Room

# A side of more rooms than this is a page of its own: /rooms/ finds the others.
SIDE_LENGTH = 100


def side(request: HttpRequest) -> dict[str, Any]:
    """`my_rooms` and `online`, read when a page shows them: one query, and two."""
    return {
        "my_rooms": SimpleLazyObject(lambda: list(rooms_at_side(request))),
        "online": SimpleLazyObject(online),
        "side_length": SIDE_LENGTH,
    }


def rooms_at_side(request: HttpRequest) -> QuerySet[Room]:
    """The rooms of who asks, by name."""
    if not request.user.is_authenticated:
        return Room.objects.none()
    return Room.objects.of(request.user).by_name().only("name", "slug")[:SIDE_LENGTH]
