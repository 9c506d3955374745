"""How much of the files that somebody sends has come, told to the page that sends them.

No browser tells a page that without a script. So the server counts what it receives, before anything reads
it, and says so through the socket that the page has: a few times a second, whatever process that is in.
"""

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from django.db import DatabaseError
from django.template.loader import get_template

from database.threads import in_database
from hypermedia.fragments import hx_partial
from live import sessions
from live.server_process import ServerProcess
from rooms import events
from rooms.render.room_page import is_page_token

# What is smaller has come before one has seen a bar.
SMALLEST = 256 * 1024
# Seconds between two words about one upload.
INTERVAL = 0.25


class UploadProgress:
    """An ASGI application that counts what comes for an address with an `upload`, and hands it on."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand it on. Two queries where somebody sends much, and none for anything else."""
        upload, total = upload_in(scope), announced_size(scope)
        if upload and total >= SMALLEST:
            person_id = await person_in(scope)
            if person_id:
                receive = CountedUpload(receive, person_id, upload, total)
        await self.application(scope, receive, send)


class CountedUpload:
    """`receive` of a request with files: it tells their sender how much has come."""

    def __init__(self, receive: Any, person_id: int, upload: str, total: int) -> None:
        self._receive = receive
        self._person_id = person_id
        self._upload = upload
        self._total = total
        self._received = 0
        self._said_at = asyncio.get_running_loop().time()

    async def __call__(self) -> Any:
        """The next part."""
        message = await self._receive()
        self._received += len(message.get("body", b""))
        now = asyncio.get_running_loop().time()
        if message.get("more_body") and now - self._said_at >= INTERVAL:
            self._said_at = now
            # Nobody's upload waits for it.
            process = ServerProcess.current()
            part = events.UploadPart(self._person_id, self._upload, self._received, self._total)
            process.spawn(events.tell_upload(part))
        return message


def on_uploading(process: ServerProcess, event: dict[str, Any]) -> None:
    """Show it on the pages of who sends: it is on the one that calls its upload so."""
    part = events.upload_part(event)
    theirs = [one for one in process.hub.sockets if one.person_id == part.person_id and not one.json]
    if theirs:
        bar = get_template("rooms/files.html#progress").render(part._asdict())
        html = hx_partial(f"#upload-{part.upload}", "outerHTML", bar)
        for socket in theirs:
            socket.write_text(html)


def upload_in(scope: Any) -> str:
    """What a page calls the files that it sends with this request; an empty text where it sends none."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return ""
    upload = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("upload", [""])[0]
    return upload if is_page_token(upload) else ""


async def person_in(scope: Any) -> int | None:
    """The id of who sends it, if that can be told now: where it cannot, the view will say so."""
    key = sessions.cookie_session(scope["headers"])
    with suppress(DatabaseError):
        person = (await in_database(sessions.people_of)({key})).get(key) if key else None
        return person.pk if person else None
    return None


def announced_size(scope: Any) -> int:
    """How many bytes the request says that it has."""
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(length) if length.isdigit() and len(length) < 19 else 0
