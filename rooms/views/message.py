"""One message by HTTP, and what one may do with it."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views import View

from accounts.access import PersonRequest
from rooms import access, actions, fragments
from rooms.views.see_other import SeeOther


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
