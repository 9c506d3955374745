"""Rooms by HTTP: the list of all, a new one, coming in and going out."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views import View
from django.views.generic import FormView

from accounts.access import PersonRequest
from accounts.page_context import page_context
from hypermedia import precompiled
from hypermedia.responses import SeeOther
from rooms import access
from rooms.actions.members import leave_room
from rooms.actions.rejected import Rejected
from rooms.actions.rooms import add_room, join_room, may_make_rooms
from rooms.forms import RoomForm
from rooms.models import Room
from rooms.words import normalised

# Rooms on a page of the list of all.
ROOMS_ON_A_PAGE = 50


class HomeView(LoginRequiredMixin, View):
    """Where one arrives: the first of one's rooms, or the list of all."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """The room for everyone if one is in it, else the first by name."""
        mine = Room.objects.of(request.user).named().current()
        room = mine.order_by("-for_everyone", "name").first()
        return redirect(room or "rooms")


class RoomListView(LoginRequiredMixin, View):
    """All the rooms that one may know of."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """A page of them, by name; `q` narrows them down."""
        query = request.GET.get("q", "").replace("\x00", "").strip()[:60]
        rooms: Sequence[Room] | QuerySet[Room] = Room.objects.visible_to(request.user).named().by_name()
        if query:
            rooms = [room for room in rooms if normalised(query) in normalised(room.name)]
        page = Paginator(rooms, ROOMS_ON_A_PAGE).get_page(request.GET.get("page"))
        may_make = may_make_rooms(request.user, page_context(request).community)
        return render(request, "rooms/rooms.html", {"page": page, "query": query, "may_make": may_make})


class RoomCreateView(LoginRequiredMixin, FormView):
    """A new room."""

    request: PersonRequest
    template_name = "rooms/room_new.html"
    form_class = RoomForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """For who may make rooms."""
        if request.user.is_authenticated and not may_make_rooms(
            request.user, page_context(request).community
        ):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: str, **kwargs: Any) -> HttpResponse:
        """The form, with nothing filled in."""
        return precompiled.precompiled_page(request, self.template_name, {"form": _empty_form()})

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form knows who fills it in."""
        return super().get_form_kwargs() | {"person": self.request.user}

    def form_valid(self, form: RoomForm) -> HttpResponse:
        """Made, and one is in it."""
        return SeeOther(add_room(self.request.user, form.instance).get_absolute_url())

    def form_invalid(self, form: RoomForm) -> HttpResponse:
        """The form again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


@cache
def _empty_form() -> SafeString:
    return RoomForm().render()


class JoinView(LoginRequiredMixin, View):
    """Coming into a room."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """In, if it is open."""
        room = access.visible_room(request.user, slug)
        try:
            join_room(request.user, room)
        except Rejected as rejected:
            messages.error(request, str(rejected))
            return SeeOther(reverse("rooms"))
        return SeeOther(room.get_absolute_url())


class LeaveView(LoginRequiredMixin, View):
    """Going out of a room."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Out; one can come back to an open room."""
        membership = access.membership(request.user.pk, slug)
        try:
            leave_room(membership)
        except Rejected as rejected:
            messages.error(request, str(rejected))
            return SeeOther(membership.room.get_absolute_url())
        messages.success(request, f"You left {membership.room.name}.")
        return SeeOther(reverse("rooms"))
