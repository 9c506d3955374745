"""Answers to requests that cannot be done: of what is no longer there, and of forms without a token."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBadRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import View
from django.views.csrf import csrf_failure as plain_csrf_failure

from hypermedia.responses import refusal


class HtmxNotFoundMixin(View):
    """A view that htmx asks from within the list of messages, where no whole page can stand."""

    def dispatch(self, *args: Any, **named: Any) -> HttpResponseBase:
        """Answer; for a message that is not there, with a sentence."""
        try:
            return super().dispatch(*args, **named)
        except Http404:
            if getattr(self.request, "htmx", False):
                return refusal(_("That message is no longer there."), 404)
            raise


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form without a valid token: as its view says with `csrf_failure_view`, or as Django does.

    Django's own middleware has looked at the token, and calls this in the place of the view
    (CSRF_FAILURE_VIEW).
    """
    match = request.resolver_match
    view = getattr(match.func, "view_class", None) if match else None
    answer = getattr(view, "csrf_failure_view", None)
    if match is None or answer is None:
        return plain_csrf_failure(request, reason)
    return answer.as_view()(request, *match.args, **match.kwargs)


def bad_request(request: HttpRequest | None = None, exception: Exception | None = None) -> HttpResponseBase:
    """Answer what cannot be read: with a page that reads nothing of the request, or it would fail again."""
    return HttpResponseBadRequest(render_to_string("400.html"))
