"""What is answered to a handshake that is refused."""

from http import HTTPStatus
from typing import Any

# The name of a server's own way to answer one with a sentence, among the extensions of a scope.
REFUSE = "live.refuse_handshake"


async def refuse(scope: Any, send: Any, status: HTTPStatus, sentence: str) -> None:
    """Refuse it with a status and a sentence, where the server can; else it says 403 by itself."""
    answer = scope.get("extensions", {}).get(REFUSE)
    if answer:
        answer(status, sentence)
    else:
        await send({"type": "websocket.close"})
