"""What is pinned in a room, by HTTP."""

from typing import cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from hypermedia.views import HtmxNotFoundMixin
from rooms import access
from rooms.actions.pins import pin_message, unpin_message
from rooms.actions.rejected import Rejected
from rooms.models.message import MessageQuerySet
from rooms.render.message import render_each
from rooms.views.message import menu_response, rejection

PINS_ON_A_PAGE = 25


class PinsView(LoginRequiredMixin, View):
    """The pins of a room."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """A page of them, the newest pin first."""
        room = access.membership(request.user.pk, slug).room
        pinned = room.messages.pinned().order_by("-pinned_at", "-pk")
        page = Paginator(pinned, PINS_ON_A_PAGE).get_page(request.GET.get("page"))
        shown = cast("MessageQuerySet", page.object_list).shown()
        context = {"room": room, "current_slug": slug, "page": page, "kept": render_each(shown)}
        return render(request, "rooms/pins.html", context)


class PinView(HtmxNotFoundMixin, LoginRequiredMixin, View):
    """A message's pin."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Pin the message, or take the pin away; `pinned` says what is meant, on or off."""
        membership, message = access.message(request.user.pk, slug, pk)
        wanted = request.POST.get("pinned") or ("off" if message.pinned_at else "on")
        try:
            if wanted == "on":
                pin_message(membership, message)
            else:
                unpin_message(membership, message)
        except Rejected as rejected:
            return rejection(request, message, rejected)
        if request.htmx:
            return menu_response(request, *access.message(request.user.pk, slug, pk))
        back = "back" in request.POST
        return SeeOther(reverse("pins", args=[slug]) if back else message.get_absolute_url())
