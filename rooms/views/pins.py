"""What is pinned in a room, by HTTP."""

from typing import cast

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.access import PersonRequest
from rooms import access
from rooms.actions.pins import pin_message, unpin_message
from rooms.models import Membership, Message
from rooms.models.message import MessageQuerySet
from rooms.render.beside import beside
from rooms.render.message import render_each
from rooms.views.beside import BesideView, open_beside
from rooms.views.message_action import SwitchView

PINS_ON_A_PAGE = 25


class PinsView(BesideView):
    """The pins of a room."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """A page of them, the newest pin first; to htmx, with `list`, for a list that is open already."""
        room = access.membership(request.user.pk, slug).room
        pinned = room.messages.pinned().order_by("-pinned_at", "-pk")
        page = Paginator(pinned, PINS_ON_A_PAGE).get_page(request.GET.get("page"))
        rows = cast("MessageQuerySet", page.object_list).rows()
        kept = [(message, beside(row)) for message, row in render_each(rows)]
        if request.htmx and "list" in request.GET:
            return render(request, "rooms/pins.html#list", {"room": room, "kept": kept})
        return open_beside(request, room, "rooms/pins.html", {"page": page, "kept": kept})


class PinView(SwitchView):
    """A message's pin; `pinned` says what is meant, on or off."""

    field = "pinned"
    on = staticmethod(pin_message)
    off = staticmethod(unpin_message)

    def next_address(self, membership: Membership, message: Message) -> str:
        """The list of pins, where it was asked for there."""
        pins = reverse("pins", args=[membership.room.slug])
        return pins if "back" in self.request.POST else message.get_absolute_url()
