"""Requests and answers as they pass through the server's own handler: whole, in parts, and too large."""

import asyncio
import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.core.signals import request_finished, request_started
from django.db import connections
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from rooms.models import Attachment
from rooms.tests.files import attach, posted
from site_config.handler import ThreadReusingHandler
from tests.sockets import session_cookie, signed_in_client

pytestmark = pytest.mark.usefixtures("transactional_db", "alice")

CONTENT = bytes(range(256)) * 1000


@pytest.fixture
def server() -> Iterator[ThreadReusingHandler]:
    """A handler of its own, whose threads keep no connection to the database."""
    server = ThreadReusingHandler()
    yield server
    for each in server._threads:
        with each as thread:
            thread.submit(connections.close_all)


@pytest.fixture
def uploads(tmp_path: Path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


def asked(
    server: ThreadReusingHandler, path: str, method: str = "GET", **headers: str
) -> ApplicationCommunicator:
    """A request on its way, with so many headers and nothing of its body."""
    sent = {"host": "testserver", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http", "method": method, "path": path, "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }  # fmt: skip
    return ApplicationCommunicator(server, scope)


async def answer(request: ApplicationCommunicator) -> tuple[int, dict[str, str], list[bytes]]:
    """Its status, its headers, and its body in the parts in which it came."""
    start = await request.receive_output(10)
    parts = []
    more = True
    while more:
        part = await request.receive_output(10)
        parts.append(part.get("body", b""))
        more = part.get("more_body", False)
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, parts


@sync_to_async
def a_file() -> tuple[Attachment, str]:
    """A file in a message of alice's, and the cookie of her browser."""
    client = signed_in_client("alice")
    attachment = attach(client, "data.bin", CONTENT)
    posted(client, attachment)
    return attachment, session_cookie(client)


@pytest.mark.usefixtures("uploads")
@pytest.mark.parametrize(
    ("wanted", "expected"), [({}, CONTENT), ({"range": "bytes=70000-"}, CONTENT[70000:])]
)
async def test_a_file_goes_out_in_parts(
    server: ThreadReusingHandler, wanted: dict[str, str], expected: bytes
) -> None:
    file, cookie = await a_file()
    request = asked(server, file.get_absolute_url(), cookie=cookie, **wanted)
    await request.send_input({"type": "http.request"})

    status, headers, parts = await answer(request)

    assert status == (206 if wanted else 200)
    assert headers["content-length"] == str(len(expected))
    assert b"".join(parts) == expected
    assert max(map(len, parts)) <= 64 * 1024


async def test_one_that_says_it_is_too_large_is_answered_unread(
    server: ThreadReusingHandler, settings
) -> None:
    settings.FORM_LIMIT = 1000
    request = asked(
        server, "/accounts/login/", "POST", content_length="1001", content_type="multipart/form-data"
    )

    status, _, parts = await answer(request)

    assert status == 413
    assert b"That is too much at once" in b"".join(parts)


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain"])
async def test_one_that_is_too_large_and_does_not_say_so_is_answered(
    server: ThreadReusingHandler, settings, kind: str
) -> None:
    settings.FORM_LIMIT = 1000
    request = asked(server, "/accounts/login/", "POST", content_type=kind)
    for _ in range(3):
        await request.send_input({"type": "http.request", "body": b"x" * 400, "more_body": True})

    status, _, parts = await answer(request)

    assert status == 413
    assert b"That is too much at once" in b"".join(parts)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/services/T1/B1/key", b"invalid_payload"),
        ("/hooks/answers/key", b"invalid_payload"),
        ("/hooks/key", b'"id": "web.incoming_webhook.invalid_payload.app_error"'),
    ],
)
async def test_a_hook_is_told_so_in_its_own_words(server: ThreadReusingHandler, path, words) -> None:
    request = asked(server, path, "POST", content_length=str(2**20 + 1), content_type="application/json")

    status, headers, parts = await answer(request)

    assert (status, words in b"".join(parts)) == (413, True)
    assert "html" not in headers["content-type"]


async def test_one_that_breaks_off_ends(server: ThreadReusingHandler) -> None:
    request = asked(server, "/accounts/login/", "POST", content_length="500")
    await request.send_input({"type": "http.request", "body": b"x", "more_body": True})
    await request.send_input({"type": "http.disconnect"})

    await request.wait(10)

    assert await request.receive_nothing()


