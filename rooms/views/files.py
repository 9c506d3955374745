"""Files by HTTP, given to those who may see them: whole, or the part that is asked for."""

import re
from collections.abc import Iterator

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.files import File
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views import View

from accounts.access import PersonRequest
from rooms import access
from rooms.models import Attachment

# A file is somebody's: opened by itself it may show itself, and do nothing at all.
POLICY = (
    "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline';"
    " form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
# A file never changes; with another session's cookie it is asked for again (Vary).
KEPT = "private, max-age=31536000, immutable"
# Bytes that are read at once.
CHUNK = 64 * 1024
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class FileView(LoginRequiredMixin, View):
    """A file, whole or a part of it."""

    gives_files = True
    http_method_names = ("get", "head")

    def get(self, request: PersonRequest, pk: int, name: str) -> HttpResponseBase:
        """To show, where browsers can and it is known what it is; else to keep."""
        file = access.attachment(request.user.pk, pk)
        if name != file.name:
            raise access.NotFound
        response = file_response(request, file.file, file.content_type)
        shown = file.kind != Attachment.Kind.FILE
        response["Content-Disposition"] = content_disposition_header(not shown, file.name) or "inline"
        return response


class ThumbnailView(LoginRequiredMixin, View):
    """The small copy of a picture."""

    gives_files = True
    http_method_names = ("get", "head")

    def get(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """Always a WebP: we made it."""
        file = access.attachment(request.user.pk, pk)
        if not file.thumbnail:
            raise access.NotFound
        return file_response(request, file.thumbnail, "image/webp")


class Unsatisfiable(Exception):
    """The part of a file that is asked for is none of it."""


class FilePart:
    """Some bytes of a file that is open, read as they are sent; whoever sends them closes it."""

    def __init__(self, stored: File, wanted: range) -> None:
        self.stored = stored
        self.wanted = wanted

    def __iter__(self) -> Iterator[bytes]:
        self.stored.seek(self.wanted.start)
        left = len(self.wanted)
        while left and (chunk := self.stored.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        """Let go of the file."""
        self.stored.close()


def file_response(request: HttpRequest, file: FieldFile, content_type: str) -> HttpResponseBase:
    """The response with a stored file, or with the part of it that is asked for."""
    try:
        stored = file.storage.open(str(file.name), "rb")
    except FileNotFoundError:
        raise access.NotFound from None
    response = _answer(request, stored, etag(file), content_type)
    if not response.streaming:
        stored.close()
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag(file)
    response["Cache-Control"] = KEPT
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _answer(request: HttpRequest, stored: File, tag: str, content_type: str) -> HttpResponseBase:
    size = stored.size
    try:
        wanted = requested_range(request, size, tag)
    except Unsatisfiable:
        return HttpResponse(
            status=416, headers={"Content-Range": f"bytes */{size}"}, content_type=content_type
        )
    whole = wanted is None
    wanted = range(size) if wanted is None else wanted
    headers = {"Content-Length": str(len(wanted))}
    if not whole:
        headers["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    status = 200 if whole else 206
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=content_type)
    part = FilePart(stored, wanted)
    if len(wanted) <= CHUNK:
        # Read at once: it is in memory, and no file stays open for it.
        return HttpResponse(b"".join(part), status=status, headers=headers, content_type=content_type)
    return StreamingHttpResponse(part, status=status, headers=headers, content_type=content_type)


def etag(file: FieldFile) -> str:
    """What stands for the content of a file that never changes: its name on the disk."""
    return f'"{str(file.name).rpartition("/")[2]}"'


def requested_range(request: HttpRequest, size: int, tag: str) -> range | None:
    """The bytes that are asked for: one part, or None for all of them. Raises Unsatisfiable.

    What is no range, or several, is no question: https://www.rfc-editor.org/rfc/rfc9110#section-14.2
    """
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or asked[0] == "bytes=-" or request.headers.get("If-Range", tag) != tag:
        return None
    if not asked[1]:
        wanted = range(max(0, size - int(asked[2])), size)
    elif asked[2] and int(asked[2]) < int(asked[1]):
        return None
    else:
        wanted = range(int(asked[1]), min(size, int(asked[2]) + 1) if asked[2] else size)
    if not wanted:
        raise Unsatisfiable
    return wanted
