"""Django's ASGI handler, with request threads that last, and that nobody's slow line holds.

Under ASGI Django gives each request a thread of its own and ends it afterwards, and with it the
thread's database connection, whatever CONN_MAX_AGE says. Here a request borrows one of a few
lasting threads, so connections stay open: 1.2 to 1.5 times the pages on SQLite. And it goes there
once: Django's own goes three times, to begin a request, to answer it and to end it, and with asynchronous
middleware before synchronous views it would go to and fro besides.

It borrows one once it has arrived whole, and gives it back before its answer is sent: a file that
takes minutes to come or to go costs a temporary file meanwhile, and no thread. How much may come is
said in site_config/bodies.py.
"""

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, closing, nullcontext, suppress
from contextvars import copy_context
from functools import cache, partial
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import BadRequest, RequestAborted, SuspiciousOperation
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix
from prometheus_client import Histogram

from accounts import stored_files
from database import outbox
from database.batching import serving
from database.outbox import Errand
from hypermedia.views import bad_request
from site_config.bodies import TOO_LARGE, gives_files, most_bytes, path_of

# Requests whose Python runs at once; more would only wait for each other.
REQUEST_THREADS = 8
# Of these, requests with files: a picture takes seconds, and up to 600 MB, to be encoded again.
UPLOADS_AT_ONCE = 2
# And those for files that are not on this disk: where they are may take seconds to answer, and pages go on.
FILES_AT_ONCE = 4
# Threads in which what is sent is read, a part at a time.
SENDING_THREADS = 8