async def test_threads_are_free_while_requests_arrive(server: ThreadReusingHandler) -> None:
    """More requests on their way than there are threads, through one server."""
    slow = [asked(server, "/accounts/login/", "POST", content_length="500") for _ in range(20)]
    for request in slow:
        await request.send_input({"type": "http.request", "body": b"x", "more_body": True})
    quick = asked(server, "/accounts/login/")
    await quick.send_input({"type": "http.request"})

    assert (await answer(quick))[0] == 200
    for request in slow:
        await request.send_input({"type": "http.disconnect"})
        await request.wait(10)


async def test_one_goes_to_its_thread_once_and_to_its_end(server: ThreadReusingHandler) -> None:
    """Whatever its client does meanwhile. It begins and ends there: its connection is looked after."""
    seen: list[tuple[str, str]] = []

    def note(signal, **kwargs) -> None:
        seen.append(("begun" if signal is request_started else "ended", threading.current_thread().name))

    for signal in (request_started, request_finished):
        signal.connect(note)
    request = asked(server, "/accounts/login/")
    await request.send_input({"type": "http.request"})
    await request.send_input({"type": "http.disconnect"})

    status, _, _ = await answer(request)
    for signal in (request_started, request_finished):
        signal.disconnect(note)

    assert status == 200
    assert [what for what, _ in seen] == ["begun", "ended"]
    assert len({name for _, name in seen}) == 1
    assert seen[0][1].startswith("request-")


# -- What a response holds open is closed once it is sent ------------------------------------


class Stream:
    """Parts of an answer; knows when it was closed."""

    def __init__(self) -> None:
        self.left = iter([b"one ", b"two ", b"three"])
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        assert not self.is_closed
        return next(self.left)

    def close(self) -> None:
        """End it."""
        self.is_closed = True


def generator(closed: list[str]) -> Iterator[bytes]:
    """Parts that a function makes."""
    try:
        yield b"made "
        yield b"here"
    finally:
        closed.append("generator")


@pytest.fixture
def served(monkeypatch) -> Callable[[HttpResponseBase], None]:
    """Let the address of sign-in answer with a response."""

    def serve(response: HttpResponseBase) -> None:
        monkeypatch.setattr(ThreadReusingHandler, "get_response", lambda *_: response)

    return serve


async def asked_for(server: ThreadReusingHandler) -> ApplicationCommunicator:
    """A request that has come whole."""
    request = asked(server, "/accounts/login/")
    await request.send_input({"type": "http.request"})
    return request


async def test_a_plain_file_response_is_sent_whole_and_then_closed(
    server: ThreadReusingHandler, served
) -> None:
    file = io.BytesIO(CONTENT)
    served(FileResponse(file))
    request = await asked_for(server)

    status, _, parts = await answer(request)
    await request.wait(10)

    assert (status, b"".join(parts)) == (200, CONTENT)
    assert file.closed


async def test_a_stream_is_sent_whole_and_then_closed(server: ThreadReusingHandler, served) -> None:
    stream = Stream()
    served(StreamingHttpResponse(stream))
    request = await asked_for(server)

    _, _, parts = await answer(request)
    await request.wait(10)

    assert b"".join(parts) == b"one two three"
    assert stream.is_closed


async def test_a_generator_is_sent_whole(server: ThreadReusingHandler, served) -> None:
    closed: list[str] = []
    served(StreamingHttpResponse(generator(closed)))
    request = await asked_for(server)

    _, _, parts = await answer(request)
    await request.wait(10)

    assert b"".join(parts) == b"made here"
    assert closed == ["generator"]


async def test_what_cannot_be_sent_is_closed_as_well(server: ThreadReusingHandler, served) -> None:
    file = io.BytesIO(CONTENT)
    served(FileResponse(file))
    waits = asyncio.Event()

    async def receive() -> dict:
        await waits.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        raise OSError("the client is gone")

    scope = asked(server, "/accounts/login/").scope
    with pytest.raises(OSError, match="gone"):
        await server(scope, whole_then(receive), send)

    assert file.closed


def whole_then(receive: Callable) -> Callable:
    """An empty request, and `receive` after it."""
    first = iter([{"type": "http.request"}])

    async def received() -> dict:
        return next(first, None) or await receive()

    return received
