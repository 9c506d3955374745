"""What is behind a link, from public addresses alone and no more of it than a limit.

A link is somebody's wish that this machine asks another one something. So the address is looked at
when the connection is made, not before: what a name means may have changed by then. Each redirect is a
connection of its own, and looked at as well.

It knows no limit in time: a process of its own does all this, and is ended (rooms/files/look.py).
"""

import ipaddress
import socket
import zlib
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from rooms.files.page import Description, described

# Bytes of a page that are read: what describes it stands at its beginning. And of a picture.
PAGE_LIMIT = 512 * 1024
PICTURE_LIMIT = 5 * 1024 * 1024
# Seconds for each wait; a whole look has its own limit.
WAIT_LIMIT = 4.0
REDIRECTS = 4
PORTS = (80, 443)

# The public part of IPv6, and what is special in it: protocols' own, documentation, and 6to4, which is an
# IPv4 address in another form, as are all that are not within the first: mapped, translated, compatible.
# https://www.iana.org/assignments/iana-ipv6-special-registry/
PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")
SPECIAL_IPV6 = [
    ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]
# Relays from IPv6, which Python takes for public: https://www.rfc-editor.org/rfc/rfc7526
RELAYS = ipaddress.IPv4Network("192.88.99.0/24")


class Unreachable(Exception):
    """There is nothing to show of that link; the text says why, for the log."""


def is_public(address: str) -> bool:
    """Whether `address` is one of the public internet: not this machine's, its network's or a special one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        return ip in PUBLIC_IPV6 and ip.is_global and not any(ip in network for network in SPECIAL_IPV6)
    return ip.is_global and not ip.is_multicast and ip not in RELAYS


def may_ask(address: str, port: int, networks: Iterable[str] = ()) -> bool:
    """Whether a link may lead to `address`: a public one, or one of `networks`."""
    if is_public(address):
        return port in PORTS
    ip = ipaddress.ip_address(address.partition("%")[0])
    return any(ip in ipaddress.ip_network(network) for network in networks)


class PublicBackend(httpcore.SyncBackend):
    """Connects to public addresses at the ports of the web, and into `networks`."""

    def __init__(self, networks: Sequence[str] = ()) -> None:
        super().__init__()
        self.networks = networks

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.NetworkStream:
        """Look up `host`, look at what it means, and connect to that and nothing else."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"{host} has no address") from error
        addresses = [str(info[4][0]) for info in found]
        if not all(may_ask(address, port, self.networks) for address in addresses):
            raise Unreachable(f"{host}:{port} is not of the public web")
        return super().connect_tcp(addresses[0], port, *args, **options)


class PublicTransport(httpx.HTTPTransport):
    """httpx's own transport, through a PublicBackend."""

    def __init__(self, networks: Sequence[str]) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=PublicBackend(networks)
        )


def guarded_client(networks: Sequence[str] = ()) -> httpx.Client:
    """A client for one link. Nothing is kept or sent along: no proxy of the environment.

    It asks for what is not packed: a thousand bytes can be gigabytes.
    """
    return httpx.Client(
        transport=PublicTransport(networks),
        timeout=WAIT_LIMIT,
        trust_env=False,
        headers={
            "User-Agent": "Parley link preview", "Accept-Language": "en", "Accept-Encoding": "identity",
        },
    )  # fmt: skip


def describe(web: httpx.Client, url: str) -> Description:
    """What the page at `url` says of itself. Raises Unreachable."""
    answer, content = fetch(web, url, ("text/html", "application/xhtml+xml"), PAGE_LIMIT)
    page = described(str(answer.url), content, answer.charset_encoding)
    if not page.title.strip():
        raise Unreachable("says nothing of itself")
    return page


def fetch_picture(web: httpx.Client, url: str) -> bytes:
    """The picture at `url`. Raises Unreachable."""
    return fetch(web, url, ("image/",), PICTURE_LIMIT)[1]


def fetch(web: httpx.Client, url: str, kinds: Iterable[str], limit: int) -> tuple[httpx.Response, bytes]:
    """The head of what `url` led to in the end, and the first `limit` bytes there. Raises Unreachable.

    `kinds` are the beginnings of the content types that are wanted.
    """
    try:
        for _ in range(REDIRECTS + 1):
            if urlsplit(url).scheme not in ("http", "https"):
                raise Unreachable(f"{url[:100]} is not of the web")
            with web.stream("GET", url) as answer:
                if answer.has_redirect_location:
                    url = urljoin(url, answer.headers.get("location", ""))
                    continue
                if answer.status_code != httpx.codes.OK:
                    raise Unreachable(f"answered {answer.status_code}")
                if not answer.headers.get("content-type", "").lower().startswith(tuple(kinds)):
                    raise Unreachable("is something else")
                return answer, read(answer, limit)
    except (httpx.HTTPError, httpx.InvalidURL, zlib.error, ValueError) as error:
        raise Unreachable(type(error).__name__) from error
    raise Unreachable("leads on and on")


def read(answer: httpx.Response, limit: int) -> bytes:
    """The first `limit` bytes of `answer`, unpacked where it was packed once, unasked for."""
    content = bytearray()
    for chunk in answer.iter_raw():
        content += chunk
        if len(content) >= limit:
            break
    packed = answer.headers.get("content-encoding", "identity").lower()
    if packed in ("gzip", "x-gzip"):
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content[:limit], limit)
    if packed not in ("", "identity"):
        raise Unreachable("is packed in a way that nobody asked for")
    return bytes(content[:limit])
