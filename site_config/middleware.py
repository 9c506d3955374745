"""What cannot be read, and what is too much, answered before anything reads it."""

import codecs
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from hypermedia.views import bad_request
from site_config.bodies import is_too_large, refusal_at, takes_files, was_left_unread

GetResponse = Callable[[HttpRequest], Any]


class ReadableMiddleware:
    """Refuse a request in which something stands that some part behind could not read.

    A NUL, which no database stores; a form that is none, or in another encoding than UTF-8, which is the
    one that our pages ask for: a codec may be anything. A session's key that is none is taken away:
    whoever has it is signed out.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let whatever can be read pass."""
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if key and not (key.isascii() and key.isalnum()):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        # Even where it is too many for Django.
        request.GET  # noqa: B018
        charset = (request.content_params or {}).get("charset")
        if charset is not None and not names_utf8(charset):
            raise BadRequest("The body is not in UTF-8")
        read_form(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """What is asked is looked at by who reads it; where nobody did, PostgreSQL refuses a NUL."""
        return bad_request() if isinstance(exception, DataError) and "NUL" in str(exception) else None


def read_form(request: HttpRequest) -> None:
    """Read the form that a request is, if it is one, so that nothing behind fails to. Raises BadRequest.

    Even a page that says what is not there looks at its token.
    """
    if was_left_unread(request):
        return
    try:
        request.POST  # noqa: B018  (reads it)
    except (ValueError, LookupError, EOFError) as error:
        raise BadRequest("The form cannot be read") from error


class TooLargeMiddleware:
    """Answer a request that is larger than it may be: with a sentence, as a page, or as programs expect it.

    The server (site_config/handler.py) has thrown its body away.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let whatever is not too large pass."""
        if not is_too_large(request):
            return self.get_response(request)
        if (refusal := refusal_at(request.path_info)) is not None:
            return refusal
        most = {"limit": settings.FILE_LIMIT, "number": settings.FILES_PER_MESSAGE}
        return render(request, "413.html", most if takes_files(request.path_info) else {}, status=413)


class NotAllowedMiddleware:
    """Answer a method that an address does not know with a page: Django's own answer is empty."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let every other answer pass."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.streaming:
            response.content = render_to_string("405.html")
            response["Content-Length"] = len(response.content)
        return response


def names_utf8(charset: str) -> bool:
    """Whether that is a name of UTF-8, or of a part of it."""
    try:
        return codecs.lookup(charset).name in ("utf-8", "ascii")
    except (LookupError, ValueError):
        return False
