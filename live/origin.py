"""Where a handshake comes from."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host


def is_allowed_origin(scope: dict[str, Any]) -> bool:
    """Whether a socket with cookies may be opened from here.

    A browser always says where a page comes from: that must be the host it connects to. A
    program says nothing, and holds its cookie itself.
    """
    headers = dict(scope["headers"])
    origin = headers.get(b"origin")
    host = headers.get(b"host", b"").decode("latin-1").lower()
    if not validate_host(split_domain_port(host)[0], allowed_hosts()):
        return False
    if origin is None:
        return True
    page = origin.decode("latin-1").lower()
    return urlsplit(page).netloc == host or page in settings.CSRF_TRUSTED_ORIGINS


def allowed_hosts() -> list[str]:
    """The names of this site, as Django's own requests check them."""
    if settings.DEBUG and not settings.ALLOWED_HOSTS:
        return [".localhost", "127.0.0.1", "[::1]"]
    return settings.ALLOWED_HOSTS
