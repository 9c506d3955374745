"""Which consumer answers at which address."""

from typing import Any

from channels.routing import URLRouter

from accounts.routing import websocket_urlpatterns as of_people
from live.routing import websocket_urlpatterns as of_anybody
from rooms.routing import websocket_urlpatterns as of_rooms

router = URLRouter([*of_anybody, *of_people, *of_rooms])


async def sockets(scope: Any, receive: Any, send: Any) -> None:
    """Route a handshake; one to an address that is no socket's is refused without a traceback."""
    try:
        await router(scope, receive, send)
    except ValueError as error:
        if "No route found" not in str(error):
            raise
        await receive()
        await send({"type": "websocket.close"})
