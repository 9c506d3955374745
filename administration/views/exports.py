"""Taking everything away, by HTTP."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.access import PersonRequest
from accounts.actions import Rejected
from accounts.models import Person
from administration.access import KeepsOrder
from hypermedia.responses import SeeOther
from integrations.actions.exports import export_everything
from integrations.models import Export
from integrations.moving import exporting


class ExportView(KeepsOrder):
    """All rooms that have a name, as a file for an owner."""

    def may(self, person: Person) -> bool:
        return person.is_owner

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """Whether there is one, and how far it is."""
        context = {
            "export": exporting.newest_of(request.user, None), "layouts": Export.Layout,
            "address": reverse("administration_export"),
        }  # fmt: skip
        page = "integrations/export.html#state" if request.htmx else "administration/export.html"
        return render(request, page, context)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Let the worker prepare one, in the `layout` that was chosen."""
        try:
            export_everything(request.user, request.POST.get("layout", ""))
        except Rejected as rejected:
            messages.error(request, str(rejected))
        return SeeOther(reverse("administration_export"))