PAGE_SECONDS = Histogram(
    "parley_page_seconds",
    "Time from a request to the end of its answer, without static files.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class CountedBody:
    """`receive`, for which a request that goes on for longer than it may has broken off.

    What is longer than a form is looked at only then: whether files are taken there, and who asks.
    """

    def __init__(self, scope: Any, receive: Any) -> None:
        self._scope = scope
        self._receive = receive
        # Bytes that have come, and that may come.
        self._size = 0
        self._most = settings.FORM_LIMIT
        self.is_too_large = False

    async def __call__(self) -> Any:
        """The next part."""
        message = await self._receive()
        await self.look_at(self._size + len(message.get("body", b"")))
        return {"type": "http.disconnect"} if self.is_too_large else message

    def begin(self) -> None:
        """What was announced is counted as it comes."""
        self._size = 0

    async def look_at(self, size: int) -> None:
        """So many bytes have come, or are said to come: whether that is too much."""
        self._size = size
        if self._size > self._most:
            self._most = await most_bytes(self._scope)
            self.is_too_large = self._size > self._most


class ResponseSlot:
    """Where Django's answer is kept until the thread is given back: what `send` is to Django.

    Django closes a response once it has sent it, and so the file that a FileResponse sends, or the
    generator of a stream. The slot takes what is to be closed from the response, and closes that itself.
    """

    def __init__(self) -> None:
        self.response: HttpResponseBase | None = None
        self._closers: list[Callable[[], None]] = []

    def keep(self, response: HttpResponseBase) -> None:
        """Keep the response; with everything that it holds open, where it is yet to be read."""
        self.response = response
        if response.streaming:
            # Private to Django, which has no other way to keep a response open after its request.
            held: Any = response
            self._closers, held._resource_closers = held._resource_closers, []

    def close(self) -> None:
        """Close what the response held open, whatever of it raises. Runs in a thread: files may be slow."""
        for closer in self._closers:
            with suppress(Exception):
                closer()
        self._closers = []

    @property
    def holds_something(self) -> bool:
        """Whether there is something to close."""
        return bool(self._closers)


class ThreadReusingHandler(ASGIHandler):
    """An ASGIHandler whose requests borrow a thread and give it back."""

    def __init__(self) -> None:
        super().__init__()
        self._uploads = asyncio.Semaphore(UPLOADS_AT_ONCE)
        self._files = asyncio.Semaphore(FILES_AT_ONCE)
        self._threads = [
            ThreadPoolExecutor(1, thread_name_prefix=f"request-{number}") for number in range(REQUEST_THREADS)
        ]
        # A way to answer in each of those that nobody has borrowed.
        self._idle: asyncio.LifoQueue[Callable[..., Awaitable[None]]] = asyncio.LifoQueue()
        for thread in self._threads:
            self._idle.put_nowait(sync_to_async(self._answer, thread_sensitive=False, executor=thread))

    def load_middleware(self, is_async: bool = False) -> None:
        """All of it synchronous, as our views are."""
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle a request with everything synchronous of it in one borrowed thread."""
        with PAGE_SECONDS.time():
            counted = CountedBody(scope, receive)
            try:
                await counted.look_at(announced_size(scope))
                body = await self._body(counted)
            except RequestAborted:
                if not counted.is_too_large:
                    return
            if counted.is_too_large:
                # The middleware answers, and nothing of it is read.
                scope = scope | {TOO_LARGE: True}
                body = io.BytesIO()
            await self._answer_request(scope, body, send)

    async def _answer_request(self, scope: Any, body: IO[bytes], send: Any) -> None:
        """Make the answer in a thread, give that back, and send the answer."""
        slot = ResponseSlot()
        try:
            with closing(body):
                async with self._turn(scope):
                    await self._work(scope, body, slot)
            if slot.response is not None:
                await self.send_response(stream_in_threads(slot.response), send)
        finally:
            if slot.holds_something:
                await asyncio.to_thread(slot.close)

    def _turn(self, scope: Any) -> AbstractAsyncContextManager[Any]:
        """What a request waits for before it borrows a thread."""
        if has_files(scope):
            return self._uploads
        if stored_files.is_elsewhere() and gives_files(path_of(scope)):
            return self._files
        return nullcontext()

    async def _work(self, scope: Any, body: IO[bytes], slot: ResponseSlot) -> None:
        """Have a request answered in a borrowed thread; what that leaves in the outbox is run here."""
        errands: list[Errand] = []
        loop = asyncio.get_running_loop()
        answer = await self._idle.get()
        try:
            await answer(scope, body, slot, errands, loop)
        finally:
            self._idle.put_nowait(answer)
            await outbox.run(errands)

    def _answer(
        self,
        scope: Any,
        body: IO[bytes],
        slot: ResponseSlot,
        errands: list[Errand],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """All that Django's own handler goes to a thread for, three times: to begin, to answer, to end.

        Nobody looks meanwhile whether the client is gone: what is done here is done to its end.
        """
        with outbox.collected(errands), serving(loop):
            set_script_prefix(get_script_prefix(scope))
            request_started.send(sender=self.__class__, scope=scope)
            request, response = self.create_request(scope, body)
            if request is not None:
                response = self.get_response(request)
                # What it names when it says that the request has ended.
                answered: Any = response
                answered._handler_class = self.__class__
            if isinstance(response, FileResponse):
                response.block_size = self.chunk_size
            slot.keep(response)
            response.close()

    async def _body(self, counted: CountedBody) -> IO[bytes]:
        """What was sent. Raises RequestAborted where it breaks off, or is too much."""
        if counted.is_too_large:
            raise RequestAborted
        counted.begin()
        body: IO[bytes] = tempfile.SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115
        try:
            while (message := await counted())["type"] == "http.request":
                await write(body, message.get("body", b""))
                if not message.get("more_body", False):
                    body.seek(0)
                    return body
            raise RequestAborted
        except BaseException:
            body.close()
            raise

    def create_request(self, scope: Any, body_file: IO[bytes]) -> Any:
        """The request, or the answer to one whose head cannot be read; Django's own is empty, or an error."""
        try:
            return self.request_class(scope, body_file), None
        except (BadRequest, SuspiciousOperation, ValueError):
            return None, bad_request()


async def write(file: Any, part: bytes) -> None:
    """Write to a file that begins in memory; in a thread once it is on the disk."""
    if file._rolled:
        await asyncio.to_thread(file.write, part)
    else:
        file.write(part)


def header(scope: Any, name: bytes) -> bytes:
    """The header called `name`, or b""."""
    return next((value for key, value in scope["headers"] if key.lower() == name), b"")


def announced_size(scope: Any) -> int:
    """How many bytes the request says that it has."""
    length = header(scope, b"content-length")
    return int(length) if length.isdigit() else 0


def has_files(scope: Any) -> bool:
    """Whether the request is a form that can hold files."""
    return header(scope, b"content-type").lower().startswith(b"multipart/")


def stream_in_threads(response: HttpResponseBase) -> HttpResponseBase:
    """`response`; where a plain iterator makes it, Django would read all of that before it sends any."""
    if isinstance(response, StreamingHttpResponse) and not response.is_async:
        parts: Any = response.streaming_content
        response.streaming_content = in_threads(iter(parts))
    return response


async def in_threads(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each of `parts`, made in a thread while the event loop goes on."""
    loop = asyncio.get_running_loop()
    read = partial(copy_context().run, next, parts, None)
    while (part := await loop.run_in_executor(sending_threads(), read)) is not None:
        yield part


@cache
def sending_threads() -> ThreadPoolExecutor:
    """Threads of their own: what comes slowly from elsewhere keeps nothing else waiting."""
    return ThreadPoolExecutor(SENDING_THREADS, thread_name_prefix="sending")
