"""What was done to keep order, by HTTP."""

from django.http import HttpResponseBase
from django.shortcuts import render

from accounts.access import PersonRequest
from accounts.audit import What, entries
from administration.access import Administers
from administration.paging import page_of, words_in


class AuditView(Administers):
    """All of it, the newest first, a page at a time."""

    http_method_names = ("get",)

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """`q` narrows it down to words, `what` to a kind."""
        what = request.GET.get("what", "")
        what = what if what in What.values else ""
        query = words_in(request)
        context = {
            "page": page_of(request, entries(query, what)),
            "query": query,
            "what": what,
            "kinds": What.choices,
        }
        return render(request, "administration/audit.html", context)
