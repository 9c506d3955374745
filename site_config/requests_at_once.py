"""How many requests of one address are worked on at once, behind a proxy that has all the connections."""

from typing import Any

from django.conf import settings

from live.client_address import ConnectionCount, counted_address

SENTENCE = b"There are too many requests from your address at once. Wait a moment, then try again.\n"

requests = ConnectionCount("CONNECTIONS_PER_ADDRESS")


class RequestsAtOnce:
    """An ASGI application that hands on no more requests of one address than it may have connections.

    Without a proxy its connections are counted themselves (site_config/http_protocol.py).
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand it on, or say that it is one too many."""
        address = counted_address(scope) if settings.TRUSTED_PROXIES else ""
        if not address:
            await self.application(scope, receive, send)
        elif requests.take(address):
            try:
                await self.application(scope, receive, send)
            finally:
                requests.give_back(address)
        else:
            headers = [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", str(len(SENTENCE)).encode()),
            ]
            await send({"type": "http.response.start", "status": 429, "headers": headers})
            await send({"type": "http.response.body", "body": SENTENCE})
