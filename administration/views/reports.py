"""Messages that people reported, by HTTP."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import keeping_order
from accounts.access import PersonRequest
from accounts.roles import may_act_on
from administration import access
from administration.access import KeepsOrder
from administration.paging import page_of
from hypermedia.responses import SeeOther
from rooms.actions.rejected import Rejected
from rooms.actions.removals import PERIODS
from rooms.actions.reports import resolve_report
from rooms.models import Report
from rooms.views.parameters import whole_number


class ReportsView(KeepsOrder):
    """The queue, the oldest first; with `show=done` those that were looked into, the newest first."""

    http_method_names = ("get",)

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """A page of it."""
        done = request.GET.get("show") == "done"
        found = Report.objects.select_related("message__author", "message__room", "reporter", "resolved_by")
        found = (
            found.exclude(resolved_at=None).order_by("-resolved_at") if done else found.open().order_by("pk")
        )
        page = page_of(request, found)
        for report in page:
            # What the template cannot ask.
            report.may_act = may_act_on(request.user.role, report.message.author.role)
        context = {
            "page": page, "show": "done" if done else "",
            "mutes": keeping_order.MUTES.items(),
            "periods": [(period, words) for period, (words, _) in PERIODS.items()],
        }  # fmt: skip
        return render(request, "administration/reports.html", context)


class ReportView(KeepsOrder):
    """One report, looked into."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """Do what `how` says."""
        report = access.report(pk)
        said = request.POST
        try:
            minutes = whole_number(said.get("minutes", "")) or 0
            outcome = resolve_report(
                request.user, report, said.get("how", ""), period=said.get("period", ""), minutes=minutes
            )
        except Rejected as rejected:
            messages.error(request, str(rejected))
        else:
            messages.success(request, _("Looked into: %(outcome)s.") % {"outcome": outcome.label})
        return SeeOther(reverse("administration_reports"))
