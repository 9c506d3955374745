"""What one has read, by HTTP."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from rooms.actions.reading import mark_unread, read_all
from rooms.models import Membership, Message
from rooms.unread.marker import move_marker
from rooms.views.menu import leave_menu
from rooms.views.message_action import MessageActionView


class UnreadView(MessageActionView):
    """A message, and what came after it, as unread."""

    http_method_names = ("post",)

    def act(self, membership: Membership, message: Message) -> None:
        """Mark it so."""
        mark_unread(membership, message)

    def htmx_response(self, membership: Membership, message: Message) -> HttpResponseBase:
        """The line above it, and no menu any longer."""
        return HttpResponse(leave_menu(message) + move_marker(message.pk))

    def next_address(self, membership: Membership, message: Message) -> str:
        """The list of rooms: the room itself would be read by being opened."""
        sentence = _("%(room)s is unread from that message on.")
        messages.success(self.request, sentence % {"room": membership.room.name})
        return reverse("rooms")


class ReadAllView(LoginRequiredMixin, View):
    """All of one's rooms, as read."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Mark them so; the badges go by what every page hears."""
        read_all(request.user)
        if request.htmx:
            return HttpResponse(status=204)
        messages.success(request, _("Everything is read."))
        return SeeOther(reverse("rooms"))
