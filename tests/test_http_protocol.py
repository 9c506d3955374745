"""What one client may draw out and pile up, on a real uvicorn: heads, bodies, connections."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from asgiref.sync import sync_to_async

from site_config.http_protocol import HEAD_LIMIT, LINGER_LIMIT
from tests.served import Wire, handshake, request, served, wire
from tests.sockets import session_cookie, signed_in_client

pytestmark = pytest.mark.usefixtures("transactional_db", "alice")

LOGIN = "/accounts/login/"
FORM = "application/x-www-form-urlencoded"
MEGABYTE = 1024 * 1024


@sync_to_async
def cookie_of_alice() -> str:
    """The Cookie header of a browser in which alice is signed in."""
    return session_cookie(signed_in_client("alice"))


@pytest.fixture
def general(alice) -> None:
    """A room with alice in it."""
    from rooms.models import Membership, Room

    room, _ = Room.objects.get_or_create(slug="general", defaults={"name": "general"})
    Membership.objects.get_or_create(room=room, person=alice)


# -- Bodies ------------------------------------------------------------------------------


def announced(path: str, size: int, **headers: str) -> bytes:
    """The head of a form of that size, and the first bytes of it."""
    return request(path, "POST", Content_Length=str(size), Content_Type=FORM, **headers) + b"a" * 1000


def chunked(path: str, size: int, **headers: str) -> bytes:
    """The head of a form that does not say its size, and so much of it."""
    chunk = b"%x\r\n%s\r\n" % (64 * 1024, b"a" * 64 * 1024)
    head = request(path, "POST", Transfer_Encoding="chunked", Content_Type=FORM, **headers)
    return head + chunk * (size // (64 * 1024) + 1)


@pytest.mark.parametrize(
    "path", [LOGIN, "/", "/nowhere/", "/rooms/general/", "/rooms/general/files/", "/admin/"]
)
@pytest.mark.parametrize("sent", [announced, chunked])
async def test_a_stranger_s_large_body_is_refused_before_it_is_read(path: str, sent) -> None:
    async with served() as port, wire(port) as line:
        await line.send(sent(path, MEGABYTE + 1))
        status, _, page = await line.answer()

        assert status == 413
        assert "That is too much at once" in page
        assert await line.ended()


@pytest.mark.parametrize("sent", [announced, chunked])
async def test_somebody_s_large_body_is_refused_where_no_files_are_taken(sent, general: None) -> None:
    cookie = await cookie_of_alice()
    async with served() as port, wire(port) as line:
        await line.send(sent("/accounts/profile/", MEGABYTE + 1, Cookie=cookie))

        assert (await line.answer())[0] == 413


@pytest.mark.parametrize("path", ["/rooms/general/", "/rooms/general/files/", "/rooms/general/preview/"])
async def test_somebody_s_files_are_taken_as_far_as_the_settings_say(
    path: str, general: None, settings
) -> None:
    settings.REQUEST_LIMIT = 2 * MEGABYTE
    cookie = await cookie_of_alice()
    for sent, status in ((chunked, 403), (announced, 413)):
        async with served() as port, wire(port) as line:
            # Without a token: all of it was read, to find that there is none.
            size = MEGABYTE + 70_000 if status == 403 else 2 * MEGABYTE + 1
            await line.send(sent(path, size, Cookie=cookie) + (b"0\r\n\r\n" if sent is chunked else b""))

            assert (await line.answer())[0] == status


@pytest.mark.parametrize("closing", ["close", "keep-alive"])
async def test_who_goes_on_sending_is_cut_off(closing: str) -> None:
    async with served() as port, wire(port) as line:
        await line.send(announced(LOGIN, 300 * MEGABYTE, Connection=closing))
        assert (await line.answer())[0] == 413
        sent = 0
        while not line.writer.transport.is_closing() and sent < 100 * MEGABYTE:
            await line.send(b"a" * 64 * 1024)
            sent += 64 * 1024

    # What lay in the buffers between us is not known to a byte.
    assert sent < LINGER_LIMIT + 30 * MEGABYTE


async def test_a_form_of_ordinary_size_is_read_and_the_connection_kept() -> None:
    async with served() as port, wire(port) as line:
        for _ in range(2):
            await line.send(request(LOGIN, "POST", b"a=" + b"x" * 200_000, Content_Type=FORM))
            assert (await line.answer())[0] == 403


# -- Time --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "begun", [b"GET /", b"GET / HTTP/1.1\r\nHost: testser", request(LOGIN, "POST", Content_Length="500")]
)
async def test_what_trickles_is_ended_with_a_sentence(begun: bytes, settings) -> None:
    settings.REQUEST_PATIENCE = 0.3
    async with served() as port, wire(port) as line:
        await line.send(begun)
        trickle = asyncio.create_task(trickled(line))
        status, _, sentence = await line.answer()
        trickle.cancel()

    assert (status, sentence) == (408, "That request took too long to arrive.\n")


async def trickled(line: Wire) -> None:
    """A byte now and then, without end."""
    while True:
        await asyncio.sleep(0.05)
        await line.send(b"a")


async def test_a_connection_that_says_nothing_is_closed(settings) -> None:
    settings.REQUEST_PATIENCE = 0.2
    async with served() as port, wire(port) as line:
        assert await line.ended()


async def test_a_body_that_keeps_coming_may_take_longer(settings) -> None:
    settings.REQUEST_PATIENCE = 0.3
    async with served() as port, wire(port) as line:
        await line.send(request(LOGIN, "POST", Content_Length="60000", Content_Type=FORM))
        for _ in range(6):
            await asyncio.sleep(0.1)
            await line.send(b"a" * 10_000)

        assert (await line.answer())[0] == 403


# -- Size --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "begun",
    [
        b"GET / HTTP/1.1\r\nHost: testserver\r\nX: " + b"y" * (HEAD_LIMIT + 1),
        b"GET /" + b"y" * (HEAD_LIMIT + 1),
        request("/", X="y" * HEAD_LIMIT),
        request("/", **{f"X-{number}": "y" for number in range(8000)}),
        handshake(X="y" * HEAD_LIMIT),
    ],
)
async def test_a_head_that_is_too_long_is_refused_with_a_sentence(begun: bytes) -> None:
    async with served() as port, wire(port) as line:
        await line.send(begun)
        status, _, sentence = await line.answer()

    assert (status, sentence) == (431, "The address or the headers of that request are too long.\n")


async def test_what_comes_around_a_body_without_end_is_refused() -> None:
    async with served() as port, wire(port) as line:
        await line.send(request(LOGIN, "POST", Transfer_Encoding="chunked") + b"1\r\na\r\n0\r\n")
        for number in range(20_000):
            await line.send(b"X-%d: y\r\n" % number)
            if line.writer.transport.is_closing():
                break

        assert (await line.answer())[0] == 400


@pytest.mark.parametrize(
    "head",
    [
        handshake(X="y" * 9000),
        handshake(**{f"X-{number}": "y" for number in range(200)}),
        handshake(Content_Length="5"),
        handshake(Sec_WebSocket_Key="x"),
        handshake("/ws/\xff/"),
    ],
)
async def test_a_handshake_that_cannot_be_read_is_answered(head: bytes) -> None:
    async with served() as port, wire(port) as line:
        await line.send(head)
        status, headers, sentence = await line.answer()

    assert status == 400
    assert headers["content-type"].startswith("text/plain")
    assert sentence.strip().endswith(".")


@pytest.mark.parametrize(
    ("head", "refusal"),
    [
        (handshake("/ws/nowhere/"), (404, "There is no socket at this address.\n")),
        (
            handshake("/ws/live/", Origin="http://["),
            (403, "A page of another site may not open a socket here.\n"),
        ),
    ],
)
async def test_a_handshake_that_is_refused_is_told_why(head: bytes, refusal: tuple[int, str], caplog) -> None:
    async with served() as port, wire(port) as line:
        await line.send(head)
        status, _, sentence = await line.answer()

    assert (status, sentence) == refusal
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


# -- Number ------------------------------------------------------------------------------


async def test_connections_of_one_address_are_limited(settings) -> None:
    settings.CONNECTIONS_PER_ADDRESS = 3
    async with served() as port, AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(wire(port)) for _ in range(3)]
        for line in lines:
            await line.send(request("/healthz"))
            assert (await line.answer())[0] == 200
        async with wire(port) as beyond:
            status, _, sentence = await beyond.answer()
            assert status == 429
            assert sentence.startswith("There are too many connections")
        # One goes, and there is room again; so there is when one becomes a socket.
        lines[0].writer.close()
        await lines[0].writer.wait_closed()
        await lines[1].send(handshake())
        assert (await lines[1].answer())[0] == 101
        for _ in range(2):
            line = await stack.enter_async_context(wire(port))
            await line.send(request("/healthz"))
            assert (await line.answer())[0] == 200


async def test_none_is_counted_where_the_setting_says_so(settings) -> None:
    settings.CONNECTIONS_PER_ADDRESS = 0
    async with served() as port, AsyncExitStack() as stack:
        for _ in range(30):
            line = await stack.enter_async_context(wire(port))
            await line.send(request("/healthz"))
            assert (await line.answer())[0] == 200


async def test_requests_of_one_address_are_limited_behind_a_proxy(settings) -> None:
    settings.TRUSTED_PROXIES, settings.CONNECTIONS_PER_ADDRESS = 1, 1
    async with served() as port, wire(port) as slow, wire(port) as second, wire(port) as other:
        await slow.send(request(LOGIN, "POST", Content_Length="500", X_Forwarded_For="192.0.2.9"))
        await asyncio.sleep(0.2)
        await second.send(request(LOGIN, X_Forwarded_For="192.0.2.9"))
        await other.send(request(LOGIN, X_Forwarded_For="192.0.2.10"))

        assert (await second.answer())[0] == 429
        assert (await other.answer())[0] == 200


async def test_practice_sockets_of_one_address_are_limited(settings) -> None:
    settings.PRACTICE_SOCKETS_PER_ADDRESS = 1
    async with served() as port:
        async with wire(port) as first, wire(port) as second:
            for line, status in ((first, 101), (second, 429)):
                await line.send(handshake())
                assert (await line.answer())[0] == status
        await asyncio.sleep(0.2)
        async with wire(port) as again:
            await again.send(handshake())
            assert (await again.answer())[0] == 101
