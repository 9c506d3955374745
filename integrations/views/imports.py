"""Archives of other chats are moved in, by HTTP: as the administration's pages look."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from accounts.actions import Rejected
from hypermedia.responses import SeeOther
from integrations.actions.imports import cancel, start
from integrations.moving.archives import PROGRAMS
from integrations.moving.imports import newest
from integrations.moving.report import counts_of, lacks_of


class ImportView(LoginRequiredMixin, View):
    """An archive to move in, and how far it is; the fragment of its state to htmx, which asks while it is."""

    takes_files = takes_archives = True
    request: PersonRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """For owners and administrators."""
        if request.user.is_authenticated and not request.user.administers:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """What is under way or was last, and a form for another."""
        job = newest()
        report = job.report if job else {}
        context = {
            "job": job, "programs": PROGRAMS, "came": counts_of(report), "lacks": lacks_of(report),
            "program": dict(PROGRAMS).get(job.program, "").partition(" (")[0] if job else "",
        }  # fmt: skip
        return render(request, f"integrations/import.html{'#state' if request.htmx else ''}", context)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Let the worker move in what was uploaded; with `do=cancel` end what it does."""
        archive = request.FILES.get("archive")
        try:
            if request.POST.get("do") == "cancel":
                cancel(request.user)
                messages.success(request, _("It is cancelled. What came until now stays."))
            elif isinstance(archive, UploadedFile):
                start(request.user, request.POST.get("program", ""), archive)
            else:
                raise Rejected(_("Choose a file."))
        except Rejected as rejected:
            messages.error(request, str(rejected))
        return SeeOther(reverse("administration_import"))
