"""Rooms by HTTP: each address is a page, and to htmx the part of it that changes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View
from django.views.generic import FormView

from accounts.access import PersonRequest
from accounts.fragments import people
from live.presence import present
from rooms import access, actions, fragments
from rooms.forms import RoomForm
from rooms.models import Room
from rooms.models.message import Shown

# Rooms on a page of the list of all.
ROOMS_ON_A_PAGE = 50


class SeeOther(HttpResponseRedirect):
    """After a POST: look there, with a GET."""

    status_code = 303


class HomeView(LoginRequiredMixin, View):
    """Where one arrives: the first of one's rooms, or the list of all."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """The room for everyone if one is in it, else the first by name."""
        room = Room.objects.of(request.user).order_by("-for_everyone", "name").first()
        return redirect(room or "rooms")


class RoomListView(LoginRequiredMixin, View):
    """All the rooms that one may know of."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """A page of them, by name; `q` narrows them down."""
        query = request.GET.get("q", "").replace("\x00", "").strip()[:60]
        rooms = Room.objects.visible_to(request.user).by_name()
        if query:
            rooms = rooms.filter(name__icontains=query)
        page = Paginator(rooms, ROOMS_ON_A_PAGE).get_page(request.GET.get("page"))
        return render(request, "rooms/rooms.html", {"page": page, "query": query})


class RoomCreateView(LoginRequiredMixin, FormView):
    """A new room."""

    request: PersonRequest
    template_name = "rooms/room_new.html"
    form_class = RoomForm

    def form_valid(self, form: RoomForm) -> HttpResponse:
        """Made, and one is in it."""
        return SeeOther(actions.create_room(self.request.user, **form.cleaned_data).get_absolute_url())

    def form_invalid(self, form: RoomForm) -> HttpResponse:
        """The form again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


class RoomView(LoginRequiredMixin, View):
    """One room: its newest page, an older one, and the composer's other door."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The page; with `before`, the page of messages older than that one, which htmx gets alone."""
        room, joined = access.room_and_place(request.user, slug)
        if not joined:
            return render(request, "rooms/room_outside.html", {"room": room})
        before = cursor_in(request)
        page, more = fragments.page_of(room, before)
        if before and request.htmx:
            return HttpResponse(fragments.older(page, more))
        return self.page(request, room, page, more, {"before": before})

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Post without a script; what cannot be posted comes back in the box."""
        membership = access.membership(request.user.pk, slug)
        text = request.POST.get("body", "")
        try:
            actions.post_message(membership, text, request.POST.get("token", ""))
        except actions.Rejected as rejected:
            context = {"error": str(rejected), "draft": text}
            return self.page(
                request, membership.room, *fragments.page_of(membership.room), context, status=422
            )
        return SeeOther(membership.room.get_absolute_url() + "#newest")

    def page(
        self,
        request: PersonRequest,
        room: Room,
        page: list[Shown],
        more: bool,
        context: dict[str, Any],
        *,
        status: int = 200,
    ) -> HttpResponse:
        """The whole page of a room; `context` says what is particular about it."""
        context |= {
            "room": room,
            "current_slug": room.slug,
            "rows": fragments.rows(page),
            "oldest": page[0].pk if more and page else "",
            "first": page[0] if page and not page[0].starts_day else None,
            "here": people("here", present()[room.group]),
            "token": fragments.new_token(),
        }
        return render(request, "rooms/room.html", context, status=status)


class JoinView(LoginRequiredMixin, View):
    """Coming into a room."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """In, if it is open."""
        room = access.visible_room(request.user, slug)
        actions.join_room(request.user, room)
        return SeeOther(room.get_absolute_url())


class LeaveView(LoginRequiredMixin, View):
    """Going out of a room."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Out; one can come back to an open room."""
        membership = access.membership(request.user.pk, slug)
        actions.leave_room(membership)
        messages.success(request, f"You left {membership.room.name}.")
        return SeeOther(reverse("rooms"))


class MessageView(LoginRequiredMixin, View):
    """One message by itself, and what one may do with it."""

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """The message."""
        membership, message = access.message(request.user.pk, slug, pk)
        context = {
            "room": membership.room,
            "current_slug": slug,
            "row": fragments.row(message.shown),
            "may_delete": access.may_delete(membership, message),
        }
        return render(request, "rooms/message_page.html", context)

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Delete it."""
        membership, message = access.message(request.user.pk, slug, pk)
        try:
            actions.delete_message(membership, message)
        except actions.Rejected as rejected:
            messages.error(request, str(rejected))
            return SeeOther(request.path)
        return SeeOther(membership.room.get_absolute_url())


def cursor_in(request: PersonRequest) -> int | None:
    """The id in `before`, or nothing where that is no id."""
    before = request.GET.get("before", "")
    return int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
