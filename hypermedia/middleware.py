"""What htmx asks for: a part of a page, or, for its history, the page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# What decides whether an address answers with a page or with a part of one.
VARY = ("HX-Request", "HX-History-Restore-Request")


class PartRequest(HtmxDetails):
    """What a request says of htmx; false where a whole page is asked for."""

    def __bool__(self) -> bool:
        """Back and forward ask for the page of an address, of which htmx takes what is beside the room."""
        return super().__bool__() and not self.history_restore_request


def is_page(response: HttpResponseBase) -> bool:
    """Whether `response` is a whole page of HTML."""
    return isinstance(response, HttpResponse) and response.content[:9].lower() == b"<!doctype"


class HtmxMiddleware:
    """`request.htmx`: django-htmx's own, but for what htmx's history asks for, which is a page.

    Of that page htmx takes what is beside the room. Where that is nothing it gets the empty element alone: it
    may not bring in the scripts of a whole page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Say of each page that there may be a part of it at the same address."""
        request.htmx = PartRequest(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.htmx.history_restore_request and is_page(response):  # type: ignore[attr-defined]
            response.content = render_to_string("panel.html", {}, request)  # type: ignore[attr-defined]
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, VARY)
        return response
