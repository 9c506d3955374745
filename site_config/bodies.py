"""How large the body of a request may be: as large as a form, and where files are taken, as they are.

A view takes files where it says so with `takes_files`.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from database.threads import in_database
from live import sessions

# In the scope of a request whose body was not read.
TOO_LARGE = "parley.too_large"


async def most_bytes(scope: Any) -> int:
    """The most that the body of a request may have, before anything of Django's has seen it.

    Three queries at most, and only for what is larger than any form.
    """
    if not takes_files(scope["path"].removeprefix(scope.get("root_path", ""))):
        return settings.FORM_LIMIT
    key = sessions.cookie_session(scope["headers"])
    if key and await in_database(sessions.people_of)({key}):
        return settings.REQUEST_LIMIT
    return settings.FORM_LIMIT


def is_too_large(request: HttpRequest) -> bool:
    """Whether the body of a request was too large to be read, or says that it is."""
    if was_left_unread(request):
        return True
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        return False
    most = min(settings.FORM_LIMIT, settings.REQUEST_LIMIT)
    if int(length) > most and takes_files(request.path_info) and request.user.is_authenticated:
        most = settings.REQUEST_LIMIT
    return int(length) > most


def was_left_unread(request: HttpRequest) -> bool:
    """Whether the server has thrown away its body, which was too large."""
    return bool(getattr(request, "scope", {}).get(TOO_LARGE))


def takes_files(path: str) -> bool:
    """Whether the view at that address takes files."""
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return getattr(getattr(view, "view_class", None), "takes_files", False)
