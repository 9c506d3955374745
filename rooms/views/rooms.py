"""Rooms by HTTP: the list of all, a new one, coming in and going out."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
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
from rooms.models import Membership, Room
from rooms.name_lookup import has_words
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
        """A page of them, by name; `q` narrows them down, with `archived` those that can only be read.

        Four queries, or three.
        """
        query = request.GET.get("q", "").replace("\x00", "").strip()[:60]
        is_archived = bool(request.GET.get("archived"))
        rooms = Room.objects.visible_to(request.user).named().filter(archived_at__isnull=not is_archived)
        page = Paginator(found_in(rooms.by_name(), query), ROOMS_ON_A_PAGE).get_page(request.GET.get("page"))
        shown = with_members(list(rooms.filter(pk__in=list(page.object_list)).by_name()))
        address = "?" + urlencode(
            {"q": query} | ({"archived": "yes"} if is_archived else {}), quote_via=quote
        )
        context = {
            "page": page,
            "rooms": shown,
            "query": query,
            "is_archived": is_archived,
            "may_make": may_make_rooms(request.user, page_context(request).community),
            "address": f"{address}&",
        }
        return render(request, "rooms/rooms.html", context)


def found_in(rooms: QuerySet[Room], query: str) -> Sequence[int] | QuerySet[Room, int]:
    """The ids of those whose names have the words of `query` in them. One query, at once or later."""
    if words := normalised(query).split():
        return [pk for pk, name in rooms.values_list("pk", "name") if has_words((name,), words)]
    return rooms.values_list("pk", flat=True)


def with_members(rooms: list[Room]) -> list[Room]:
    """These rooms, each with the number of its members. One query."""
    there = Membership.objects.filter(room__in=[room.pk for room in rooms]).order_by()
    counts = dict(there.values_list("room").annotate(Count("pk")))
    for room in rooms:
        room.member_count = counts.get(room.pk, 0)
    return rooms


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
        return precompiled.precompiled_page(
            request, self.template_name, {"form": _empty_form(get_language())}
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form knows who fills it in."""
        return super().get_form_kwargs() | {"person": self.request.user}

    def form_valid(self, form: RoomForm) -> HttpResponse:
        """Made, and one is in it."""
        try:
            return SeeOther(add_room(self.request.user, form.instance).get_absolute_url())
        except Rejected as rejected:
            form.add_error(None, str(rejected))
            return self.form_invalid(form)

    def form_invalid(self, form: RoomForm) -> HttpResponse:
        """The form again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


@cache
def _empty_form(language: str | None) -> SafeString:
    """It, in the current language, which is `language`."""
    return RoomForm().render()


class JoinView(LoginRequiredMixin, View):
    """Coming into a room."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """In, if it is open; to htmx the row of the list."""
        room = access.visible_room(request.user, slug)
        try:
            join_room(request.user, room)
        except Rejected as rejected:
            if request.htmx:
                return directory_row(request, room, str(rejected), status=422)
            messages.error(request, str(rejected))
            return SeeOther(reverse("rooms"))
        if request.htmx:
            return directory_row(request, access.visible_room(request.user, slug))
        return SeeOther(room.get_absolute_url())


def directory_row(
    request: PersonRequest, room: Room, problem: str = "", *, status: int = 200
) -> HttpResponse:
    """A room in the list of all, as it is now, with what is wrong. One query."""
    context = {"room": with_members([room])[0], "problem": problem, "is_new": True}
    return render(request, "rooms/rooms.html#row", context, status=status)


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
        messages.success(request, _("You left %(room)s.") % {"room": membership.room.name})
        return SeeOther(reverse("rooms"))
