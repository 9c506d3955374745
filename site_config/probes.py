"""What machines ask: /healthz, /readyz and /metrics, answered before anything of Django's.

A probe often comes by an address that is not in ALLOWED_HOSTS, over plain HTTP, to a site where
nobody has signed up yet; and it should be answered while every request thread is at work.
"""

from typing import Any

from django.conf import settings

from site_config import metrics
from site_config.health import Readiness

PLAIN = "text/plain; charset=utf-8"

Answer = tuple[int, str, bytes]


class Probes:
    """An ASGI application that answers these three, and hands on the rest."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.readiness = Readiness()
        self.answers = {"/healthz": self.healthz, "/readyz": self.readyz, "/metrics": self.metrics}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer GET and HEAD."""
        answer = self.answers.get(scope["path"])
        if answer is None:
            await self.application(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            await respond(scope, send, (405, PLAIN, b"Only GET and HEAD.\n"))
        else:
            await respond(scope, send, await answer(scope))

    async def healthz(self, scope: Any) -> Answer:
        """This process answers; nothing else is asked."""
        return 200, PLAIN, b"Alive.\n"

    async def readyz(self, scope: Any) -> Answer:
        """Whether it can do its work, and a sentence for each thing that does not work."""
        troubles = await self.readiness.troubles()
        sentences = [trouble.sentence for trouble in troubles]
        is_ready = not any(trouble.is_fatal for trouble in troubles)
        said = ["Ready.", *sentences] if is_ready else sentences
        return 200 if is_ready else 503, PLAIN, "".join(f"{sentence}\n" for sentence in said).encode()

    async def metrics(self, scope: Any) -> Answer:
        """The counters, for who has the token; where there is none, there is no such page."""
        if not settings.METRICS_TOKEN:
            return 404, PLAIN, b"Not found.\n"
        if not metrics.may_read(dict(scope["headers"]).get(b"authorization", b"")):
            return 401, PLAIN, b"The token is missing or wrong.\n"
        return 200, metrics.CONTENT_TYPE, metrics.exposition()


async def respond(scope: Any, send: Any, answer: Answer) -> None:
    """Send an answer that nobody keeps."""
    status, kind, body = answer
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
