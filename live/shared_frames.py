"""uvicorn's WebSocket protocol, able to write a frame that was encoded once for everybody.

Named to uvicorn with `--ws live.shared_frames:SharedFrames`. It adds one thing to the protocol
that uvicorn comes with: a function in the scope's extensions that writes a finished frame straight
to the transport. What it leans on is private to uvicorn, so it offers that only where it knows the
version, where nothing compresses the connection and while the peer reads; everywhere else the hub
uses the plain `send` of ASGI, on this server as on any other.
"""

from typing import Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from live.hub import SHARED_FRAME

# Whose protocol was read for what stands below.
KNOWN_VERSIONS = ("0.54.0",)


def version_trouble() -> str:
    """Why no frame is written the fast way with the uvicorn that is installed, or an empty text."""
    if uvicorn.__version__ in KNOWN_VERSIONS:
        return ""
    return (
        f"live/shared_frames.py does not know uvicorn {uvicorn.__version__}"
        f" but {', '.join(KNOWN_VERSIONS)}:"
        " a frame is encoded anew for each page that it goes to, and what many hear takes longer."
    )


class SharedFrames(WebSocketsSansIOProtocol):
    """uvicorn's own protocol, and `write_frame` in the scope of its sockets."""

    def handle_connect(self, event: Any) -> None:
        """Offer the function with the handshake; it refuses until the socket is open."""
        super().handle_connect(event)
        if not version_trouble() and hasattr(self, "scope"):
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[SHARED_FRAME] = self.write_frame

    def write_frame(self, frame: bytes) -> bool:
        """Write a finished frame; not if the peer does not read, or the socket is compressed or not open."""
        connection = self.conn
        if (
            connection.extensions
            or connection.state is not State.OPEN
            or not self.handshake_complete
            or self.disconnected
            or not self.writable.is_set()
        ):
            return False
        self.transport.write(frame)
        return True
