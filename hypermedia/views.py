"""What htmx is told of a message that is no longer there."""

from typing import Any

from django.http import Http404, HttpResponseBase
from django.views import View

from hypermedia.responses import refusal


class HtmxNotFoundMixin(View):
    """A view that htmx asks from within the list of messages, where no whole page can stand."""

    def dispatch(self, *args: Any, **named: Any) -> HttpResponseBase:
        """Answer; for a message that is not there, with a sentence."""
        try:
            return super().dispatch(*args, **named)
        except Http404:
            if getattr(self.request, "htmx", False):
                return refusal("That message is no longer there.", 404)
            raise
