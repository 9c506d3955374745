"""The page on which somebody writes, once more: with all that its box held."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from accounts.access import PersonRequest
from rooms import access
from rooms.models import Membership
from rooms.views.parameters import whole_number
from rooms.views.room import RoomView
from rooms.views.thread import ThreadView


def page_again(
    request: PersonRequest, membership: Membership, files: Iterable[int], **composer: Any
) -> HttpResponse:
    """The room's page; that of a thread, where the box is one's. `composer` is what is other in the box.

    Where the thread is there no longer it is the room's as well: what was written is not lost.
    """
    thread = whole_number(request.POST.get("thread", ""))
    if thread is not None:
        try:
            first = access.thread_in(membership, thread)
        except access.NotFound:
            pass
        else:
            return ThreadView().again(request, membership, first, files, **composer)
    return RoomView().again(request, membership, files, **composer)
