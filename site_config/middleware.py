"""What is too much, answered before anything reads it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class TooLargeMiddleware:
    """Answer a request that says it is larger than a message full of files: with a sentence, as a page.

    The server (site_config/handler.py) has thrown its body away.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let whatever is not too large pass."""
        length = request.META.get("CONTENT_LENGTH") or ""
        if not (length.isascii() and length.isdigit()) or int(length) <= settings.REQUEST_LIMIT:
            return self.get_response(request)
        most = {"limit": settings.FILE_LIMIT, "number": settings.FILES_PER_MESSAGE}
        return render(request, "413.html", most, status=413)
