"""Headers that every answer has, whoever made it: a page, a file, an error, a redirect, a probe."""

from typing import Any

from live.plain_answers import SAFE_HEADERS


class SafeHeaders:
    """An ASGI application that adds to each answer of another those of SAFE_HEADERS that it has not."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand on a request, and its answer with the headers."""

        async def send_safely(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = message | {"headers": with_safe_headers(message.get("headers", ()))}
            await send(message)

        await self.application(scope, receive, send_safely)


def with_safe_headers(headers: Any) -> list[tuple[bytes, bytes]]:
    """These headers, and those of SAFE_HEADERS that are not among them."""
    there = {name.lower() for name, _ in headers}
    return [*headers, *((name, value) for name, value in SAFE_HEADERS if name not in there)]
