"""Answers that are text, packed on their way, where no proxy in front of us does it (COMPRESSION).

zstd for whoever takes it, gzip for the others. The levels are those beyond which much more time saves little:
docs/performance.md has the figures. Django's own GZipMiddleware has one level, which is dearer, and no zstd.

How large a packed answer is depends on chance as well: whoever could put words on somebody else's page, and
see how large it is on the line, would learn what else stands there (BREACH). gzip has room for the name of a
file, zstd for a frame that readers skip.
"""

import gzip
import io
import re
import secrets
import struct
import sys
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GetResponse = Callable[[HttpRequest], Any]

# Files that people attach are of none of these: of them parts are asked for, by the number of a byte.
TYPES = {"text/html", "application/json", "application/problem+json", "application/atom+xml"}
# Bytes of the smallest answer that is packed: of less there is hardly anything to save.
LEAST = 500
ZSTD_LEVEL, GZIP_LEVEL = 3, 4
# Less than so many bytes are added by chance.
PADDING = 100
# The number with which a frame of zstd begins that is skipped: RFC 8878, 3.1.2.
SKIPPABLE = 0x184D2A50
REFUSED = re.compile(r"q=0(\.0*)?")


def zstd_packed(content: bytes) -> bytes:
    """`content` by zstd, after a frame of some length that holds nothing."""
    padding = bytes(secrets.randbelow(PADDING))
    return struct.pack("<II", SKIPPABLE, len(padding)) + padding + zstd.compress(content, level=ZSTD_LEVEL)


def gzip_packed(content: bytes) -> bytes:
    """`content` by gzip, as a file whose name has some length."""
    name, packed = "a" * secrets.randbelow(PADDING), io.BytesIO()
    with gzip.GzipFile(name, "wb", GZIP_LEVEL, packed, mtime=0) as file:
        file.write(content)
    return packed.getvalue()


# The best first.
PACKERS = {"zstd": zstd_packed, "gzip": gzip_packed}


class CompressionMiddleware:
    """Packs whole answers that are text; what is sent as it is made goes as it is."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, packed for whoever takes it so."""
        response = self.get_response(request)
        if not may_be_packed(response):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        coding = best_coding(request.headers.get("Accept-Encoding", ""))
        if coding is not None:
            pack(response, coding)
        return response


def may_be_packed(response: Any) -> bool:
    """Whether an answer is text, and whole, and large enough."""
    return (
        not response.streaming
        and response.headers.get("Content-Type", "").partition(";")[0] in TYPES
        and len(response.content) >= LEAST
        and not response.has_header("Content-Encoding")
    )


def best_coding(accepted: str) -> str | None:
    """The best of our codings that a client takes, by its Accept-Encoding; None where it takes none."""
    words = [part.partition(";") for part in accepted.lower().split(",")]
    taken = {name.strip() for name, _, weight in words if not REFUSED.fullmatch(weight.strip())}
    return next((coding for coding in PACKERS if coding in taken), None)


def pack(response: Any, coding: str) -> None:
    """Pack an answer, where that makes it smaller."""
    packed = PACKERS[coding](response.content)
    if len(packed) >= len(response.content):
        return
    response.content = packed
    response["Content-Length"] = str(len(packed))
    response["Content-Encoding"] = coding
    # What it names is the same, but no longer byte for byte: RFC 9110, 8.8.1.
    if (etag := response.get("ETag", "")).startswith('"'):
        response["ETag"] = f"W/{etag}"
