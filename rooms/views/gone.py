"""What htmx is told of a message that is no longer there."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.views import View

from accounts.access import PersonRequest
from live.fragments import partial, sentence
from rooms import access


class GoneToHtmx(View):
    """A view that htmx asks from within the list of messages, where no whole page can stand."""

    request: PersonRequest

    def dispatch(self, *args: Any, **named: Any) -> HttpResponseBase:
        """Answer; for a message that is not there, with a sentence."""
        try:
            return super().dispatch(*args, **named)
        except access.NotFound:
            if self.request.htmx:
                return refused("That message is no longer there.", 404)
            raise


def refused(why: str, status: int) -> HttpResponse:
    """To htmx: a sentence among the notices, and nothing else."""
    return HttpResponse(partial("#notices", "beforeend", sentence(why)), status=status)
