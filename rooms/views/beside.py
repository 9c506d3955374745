"""What opens beside a room: one address for the page of both, and, to htmx, for the panel alone."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from hypermedia.fragments import hx_partial, problem_notice
from live.frames import storage_problem
from rooms import access
from rooms.models import Room
from rooms.views.panel import fill_panel
from rooms.views.room import render_room_with


def open_beside(
    request: PersonRequest, room: Room, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """`template` beside `room`: as a page with both, or what htmx takes of it."""
    panel = render_to_string(template, context | {"room": room}, request)
    if request.htmx:
        return fill_panel(panel, request.get_full_path(), status)
    if request.htmx.history_restore_request:
        # All that htmx takes of the page.
        html = render_to_string("panel.html", {"panel": panel}, request)
        return HttpResponse(html, status=status)
    return render_room_with(request, room, panel, status=status)


def room_named(request: PersonRequest) -> Room:
    """The room of the current user that an address names in `room`. Raises NotFound."""
    slug = request.GET["room"]
    if storage_problem(slug):
        raise access.NotFound
    return access.membership(request.user.pk, slug).room


class BesideView(LoginRequiredMixin, View):
    """A view of something that opens beside its room."""

    request: PersonRequest

    def dispatch(self, *args: Any, **named: Any) -> HttpResponseBase:
        """Answer; to htmx, for what is not there, with a sentence, and nothing beside the room.

        What somebody has written there stays, for them to copy.
        """
        try:
            return super().dispatch(*args, **named)
        except Http404:
            asked = getattr(self.request, "htmx", None)
            if not asked and not (asked is not None and asked.history_restore_request):
                raise
            html = hx_partial("#notices", "beforeend", problem_notice(_("That is not here, or not yours.")))
            if not asked:
                html += render_to_string("panel.html", {}, self.request)
            elif self.request.method == "GET":
                html += hx_partial("#panel", "innerHTML")
            return HttpResponse(html, status=404)
