"""Whatever comes as a request or a handshake is answered, in a sentence where it is refused, and logged as no
error: seeded nonsense, through a real server."""

import asyncio
import logging
import random
from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async

from site_config.logs import BadRequestsInASentence
from site_config.settings import LOGGING
from tests.served import handshake, request, sentence_in, served, wire
from tests.sockets import session_cookie, signed_in_client

pytestmark = pytest.mark.usefixtures("transactional_db", "alice")

SEED = 20261128
REQUESTS = 400
TOGETHER = 20

PATHS = (
    "/", "/accounts/login/", "/accounts/signup/", "/rooms/general/", "/search/?q=x", "/static/x.css",
    "/ws/live/", "/files/1/x", "/healthz", "/readyz", "/admin/", "/ws/practice/", "*", "http://testserver/",
    "//", "/%00", "/rooms/%ff%fe/", "/%C0%AF", "/search/?q=%00&before=%ff", "/search/?q=\xe9",
    "/\xe9", "/?" + "a=1&" * 1200, "/rooms/" + "x" * 9000, "/%", "/%zz", "/..%2f..",
    "/accounts/login/?next=http://[", "/%ED%A0%80", "?", "/\x7f", "/join/%00/", "/rooms/%E2%80%AE/",
    "/files/99999999999999999999/x", "/;", "/a b", "/[", "/accounts/login/#x",
)  # fmt: skip
METHODS = ("GET", "POST", "POST", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND",
           "get", "CONNECT", "BREW", "")  # fmt: skip
FORM = "application/x-www-form-urlencoded"
FILES = "multipart/form-data"
TYPES = (
    FORM, f"{FORM}; charset=utf-16", f"{FORM}; charset=klingon",
    f"{FORM}; charset=hex", f"{FORM}; charset=", f"{FORM}; charset=idna", f"{FORM}; charset=utf-7",
    f'{FORM}; charset="', FILES, f"{FILES}; boundary=", f"{FILES}; boundary=x", f"{FILES}; boundary=x\xe9",
    f"{FILES}; boundary={'x' * 300}", f"{FILES}; boundary=x; charset=utf-16", f"{FILES}; boundary=x",
    f"{FILES}; boundary=x; charset=rot13", f"{FILES}; boundary*=utf-8''x", f"{FILES}; boundary*=klingon''x",
    f"{FILES}; boundary*0=x", "application/json", "text/plain; charset=undefined",
    "multipart/mixed; boundary=x", ";", "a" * 500, "\xff\xfe", "x/y; " + "a=b;" * 400, FORM, FORM,
)  # fmt: skip
PART = b"--x\r\nContent-Disposition: form-data; name=%s\r\n%s\r\n%s\r\n--x--\r\n"
BODIES = (
    b"", b"login=alice&password=x", b"login=%00&password=%ff", b"a" * 3000, b"a&" * 1500, b"\x00\xff" * 50,
    b"csrfmiddlewaretoken=%00", b"next=http://[&login=a&password=b", b"--x", b"--x\r\n\r\n",
    b"--x--", PART % (b'"login"', b"", b"alice"), PART % (b"", b"", b""),
    PART % (b'"a"; filename="\xff\x00"', b"", b"x"), PART % (b'"a"; filename*=klingon\'\'%ff', b"", b"x"),
    PART % (b'"f"; filename="a"', b"Content-Type: \xff\r\n", b"x"),
    PART % (b'"a"', b"Content-Transfer-Encoding: base64\r\n", b"!!!"),
    PART % (b'"a"', b"X: " + b"y" * 20_000, b"x"),
    PART % (b'"a"', b"Content-Type: text/plain; charset=hex\r\n", b"zz"), PART[:40],
    b"{" * 2000, b"%" * 100, b"login=" + "ü".encode("utf-16"),
    b"=&=&=", b"csrfmiddlewaretoken=" + b"x" * 64,
)  # fmt: skip
HEADERS = (
    ("Origin", "http://["), ("Origin", "null"), ("Origin", "http://testserver:99999"), ("Origin", "\xff"),
    ("Origin", "http://testserver"), ("Referer", "http://["), ("Referer", "\xff\xfe"), ("Host", "["),
    ("Host", ""), ("Host", "testserver:x"), ("Host", "\xe9.example"), ("Host", "a" * 300),
    ("Cookie", "sessionid=\x00"[:-1]),
    ("Cookie", 'sessionid="\\000\\000\\000\\000\\000\\000\\000\\000"; csrftoken="\\377"'),
    ("Cookie", ";;=;a;=b;\xff=\xfe"), ("Cookie", "sessionid=" + "x" * 5000),
    ("Cookie", "messages=x:y:z; csrftoken=" + "'" * 32), ("Cookie", 'a="'),
    ("Cookie", "sessionid=; sessionid=abcdefgh12345678"), ("Accept-Language", "\xff," * 200),
    ("Range", "bytes=-"), ("X-Forwarded-For", "\xff, ["), ("X-Forwarded-Proto", "gopher"),
    ("If-Modified-Since", "never"), ("If-None-Match", '"'), ("Content-Length", "-1"),
    ("Content-Length", "99999999999999999999"), ("Content-Length", "x"), ("Transfer-Encoding", "chunked"),
    ("Transfer-Encoding", "gzip, chunked"), ("Transfer-Encoding", "x"), ("Expect", "100-continue"),
    ("Expect", "x"), ("Upgrade", "h2c"), ("Upgrade", "\xff"), ("Connection", "Upgrade"),
    ("Connection", "close"), ("HX-Request", "true"), ("HX-Current-URL", "http://["),
    ("HX-Current-URL-URI-AutoEncoded", "true"), ("HX-Target", "\xff"),
    ("HX-Prompt-URI-AutoEncoded", "true"), ("Authorization", "Basic \xff"), ("Accept", "*/" * 300),
    ("User-Agent", "\xff" * 1000), ("X" * 400, "y"), ("X-Big", "y" * 9000), ("X-Huge", "y" * 40_000),
    ("Sec-WebSocket-Key", "\xff"), ("Sec-WebSocket-Version", "x"), ("Sec-WebSocket-Key", ""),
    ("Sec-WebSocket-Extensions", ";;,"), ("Sec-WebSocket-Protocol", ",,\xff"),
    ("Sec-WebSocket-Version", "12"), ("Content-Encoding", "gzip"), ("X_Under", "score"), ("", "nameless"),
    ("X-HTTP-Method-Override", "DELETE"), ("Accept-Encoding", "\xff"), ("Date", "\x01"),
    ("Forwarded", 'for="['),
)  # fmt: skip


