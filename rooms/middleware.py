"""Files in forms, called as people called them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.http.multipartparser import MultiPartParser

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
