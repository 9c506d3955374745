"""Where a handshake comes from.

channels has a validator as well, which turns away whoever sends no Origin: programs do not.
"""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

import idna
from django.conf import settings
from django.http.request import split_domain_port, validate_host

DEFAULT_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """What browsers mean by it: https://html.spec.whatwg.org/multipage/browsers.html#concept-origin."""

    scheme: str
    host: str
    port: int


def is_allowed_origin(scope: dict[str, Any]) -> bool:
    """Whether a socket with cookies may be opened from here.

    A browser always says where a page comes from: that must be the site that it connects to, by scheme,
    host and port, or one that the settings name. A program says nothing, and holds its cookie itself.
    """
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
    if len(hosts) != 1 or len(origins) > 1:
        return False
    if not validate_host(split_domain_port(hosts[0].lower())[0], allowed_hosts()):
        return False
    if not origins:
        return True
    origin = parsed(origins[0])
    if origin is None:
        return False
    own = parsed(f"{'https' if is_secure(scope) else 'http'}://{hosts[0]}")
    return origin == own or any(is_meant(origin, trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS)


def is_meant(origin: Origin, trusted: str) -> bool:
    """Whether a setting names that origin, with `*.` for all names below one, as Django reads it."""
    named = parsed(trusted.replace("://*.", "://"))
    if named is None or "://*." not in trusted:
        return origin == named
    return origin._replace(host="") == named._replace(host="") and origin.host.endswith(f".{named.host}")


def parsed(text: str) -> Origin | None:
    """The origin that a text is, as a browser writes it; None for what is none, such as `null`."""
    # Some of which urlsplit would overlook.
    if any(character <= " " for character in text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    scheme, host = parts.scheme.lower(), ascii_host(parts.hostname or "")
    beyond = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    if scheme not in DEFAULT_PORTS or not host or beyond:
        return None
    return Origin(scheme, host, DEFAULT_PORTS[scheme] if port is None else port)


def ascii_host(host: str) -> str:
    """A name as browsers send it: in small letters, other scripts in ASCII, without the dot of the root."""
    host = host.lower().removesuffix(".")
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return ""


def is_secure(scope: dict[str, Any]) -> bool:
    """Whether the browser speaks TLS: to us, or to the proxy whose word the settings trust.

    With HTTPS=on there is nothing else: no cookie of ours is sent over plain HTTP, and a proxy that does
    not say how it was asked was asked by TLS.
    """
    return settings.HTTPS or scope.get("scheme") in ("https", "wss")


def allowed_hosts() -> list[str]:
    """The names of this site, as Django's own requests check them."""
    if settings.DEBUG and not settings.ALLOWED_HOSTS:
        return [".localhost", "127.0.0.1", "[::1]"]
    return settings.ALLOWED_HOSTS
