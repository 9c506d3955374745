"""What somebody keeps for themselves, by HTTP."""

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
from rooms.actions.saved import save_message, unsave_message
from rooms.models import Message, Room, Saved
from rooms.models.message import MessageQuerySet
from rooms.render.message import render_each
from rooms.views.message import menu_response

SAVED_ON_A_PAGE = 25


class SavedView(LoginRequiredMixin, View):
    """What one has saved, in all the rooms that one is still in."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """A page of it, what was saved last first."""
        saved = Message.objects.saved_by(request.user)
        page = Paginator(saved, SAVED_ON_A_PAGE).get_page(request.GET.get("page"))
        shown = cast("MessageQuerySet", page.object_list).shown()
        rooms = Room.objects.in_bulk({message.room_id for message in shown})
        kept = [(message, row, rooms[message.room_id]) for message, row in render_each(shown)]
        return render(request, "rooms/saved.html", {"page": page, "kept": kept})


class SaveView(HtmxNotFoundMixin, LoginRequiredMixin, View):
    """Whether somebody has saved a message."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Save the message for oneself, or no longer; `saved` says what is meant, on or off."""
        membership, message = access.message(request.user.pk, slug, pk)
        is_saved = Saved.objects.filter(person=request.user, message=message).exists()
        wanted = request.POST.get("saved") or ("off" if is_saved else "on")
        if wanted == "on":
            save_message(request.user, message)
        else:
            unsave_message(request.user, message)
        if request.htmx:
            return menu_response(request, membership, message)
        return SeeOther(reverse("saved") if "back" in request.POST else message.get_absolute_url())