def some_headers(rng: random.Random) -> dict[str, str]:
    """A few of them."""
    return dict(rng.sample(HEADERS, rng.choice((0, 1, 1, 2, 3))))


def some_request(rng: random.Random, signed_in: dict[str, str]) -> bytes:
    """A request with something odd about it, of somebody who is signed in or not; some with broken bytes."""
    if rng.random() < 0.2:
        path = rng.choice(("/ws/live/", "/ws/practice/", "/ws/rooms/general/", "/ws/nowhere/", *PATHS))
        data = handshake(path, **some_headers(rng))
    else:
        headers = {"Content-Type": rng.choice(TYPES)} | rng.choice(({}, signed_in)) | some_headers(rng)
        method = rng.choice(METHODS)
        data = request(rng.choice(PATHS), method, rng.choice(BODIES) if method != "GET" else b"", **headers)
    if rng.random() < 0.15:
        at = rng.randrange(len(data))
        data = data[:at] + rng.randbytes(rng.choice((1, 2, 4))) + data[at + 1 :]
    return data


class Log(logging.Handler):
    """What is written to the log, as the settings have it written."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what is an error, or has a traceback."""
        if record.levelno >= logging.ERROR or record.exc_info:
            self.errors.append(self.format(record))


@pytest.fixture
def log() -> Iterator[Log]:
    """The log, with the filters of the settings."""
    log = Log()
    assert "bad requests" in LOGGING["handlers"]["console"]["filters"]
    log.addFilter(BadRequestsInASentence())
    logging.getLogger().addHandler(log)
    yield log
    logging.getLogger().removeHandler(log)


def headers_of_alice() -> dict[str, str]:
    """Those of a browser in which alice is signed in, with a token that forms are taken with."""
    client = signed_in_client("alice")
    client.get("/accounts/password/change/")
    return {"Cookie": session_cookie(client), "X-CSRFToken": client.cookies["csrftoken"].value}


async def fault(port: int, data: bytes) -> str:
    """What is wrong about the answer to these bytes, or an empty text."""
    async with wire(port) as line:
        await line.send(data)
        status, _, body = await line.answer(has_body=not data.startswith(b"HEAD"))
    if not 100 <= status < 500:
        return f"{status} {body[:200]}"
    if status >= 400 and not sentence_in(body) and not data.startswith(b"HEAD"):
        return f"{status} without a sentence"
    return ""


async def test_whatever_comes_is_answered_and_is_no_error(settings, log: Log) -> None:
    settings.REQUEST_PATIENCE = 0.3
    rng = random.Random(SEED)
    signed_in = await sync_to_async(headers_of_alice)()
    wrong = []
    async with served() as port:
        for _ in range(REQUESTS // TOGETHER):
            sent = [some_request(rng, signed_in) for _ in range(TOGETHER)]
            faults = await asyncio.gather(*(fault(port, data) for data in sent))
            wrong += [(found, data[:300]) for found, data in zip(faults, sent, strict=True) if found]
    for one in wrong:
        print(*one, sep="\n   ")
    assert not wrong
    assert not log.errors
