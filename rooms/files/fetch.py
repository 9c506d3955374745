"""What is behind a link: fetched by the worker, from public addresses alone, within limits.

A link is somebody's wish that this machine asks another one something. So the address is looked at
when the connection is made, not before: what a name means may have changed by then. Each redirect is a
connection of its own, and looked at as well.
"""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
from bs4 import BeautifulSoup
from django.conf import settings

# Bytes of a page that are read: what describes it stands at its beginning. And of a picture.
PAGE_LIMIT = 512 * 1024
PICTURE_LIMIT = 5 * 1024 * 1024
# Seconds for all of one link, and for each wait.
TIME_LIMIT = 10.0
WAIT_LIMIT = 4.0
REDIRECTS = 4
PORTS = (80, 443)
# As long as they are kept: rooms.models.Preview.
TITLE_LENGTH, DESCRIPTION_LENGTH, SITE_LENGTH = 300, 600, 100

# Ways to write an IPv4 address as one of IPv6, besides those that ipaddress knows:
# https://www.rfc-editor.org/rfc/rfc6052, rfc8215 and, long out of use, rfc4291#section-2.5.5.1.
TRANSLATED = [ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")]


class Unreachable(Exception):
    """There is nothing to show of that link; the text says why, for the log."""


@dataclass(frozen=True)
class Description:
    """How a page describes itself."""

    title: str
    description: str
    site: str
    # The address of its picture, or nothing.
    picture: str


def is_public(address: str) -> bool:
    """Whether `address` is one of the public internet: not this machine's, its network's or a special one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in network for network in TRANSLATED):
            return False
        ip = ip.ipv4_mapped or ip.sixtofour or ip
    return ip.is_global and not ip.is_multicast


def may_ask(address: str, port: int) -> bool:
    """Whether a link may lead to `address`: a public one, or one of the networks that the settings name."""
    if is_public(address):
        return port in PORTS
    ip = ipaddress.ip_address(address.partition("%")[0])
    return any(ip in ipaddress.ip_network(network) for network in settings.LINK_PREVIEW_NETWORKS)


class PublicBackend(httpcore.SyncBackend):
    """Connects to public addresses, at the ports of the web."""

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.NetworkStream:
        """Look up `host`, look at what it means, and connect to that and nothing else."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"{host} has no address") from error
        addresses = [str(info[4][0]) for info in found]
        if not all(may_ask(address, port) for address in addresses):
            raise Unreachable(f"{host}:{port} is not of the public web")
        return super().connect_tcp(addresses[0], port, *args, **options)


class PublicTransport(httpx.HTTPTransport):
    """httpx's own transport, through a PublicBackend."""

    def __init__(self) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=PublicBackend()
        )


def guarded_client() -> httpx.Client:
    """A client for one link. Nothing is kept or sent along: no cookies, no proxy of the environment."""
    return httpx.Client(
        transport=PublicTransport(),
        timeout=WAIT_LIMIT,
        trust_env=False,
        headers={"User-Agent": "Parley link preview", "Accept-Language": "en"},
    )


def fetch(web: httpx.Client, url: str, kinds: Iterable[str], limit: int) -> tuple[str, bytes]:
    """Where `url` led in the end, and the first `limit` bytes there. Raises Unreachable.

    `kinds` are the beginnings of the content types that are wanted.
    """
    deadline = monotonic() + TIME_LIMIT
    try:
        for _ in range(REDIRECTS + 1):
            if urlsplit(url).scheme not in ("http", "https"):
                raise Unreachable(f"{url[:100]} is not of the web")
            with web.stream("GET", url) as answer:
                if answer.is_redirect:
                    url = urljoin(url, answer.headers.get("location", ""))
                    continue
                if answer.status_code != httpx.codes.OK:
                    raise Unreachable(f"answered {answer.status_code}")
                if not answer.headers.get("content-type", "").lower().startswith(tuple(kinds)):
                    raise Unreachable("is something else")
                return str(answer.url), read(answer, limit, deadline)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise Unreachable(type(error).__name__) from error
    raise Unreachable("leads on and on")


def read(answer: httpx.Response, limit: int, deadline: float) -> bytes:
    """The first `limit` bytes of `answer`, and no more than arrive before `deadline`."""
    content = bytearray()
    for chunk in answer.iter_bytes(16 * 1024):
        content += chunk
        if monotonic() > deadline:
            raise Unreachable("takes too long")
        if len(content) >= limit:
            break
    return bytes(content[:limit])


def describe(web: httpx.Client, url: str) -> Description:
    """What the page at `url` says of itself. Raises Unreachable."""
    place, content = fetch(web, url, ("text/html", "application/xhtml+xml"), PAGE_LIMIT)
    return described(place, content)


def described(place: str, content: bytes) -> Description:
    """What the page `content`, found at `place`, says of itself: https://ogp.me/, or its title."""
    page = BeautifulSoup(content, "html.parser")
    said: dict[str, str] = {}
    for meta in page.find_all("meta", limit=200):
        name = str(meta.get("property") or meta.get("name") or "").lower()
        said.setdefault(name, " ".join(str(meta.get("content") or "").split()))
    title = said.get("og:title") or (page.title.get_text(" ", strip=True) if page.title else "")
    if not title:
        raise Unreachable("says nothing of itself")
    picture = said.get("og:image") or said.get("og:image:url") or ""
    return Description(
        title=plain_text(title, TITLE_LENGTH),
        description=plain_text(
            said.get("og:description") or said.get("description") or "", DESCRIPTION_LENGTH
        ),
        site=plain_text(said.get("og:site_name") or urlsplit(place).hostname or "", SITE_LENGTH),
        picture=urljoin(place, picture) if picture else "",
    )


def plain_text(text: str, length: int) -> str:
    """`text` in one line, without what cannot be stored, and no longer than `length`."""
    words = " ".join(text.replace("\x00", "").split())
    return words if len(words) <= length else words[: length - 1] + "…"


def fetch_picture(web: httpx.Client, url: str) -> bytes:
    """The picture at `url`. Raises Unreachable."""
    return fetch(web, url, ("image/",), PICTURE_LIMIT)[1]
