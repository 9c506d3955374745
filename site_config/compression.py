"""Pages that are compressed on their way, where no proxy in front of us does it better."""

from typing import Any

from django.http import HttpRequest
from django.middleware.gzip import GZipMiddleware


class CompressedPagesMiddleware(GZipMiddleware):
    """Django's own, for what is HTML: files that people attach are packed already, and may be large."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Compress a page, for whoever takes it so."""
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
