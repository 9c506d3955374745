"""What one has not read."""

from typing import Any

from ninja import Router, Status
from pydantic import Field

from integrations.api import places
from integrations.api.bearer import ProgramRequest, Scope, call
from integrations.api.values import Exact, Slug
from rooms.actions.reading import read_rooms
from rooms.models import Membership
from rooms.models.values import DIRECT, ReadReceipt
from rooms.render.badges import badge_for

router = Router(tags=["Unread"])


class Unread(Exact):
    """What is unread in a room."""

    room: str = Field(description="The room's slug.")
    unread: int = Field(description="How many messages; a hundred is a hundred or more.")
    is_meant: bool = Field(description="Whether one of them names, answers or calls the token's person.")


class UnreadList(Exact):
    """The rooms in which something is."""

    rooms: list[Unread]


@call(router, "GET", "/unread", Scope.READ, response=UnreadList, summary="What is unread")
def list_unread(request: ProgramRequest) -> Any:
    """In the rooms that stand at the side, in that order. One query."""
    found = []
    for place, link in Membership.objects.filter(person=request.user).how_far():
        last = place.posts if link.kind == DIRECT else max(place.called, place.mentioned)
        badge = badge_for(place.posts, place.read, last, place.gone)
        if request.auth.is_for(link.pk) and badge.unread:
            found.append({"room": link.slug, "unread": badge.unread, "is_meant": badge.is_mention})
    return {"rooms": found}


@call(router, "POST", "/rooms/{slug}/read", Scope.WRITE, response={204: None}, summary="Take a room for read")
def mark_read(request: ProgramRequest, slug: Slug) -> Any:
    """All that is in it now."""
    room = places.membership(request, slug).room
    read_rooms([ReadReceipt(room.pk, room.posts, [request.user.pk])])
    return Status(204, None)
