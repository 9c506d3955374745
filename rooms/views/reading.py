"""What one has read, by HTTP."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views import View

from accounts.access import PersonRequest
from hypermedia.fragments import hx_partial
from hypermedia.responses import SeeOther
from hypermedia.views import HtmxNotFoundMixin
from rooms import access
from rooms.actions.reading import mark_unread, read_all
from rooms.actions.rejected import Rejected
from rooms.unread.marker import move_marker
from rooms.views.message import rejection


class UnreadView(HtmxNotFoundMixin, LoginRequiredMixin, View):
    """A message, and what came after it, as unread."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Mark it so; to htmx the line above it, and no menu any longer.

        As a page it leads to the list of rooms: the room itself would be read by being opened.
        """
        membership, message = access.message(request.user.pk, slug, pk)
        try:
            mark_unread(membership, message)
        except Rejected as rejected:
            return rejection(request, message, rejected)
        if request.htmx:
            return HttpResponse(hx_partial(f"#menu-{pk}", "delete") + move_marker(pk))
        messages.success(request, f"{membership.room.name} is unread from that message on.")
        return SeeOther(reverse("rooms"))


class ReadAllView(LoginRequiredMixin, View):
    """All of one's rooms, as read."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Mark them so; the badges go by what every page hears."""
        read_all(request.user)
        if request.htmx:
            return HttpResponse(status=204)
        messages.success(request, "Everything is read.")
        return SeeOther(reverse("rooms"))
