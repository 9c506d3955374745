"""How much of an upload has come: counted around the application, shown on the sender's pages."""

import asyncio

import pytest

from rooms import upload_progress
from rooms.upload_progress import SMALLEST, UploadProgress
from tests.sockets import Sockets, session_cookie

ROOM = "/ws/rooms/general/"
PART = 64 * 1024


@pytest.fixture(autouse=True)
def often(monkeypatch) -> None:
    monkeypatch.setattr(upload_progress, "INTERVAL", 0.0)


async def reading(scope, receive, send) -> None:
    """An application that reads what it is sent, and answers with how much that was."""
    size = 0
    while True:
        message = await receive()
        size += len(message["body"])
        if not message["more_body"]:
            await send({"size": size})
            return


async def send_files(client, size: int, query: bytes = b"upload=abc-1", announced: int | None = None) -> int:
    """Send that many bytes, as the person at `client`; how many the application has read."""
    cookie = session_cookie(client).encode() if client else b""
    length = str(size if announced is None else announced).encode()
    scope = {
        "type": "http", "method": "POST", "path": "/rooms/general/files/", "query_string": query,
        "headers": [(b"cookie", cookie), (b"content-length", length)],
    }  # fmt: skip
    parts = [bytes(min(PART, size - at)) for at in range(0, size, PART)]
    events = [
        {"type": "http.request", "body": part, "more_body": number < len(parts)}
        for number, part in enumerate(parts, 1)
    ]
    answers: list[dict] = []

    async def receive() -> dict:
        await asyncio.sleep(0)
        return events.pop(0)

    async def send(message: dict) -> None:
        answers.append(message)

    await UploadProgress(reading)(scope, receive, send)
    return answers[0]["size"]


@pytest.mark.usefixtures("alice", "bob")
async def test_the_sender_sees_it_and_nobody_else(sockets: Sockets) -> None:
    page, other = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    size = SMALLEST + 10

    assert await send_files(await sockets.client("alice"), size) == size

    arrived = await page.until(f'value="{SMALLEST}" max="{size}"')
    assert 'hx-target="#upload-abc-1"' in arrived
    assert f'value="{PART}" max="{size}"' in arrived
    assert "upload-abc-1" not in await other.quiet()


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize(
    ("size", "query", "who"),
    [
        (SMALLEST - 1, b"upload=abc-1", "alice"),
        (SMALLEST, b"", "alice"),
        (SMALLEST, b"upload=%22,body", "alice"),
        (SMALLEST, b"upload=abc-1", None),
    ],
)
async def test_nothing_is_said_of_what_is_small_or_has_no_name_or_no_sender(
    sockets: Sockets, size, query, who
) -> None:
    page = await sockets(ROOM, "alice")
    client = await sockets.client(who) if who else None
    assert await send_files(client, size, query) == size
    assert "<progress" not in await page.quiet()
