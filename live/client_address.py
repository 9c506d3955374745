"""Who asks: the one place that decides from which address a request or a socket comes.

`ForwardedClients` stands before everything and writes the answer into the scope, as `client` and `scheme`.
Django has it as REMOTE_ADDR and `is_secure()`, and with it whatever counts, limits or writes down.
"""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings

# Of an IPv6 address: what one household or one machine is given, and may change within as it likes
# (https://www.rfc-editor.org/rfc/rfc6177).
IPV6_SHARE = 64


class ForwardedClients:
    """An ASGI application that tells another who asks, behind as many proxies as the settings trust."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand on the request or the socket, with the address of its client."""
        if scope["type"] != "lifespan":
            scope = scope | forwarded(scope, settings.TRUSTED_PROXIES)
        await self.application(scope, receive, send)


def forwarded(scope: Any, proxies: int) -> dict[str, Any]:
    """The `client` and the `scheme` of a scope, as that many proxies have handed them on."""
    client = scope.get("client") or ("", 0)
    address = client_address(client[0], values(scope, b"x-forwarded-for"), proxies)
    changed: dict[str, Any] = {"client": (address, client[1])} if address else {}
    # The first of them is that of the proxy that the browser spoke to.
    protocols = values(scope, b"x-forwarded-proto") if proxies else []
    if protocols and protocols[0].lower() in ("https", "wss"):
        changed["scheme"] = "wss" if scope["type"] == "websocket" else "https"
    return changed


def client_address(peer: str, forwarded_for: Sequence[str], proxies: int) -> str:
    """The address of who asks, for a connection from `peer`.

    Each proxy adds to `forwarded_for` whom it was asked by, so the client is as many places from the end
    as there are proxies to be trusted; what stands before it, the client has written itself. Where the
    list is shorter, or no address stands there, nobody but `peer` is known. IPv4 is IPv4, though a server
    that listens on both writes it as IPv6.
    """
    said = parsed(forwarded_for[-proxies]) if 0 < proxies <= len(forwarded_for) else ""
    return said or parsed(peer) or peer


def parsed(text: str) -> str:
    """The address in what a proxy wrote: with a port or without, with brackets or without; or nothing."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def values(scope: Any, name: bytes) -> list[str]:
    """What stands in all headers of that name, taken apart at commas."""
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]
    return [part.strip() for part in ",".join(lines).split(",")] if lines else []


def counted_address(scope: Any) -> str:
    """What connections are counted by: the address of the client, of IPv6 its network.

    Empty where there is none, as behind a socket of the file system: nothing is counted there.
    """
    client = scope.get("client")
    return share_of(client[0]) if client else ""


def share_of(address: str) -> str:
    """The address, or the network that it stands for."""
    try:
        ip = ip_address(parsed(address))
    except ValueError:
        return ""
    return str(ip_network((ip, IPV6_SHARE), strict=False)) if ip.version == 6 else str(ip)


class ConnectionCount:
    """How many of something each address has open in this process; no more than a setting says."""

    def __init__(self, setting: str) -> None:
        # The name of the setting that says how many one address may have; 0 is as many as it likes.
        self.setting = setting
        self._open: dict[str, int] = {}

    def take(self, address: str) -> bool:
        """Count one more of this address, if it may have one more."""
        most = getattr(settings, self.setting)
        there = self._open.get(address, 0)
        if most and address and there >= most:
            return False
        self._open[address] = there + 1
        return True

    def give_back(self, address: str) -> None:
        """One that was taken is gone."""
        left = self._open.get(address, 0) - 1
        if left > 0:
            self._open[address] = left
        else:
            self._open.pop(address, None)
