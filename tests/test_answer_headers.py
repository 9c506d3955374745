"""Every answer has the headers that keep browsers from guessing, others from embedding; and their score."""

import re
from collections.abc import Mapping
from http.cookies import SimpleCookie

import pytest
from bs4 import BeautifulSoup

from live.plain_answers import SAFE_HEADERS
from site_config.answer_headers import SafeHeaders
from site_config.handler import ThreadReusingHandler
from tests.served import handshake, request, served, wire
from tests.test_http_protocol import cookie_of_alice, general  # noqa: F401
from tests.test_requests import answer, asked, server  # noqa: F401

pytestmark = pytest.mark.usefixtures("transactional_db", "alice")


async def headers_of(data: bytes) -> tuple[int, dict[str, str]]:
    """The status and the headers of the answer to these bytes, from a real server."""
    async with served() as port, wire(port) as line:
        await line.send(data)
        status, headers, _ = await line.answer()
    return status, headers


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (request("/accounts/login/"), 200), (request("/"), 302), (request("/nowhere/"), 404),
        (request("/accounts/login/", "TRACE"), 405), (request("/accounts/login/", "POST"), 403),
        (request("/accounts/login/", "POST", Content_Length="9999999"), 413), (request("/%00"), 404),
        (request("/?\xff"), 400), (request("/", Host="x"), 400),
        (request("/healthz"), 200), (request("/metrics"), 404), (request("/readyz"), 200),
        (b"nonsense\r\n\r\n", 400), (request("/", X="x" * 70_000), 431), (handshake("/ws/nowhere/"), 404),
        (handshake("/ws/live/", Origin="null"), 403), (handshake(X="x" * 9000), 400),
    ],
)  # fmt: skip
async def test_whatever_is_answered_has_them(data: bytes, status: int) -> None:
    answered, headers = await headers_of(data)

    assert answered == status
    for name, value in SAFE_HEADERS:
        assert headers[name.decode()] == value.decode().lower()


async def test_a_static_file_has_them(tmp_path) -> None:
    from servestatic import ServeStaticASGI

    (tmp_path / "x.css").write_text("a{}")
    files = SafeHeaders(ServeStaticASGI(None, root=tmp_path, prefix="static/", allow_all_origins=False))
    request = asked(files, "/static/x.css")  # type: ignore[arg-type]
    status, headers, _ = await answer(request)
    await request.wait(10)

    assert status == 200
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert not {"access-control-allow-origin", "permissions-policy", "x-frame-options"} & headers.keys()


async def test_an_upload_has_them(general: None, settings, tmp_path) -> None:  # noqa: F811
    from asgiref.sync import sync_to_async

    from rooms.models import Attachment
    from rooms.tests.files import attach
    from tests.sockets import session_cookie, signed_in_client

    settings.MEDIA_ROOT = tmp_path / "uploads"

    def sent() -> tuple[Attachment, str]:
        client = signed_in_client("alice")
        return attach(client, "page.html", b"<script>alert(1)</script>"), session_cookie(client)

    file, cookie = await sync_to_async(sent)()
    status, headers = await headers_of(request(file.get_absolute_url(), Cookie=cookie))

    assert status == 200
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"].startswith("sandbox")


# -- The score of Mozilla's HTTP Observatory ---------------------------------------------
# https://github.com/mdn/mdn-http-observatory/blob/main/src/grader/charts.js, as of 2026. What would
# cost points, where it may concern a site such as this, and what gives more than 100.


def penalties(headers: Mapping[str, str], cookies: SimpleCookie) -> int:
    """What is taken off 100."""
    policy = policy_in(headers)
    scripts = policy.get("script-src", policy.get("default-src", ["*"]))
    lost = 0
    if not policy:
        lost += 25
    elif {"'unsafe-inline'", "data:", "https:", "http:", "*"} & {*scripts, *policy.get("object-src", ())}:
        lost += 20
    if "'unsafe-eval'" in scripts:
        lost += 10
    for cookie in cookies.values():
        lost += 0 if cookie["secure"] else 20
        lost += 0 if cookie["samesite"] in ("Lax", "Strict") else 20
        lost += 0 if cookie["httponly"] else 30
    if headers.get("access-control-allow-credentials") and headers.get("access-control-allow-origin"):
        lost += 50
    months = re.search(r"max-age=(\d+)", headers.get("strict-transport-security", ""))
    lost += 0 if months and int(months[1]) >= 15_768_000 else 20
    lost += 0 if headers.get("x-content-type-options") == "nosniff" else 5
    lost += 0 if "frame-ancestors" in policy or headers.get("x-frame-options") else 20
    lost += (
        5
        if headers.get("cross-origin-resource-policy")
        not in (None, "same-origin", "same-site", "cross-origin")
        else 0
    )
    return lost


def bonuses(headers: Mapping[str, str], cookies: SimpleCookie, page: str) -> int:
    """What is added to 90 and more; the five points of the list of preloaded sites are not ours to give."""
    policy = policy_in(headers)
    is_strict = policy.get("default-src") == ["'none'"] and not any(
        "unsafe" in word for words in policy.values() for word in words
    )
    gained = 10 if is_strict and policy.get("form-action") in (["'none'"], ["'self'"]) else 0
    gained += 5 if cookies and all(one["secure"] and one["samesite"] for one in cookies.values()) else 0
    private = ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin")
    gained += 5 if headers.get("referrer-policy") in private else 0
    scripts = BeautifulSoup(page, "html.parser").find_all("script", src=True)
    gained += 5 if scripts and all(script.get("integrity") for script in scripts) else 0
    gained += 5 if policy.get("frame-ancestors") == ["'none'"] else 0
    gained += 10 if headers.get("cross-origin-resource-policy") in ("same-origin", "same-site") else 0
    return gained


def policy_in(headers: Mapping[str, str]) -> dict[str, list[str]]:
    """The directives of the Content-Security-Policy."""
    directives = headers.get("content-security-policy", "").split(";")
    return {
        name: words for name, *words in (directive.split() for directive in directives if directive.strip())
    }


@pytest.fixture
def https(settings) -> None:
    """The site as HTTPS=on has it."""
    settings.SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


@pytest.mark.parametrize(("path", "score"), [("/accounts/login/", 135), ("/accounts/profile/", 140)])
async def test_the_score_is_as_good_as_it_gets(
    https: None,
    server: ThreadReusingHandler,  # noqa: F811
    path: str,
    score: int,
) -> None:
    cookie = await cookie_of_alice() if score == 140 else ""
    asking = asked(SafeHeaders(server), path, cookie=cookie)  # type: ignore[arg-type]
    asking.scope["scheme"] = "https"
    await asking.send_input({"type": "http.request"})
    start = await asking.receive_output(10)
    page = (await asking.receive_output(10))["body"].decode()
    lines = [(name.decode().lower(), value.decode()) for name, value in start["headers"]]
    cookies: SimpleCookie = SimpleCookie()
    for name, value in lines:
        if name == "set-cookie":
            cookies.load(value)
    headers = dict(lines)

    assert penalties(headers, cookies) == 0
    assert 100 + bonuses(headers, cookies, page) >= score
