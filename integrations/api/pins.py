"""What is pinned in a room."""

from typing import Any

from ninja import Router, Status

from integrations.api import places
from integrations.api.bearer import ProgramRequest, Scope, call
from integrations.api.message_rows import MessageOut, shown_again, shown_all
from integrations.api.values import Exact, IdInPath, Slug
from rooms.actions.pins import pin_message, unpin_message

router = Router(tags=["Pins"])

ADDRESS = "/rooms/{slug}/messages/{id}/pin"


class PinList(Exact):
    """All pins of a room, the newest first: a hundred at most."""

    messages: list[MessageOut]


@call(router, "GET", "/rooms/{slug}/pins", Scope.READ, response=PinList, summary="What is pinned in a room")
def list_pins(request: ProgramRequest, slug: Slug) -> Any:
    """Three queries, another where there are files."""
    pinned = places.membership(request, slug).room.messages.pinned()
    return {"messages": shown_all(pinned.order_by("-pinned_at", "-pk").rows())}


@call(router, "PUT", ADDRESS, Scope.WRITE, response=MessageOut, summary="Pin a message")
def pin(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """For everybody in the room; it may be pinned already."""
    mine, message = places.message(request, slug, id)
    pin_message(mine, message)
    return shown_again(message.pk)


@call(router, "DELETE", ADDRESS, Scope.WRITE, response={204: None}, summary="Take a pin away")
def unpin(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """Anybody's; it may be gone already."""
    unpin_message(*places.message(request, slug, id))
    return Status(204, None)
