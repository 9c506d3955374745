"""Taking a room away, by HTTP."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from accounts.access import PersonRequest
from accounts.actions import Rejected
from accounts.views import ArchiveResponse
from hypermedia.responses import SeeOther
from integrations.actions.exports import export_room
from integrations.models import Export
from integrations.moving import exporting
from rooms import access


class RoomExportView(LoginRequiredMixin, View):
    """What is said in a room, as a file for one of its members."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Whether there is one, and how far it is."""
        room = access.membership(request.user.pk, slug).room
        address = reverse("room_export", args=[slug])
        context = {
            "room": room, "current_slug": slug, "export": exporting.newest_of(request.user, room),
            "layouts": Export.Layout, "address": address,
        }  # fmt: skip
        page = "integrations/export.html#state" if request.htmx else "integrations/room_export.html"
        return render(request, page, context)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Let the worker prepare one, in the `layout` that was chosen."""
        membership = access.membership(request.user.pk, slug)
        try:
            export_room(membership, request.POST.get("layout", ""))
        except Rejected as rejected:
            messages.error(request, str(rejected))
        return SeeOther(reverse("room_export", args=[slug]))


class ExportView(LoginRequiredMixin, View):
    """An export, for whoever asked for it."""

    gives_files = True
    http_method_names = ("get", "head")

    def get(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """To keep; nothing in between does."""
        export = exporting.export_of(request.user, pk)
        try:
            file = default_storage.open(str(export.file.name), "rb")
        except FileNotFoundError:
            raise Http404 from None
        return ArchiveResponse(
            file, as_attachment=True, filename=export.file_name, content_type="application/zip"
        )
