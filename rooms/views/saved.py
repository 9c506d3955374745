"""What somebody keeps for themselves, by HTTP."""

from typing import cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from hypermedia.fragments import hx_partial, notice
from rooms.actions.saved import is_saved, save_message, unsave_message
from rooms.models import Membership, Message, Room
from rooms.models.direct import place_names
from rooms.models.message import MessageQuerySet
from rooms.render.message import render_each
from rooms.views.menu import leave_menu
from rooms.views.message_action import SwitchView

SAVED_ON_A_PAGE = 25


class SavedView(LoginRequiredMixin, View):
    """What one has saved, in all the rooms that one is still in."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """A page of it, what was saved last first."""
        saved = Message.objects.saved_by(request.user)
        page = Paginator(saved, SAVED_ON_A_PAGE).get_page(request.GET.get("page"))
        rows = cast("MessageQuerySet", page.object_list).rows()
        rooms = Room.objects.in_bulk({message.room_id for message in rows})
        called = place_names(((room.pk, room.kind, room.name) for room in rooms.values()), request.user.pk)
        kept = [
            (message, row, rooms[message.room_id], called[message.room_id])
            for message, row in render_each(rows)
        ]
        return render(request, "rooms/saved.html", {"page": page, "kept": kept})


class SaveView(SwitchView):
    """Whether somebody has saved a message; `saved` says what is meant, on or off."""

    field = "saved"
    on = staticmethod(save_message)
    off = staticmethod(unsave_message)

    def is_on(self, membership: Membership, message: Message) -> bool:
        """Whether they keep it: that is theirs, and no flag of the message."""
        return is_saved(membership, message)

    def htmx_response(self, membership: Membership, message: Message) -> HttpResponseBase:
        """The menu is done with, and a banner says what nothing else shows."""
        said = (
            _("Saved: it is among what you keep.") if is_saved(membership, message) else _("No longer saved.")
        )
        return HttpResponse(leave_menu(message) + hx_partial("#notices", "beforeend", notice(said)))

    def next_address(self, membership: Membership, message: Message) -> str:
        """The list of what one has saved, where it was asked for there."""
        return reverse("saved") if "back" in self.request.POST else message.get_absolute_url()
