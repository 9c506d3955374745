"""What is pinned in a room, by HTTP."""

from typing import cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from accounts.access import PersonRequest
from rooms import access, actions
from rooms.models.message import MessageQuerySet
from rooms.rows import rows_apart
from rooms.views.gone import GoneToHtmx
from rooms.views.message import menu_now, rejection
from rooms.views.see_other import SeeOther

PINS_ON_A_PAGE = 25


class PinsView(LoginRequiredMixin, View):
    """The pins of a room."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """A page of them, the newest pin first."""
        room = access.membership(request.user.pk, slug).room
        pinned = room.messages.pinned().order_by("-pinned_at", "-pk")
        page = Paginator(pinned, PINS_ON_A_PAGE).get_page(request.GET.get("page"))
        shown = cast("MessageQuerySet", page.object_list).shown()
        context = {"room": room, "current_slug": slug, "page": page, "kept": rows_apart(shown)}
        return render(request, "rooms/pins.html", context)


class PinView(GoneToHtmx, LoginRequiredMixin, View):
    """A message's pin."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Pin the message, or take the pin away; `pinned` says what is meant, on or off."""
        membership, message = access.message(request.user.pk, slug, pk)
        wanted = request.POST.get("pinned") or ("off" if message.pinned_at else "on")
        try:
            if wanted == "on":
                actions.pin_message(membership, message)
            else:
                actions.unpin_message(membership, message)
        except actions.Rejected as rejected:
            return rejection(request, message, rejected)
        if request.htmx:
            return menu_now(request, *access.message(request.user.pk, slug, pk))
        back = "back" in request.POST
        return SeeOther(reverse("pins", args=[slug]) if back else message.get_absolute_url())
