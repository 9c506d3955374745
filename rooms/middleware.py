"""Files in forms, called as people called them; and rooms that go while something of them is stored."""

from collections.abc import Callable

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponseBase
from django.http.multipartparser import MultiPartParser

from rooms import access
from rooms.files.names import clean_name, typed_name

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class FileNameParser(MultiPartParser):
    """Django's own parser, which alters names: it drops what Python cannot print, and resolves `&amp;`."""

    def sanitize_file_name(self, file_name: str) -> str:
        """What the file is called here."""
        return clean_name(typed_name(file_name))


class FileNamesMiddleware:
    """Read forms with a FileNameParser."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Say so before anything reads the form."""
        # Its stubs mean an object, Django a class.
        request.multipart_parser_class = FileNameParser  # type: ignore[assignment]
        return self.get_response(request)


class GoneMeanwhileMiddleware:
    """Where a room went while something of it was stored, it is not found: that is no fault of ours."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """As it comes."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Look whether the room of the address is there still. One query. Raises NotFound."""
        match = request.resolver_match
        slug = match.kwargs.get("slug") if match else None
        if isinstance(exception, IntegrityError) and slug and request.user.is_authenticated:
            access.membership(request.user.pk, slug)
