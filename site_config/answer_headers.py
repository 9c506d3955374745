"""Headers that every answer has, whoever made it: a page, a file, an error, a redirect, a probe."""

from typing import Any

from live.plain_answers import RESOURCE_HEADERS, SAFE_HEADERS

# Kinds of content that only a page makes something of.
PARTS = (b"text/css", b"text/javascript", b"font/")


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
    """These headers, and those of SAFE_HEADERS that are not among them; a part of a page gets fewer.

    A sheet of style, a script or a font is nothing that has an opener or a frame, or asks for a camera, and a
    room's first page asks for six.
    """
    there = {name.lower(): value for name, value in headers}
    wanted = RESOURCE_HEADERS if there.get(b"content-type", b"").startswith(PARTS) else SAFE_HEADERS
    return [*headers, *((name, value) for name, value in wanted if name not in there)]
