"""Which consumer answers at which address."""

from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any

from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern

from accounts.routing import websocket_urlpatterns as of_people
from live.handshakes import refuse
from live.routing import websocket_urlpatterns as of_anybody
from rooms.routing import websocket_urlpatterns as of_rooms

addresses = URLResolver(RegexPattern(r"^/"), [*of_anybody, *of_people, *of_rooms])


def sockets(scope: Any, receive: Any, send: Any) -> Coroutine[Any, Any, None]:
    """Route a handshake, and stand in no socket's way afterwards; refuse one to an address of none."""
    try:
        found = addresses.resolve(scope["path"].removeprefix(scope.get("root_path", "")))
    except Resolver404:
        return answer_nobody(scope, receive, send)
    return found.func(scope | {"url_route": {"args": found.args, "kwargs": found.kwargs}}, receive, send)


async def answer_nobody(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application that opens no socket."""
    await receive()
    await refuse(scope, send, HTTPStatus.NOT_FOUND, "There is no socket at this address.")
