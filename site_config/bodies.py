"""How large the body of a request may be: as large as a form, and where files are taken, as they are.

A view takes files where it says so with `takes_files`, and whole archives with `takes_archives`. What is too
large for one of programs is refused in the words of these, with `too_large`. A view that answers with a file
which is stored says so with `gives_files`.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from database.threads import in_database
from live import sessions

# In the scope of a request whose body was not read.
TOO_LARGE = "parley.too_large"


async def most_bytes(scope: Any) -> int:
    """The most that the body of a request may have, before anything of Django's has seen it.

    Three queries at most, and only for what is larger than any form.
    """
    path = path_of(scope)
    if not takes_files(path):
        return settings.FORM_LIMIT
    key = sessions.program_key(scope["headers"])
    person = (await in_database(sessions.people_of)({key})).get(key) if key else None
    return most_of(path, person) if person else settings.FORM_LIMIT


def path_of(scope: Any) -> str:
    """The address that is asked for, as our own addresses are."""
    return scope["path"].removeprefix(scope.get("root_path", ""))


def most_of(path: str, person: Any) -> int:
    """The most that somebody who is signed in may send to the address of a view that takes files."""
    is_archive = _says(path, "takes_archives") and person.administers
    return settings.IMPORT_LIMIT + settings.FORM_LIMIT if is_archive else settings.REQUEST_LIMIT


def is_too_large(request: HttpRequest) -> bool:
    """Whether the body of a request was too large to be read, or says that it is."""
    if was_left_unread(request):
        return True
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        return False
    most = min(settings.FORM_LIMIT, settings.REQUEST_LIMIT)
    if int(length) > most and takes_files(request.path_info) and request.user.is_authenticated:
        most = most_of(request.path_info, request.user)
    return int(length) > most


def was_left_unread(request: HttpRequest) -> bool:
    """Whether the server has thrown away its body, which was too large."""
    return bool(getattr(request, "scope", {}).get(TOO_LARGE))


def takes_files(path: str) -> bool:
    """Whether the view at that address takes files."""
    return _says(path, "takes_files")


def gives_files(path: str) -> bool:
    """Whether the view at that address answers with a file that is stored."""
    return bool(_says(path, "gives_files"))


def refusal_at(path: str) -> HttpResponseBase | None:
    """What the view at that address says to what is too large, where it says so in words of its own."""
    too_large = _says(path, "too_large")
    return too_large() if too_large else None


def _says(path: str, name: str) -> Any:
    """What the view at that address says of it; False where it says nothing."""
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return getattr(getattr(view, "view_class", view), name, False)
