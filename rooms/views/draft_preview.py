"""What one is writing, as the others would see it."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from rooms import access
from rooms.actions.messages_preview import preview_message
from rooms.actions.rejected import Rejected
from rooms.models import Membership
from rooms.views.composer_files import composer_files
from rooms.views.room import RoomView


class PreviewView(LoginRequiredMixin, View):
    """A message before it is sent. Nothing of it is stored."""

    takes_files = True

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Whoever loads the page of a preview again is back in the room."""
        return SeeOther(reverse("room", args=[slug]))

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """To htmx the preview alone; without a script the page, with the text still in its box."""
        membership = access.membership(request.user.pk, slug)
        text = request.POST.get("body", "")
        context: dict[str, object] = {}
        try:
            context["preview"] = preview_message(membership, text)
        except Rejected as rejected:
            context["error"] = str(rejected)
        if request.htmx:
            # Not an error there: the box may be empty while the preview is open.
            return render(request, "rooms/composer.html#preview", context | {"room": membership.room})
        return self.page(request, membership, context)

    def page(
        self, request: PersonRequest, membership: Membership, context: dict[str, object]
    ) -> HttpResponseBase:
        """The page of the room, with all that its composer held."""
        status = 422 if "error" in context else 200
        files, problem = composer_files(membership, request)
        if problem:
            context["error"] = problem
        return RoomView().again(request, membership, files, status=status, **context)
