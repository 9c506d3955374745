"""The door of programs: before sessions, forms, languages and pages, none of which is theirs."""

import hashlib
import zoneinfo
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import resolve
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_vary_headers

from integrations.api.problems import Problem, answer, answer_for
from integrations.api.service import PREFIX
from site_config.bodies import takes_files, was_left_unread

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Bytes of a request that is no file: as JSON may be written, the longest message has twelve for a character.
BODY_LIMIT = 128 * 1024
UTC = zoneinfo.ZoneInfo("UTC")
METHODS_WITH_BODY = {"POST", "PUT", "PATCH"}


class ApiMiddleware:
    """Answer what is asked under /api/v1/ here, and let everything else pass."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """In English and UTC, whatever the program says that it prefers."""
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        with translation.override("en"), timezone.override(UTC):
            response = answered(request)
        return with_headers(request, response)


def answered(request: HttpRequest) -> HttpResponseBase:
    """The answer of whatever is at that address, or why there is none."""
    try:
        refuse_body(request)
        if request.method == "HEAD":
            # The server leaves the content out.
            request.method = "GET"
        match = resolve(request.path_info)
        request.resolver_match = match
        response = match.func(request, *match.args, **match.kwargs)
    except Exception as error:
        return answer_for(error)
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = {"Allow": response.headers["Allow"]}
        return answer(405, "That cannot be done at this address.", allowed)
    return response


def refuse_body(request: HttpRequest) -> None:
    """Raise Problem where a request holds more than it may, or what is neither JSON nor a file."""
    is_for_files = takes_files(request.path_info)
    if was_left_unread(request) or (not is_for_files and len(request.body) > BODY_LIMIT):
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That is larger than a request may be.")
    wanted = "multipart/form-data" if is_for_files else "application/json"
    has_body = request.method in METHODS_WITH_BODY and (is_for_files or request.body)
    if has_body and request.content_type != wanted:
        detail = f"This address takes {wanted}."
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, {"Accept": wanted})


def with_headers(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """`response`, with what is left of the minute; the 304 that it is where the program has it already."""
    allowance: Any = getattr(request, "allowance", None)
    for name, value in allowance.headers.items() if allowance else ():
        response[name] = value
    response.setdefault("Content-Language", "en")
    response.setdefault("Cache-Control", "private, no-cache")
    patch_vary_headers(response, ("Authorization",))
    if isinstance(response, HttpResponse):
        # Else it would be sent in chunks.
        response.setdefault("Content-Length", str(len(response.content)))
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    if request.method == "GET" and response.status_code == 200 and is_json:
        assert isinstance(response, HttpResponse)  # noqa: S101  (JSON is not streamed)
        etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response) or response
    return response
