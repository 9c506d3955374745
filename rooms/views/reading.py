"""What one has read, by HTTP."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views import View

from accounts.access import PersonRequest
from live.fragments import partial
from rooms import access, actions
from rooms.left_off import draw_line
from rooms.views.gone import GoneToHtmx
from rooms.views.message import rejection
from rooms.views.see_other import SeeOther


class UnreadView(GoneToHtmx, LoginRequiredMixin, View):
    """A message, and what came after it, as unread."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """Mark it so; to htmx the line above it, and no menu any longer.

        As a page it leads to the list of rooms: the room itself would be read by being opened.
        """
        membership, message = access.message(request.user.pk, slug, pk)
        try:
            actions.mark_unread(membership, message)
        except actions.Rejected as rejected:
            return rejection(request, message, rejected)
        if request.htmx:
            return HttpResponse(partial(f"#menu-{pk}", "delete") + draw_line(pk))
        messages.success(request, f"{membership.room.name} is unread from that message on.")
        return SeeOther(reverse("rooms"))


class ReadAllView(LoginRequiredMixin, View):
    """All of one's rooms, as read."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Mark them so; the badges go by what every page hears."""
        actions.read_all(request.user)
        if request.htmx:
            return HttpResponse(status=204)
        messages.success(request, "Everything is read.")
        return SeeOther(reverse("rooms"))
