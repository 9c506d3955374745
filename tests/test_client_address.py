"""Who asks is decided in one place: behind no proxy, one and two, for pages and sockets, on a uvicorn."""

import pytest
from django.http import HttpResponse

from live.client_address import ForwardedClients, client_address, parsed, share_of
from site_config import checks
from site_config.handler import ThreadReusingHandler
from tests.environment import ROOT
from tests.served import Wire, handshake, request, served, wire

SAID = "203.0.113.7, 198.51.100.2, 192.0.2.9"
CLIENTS = [(0, "127.0.0.1"), (1, "192.0.2.9"), (2, "198.51.100.2"), (3, "203.0.113.7"), (4, "127.0.0.1")]


@pytest.fixture
def told(transactional_db: None, monkeypatch) -> None:
    """A site whose every page says who asks, and how, as Django knows it."""
    monkeypatch.setattr(
        ThreadReusingHandler,
        "get_response",
        lambda self, asked: HttpResponse(f"{asked.META['REMOTE_ADDR']} {asked.is_secure()}"),
    )


# uvicorn's own belief in these headers is on, as it is by default.
@pytest.mark.parametrize(("proxies", "client"), CLIENTS)
async def test_a_page_is_asked_for_by_whom_the_trusted_proxies_say(
    told: None, settings, proxies: int, client: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    async with served(proxy_headers=True, forwarded_allow_ips="*") as port, wire(port) as line:
        await line.send(request(X_Forwarded_For=SAID, X_Forwarded_Proto="https"))
        _, _, said = await line.answer()

    assert said == f"{client} {bool(proxies)}"


async def practising(line: Wire, forwarded_for: str) -> bool:
    """Whether a practice socket is opened for whom that header names."""
    await line.send(handshake(X_Forwarded_For=forwarded_for))
    status, _, sentence = await line.answer()
    assert status == 101 or (status, sentence[:18]) == (429, "There are too many")
    return status == 101


@pytest.mark.parametrize(
    ("proxies", "second", "is_another"),
    [
        (0, "192.0.2.10", False),
        (1, "192.0.2.10", True),
        (1, "192.0.2.10, 192.0.2.9", False),
        (2, "192.0.2.10, 192.0.2.1", True),
        (2, "192.0.2.10, 192.0.2.9, 192.0.2.1", False),
    ],
)
async def test_a_socket_is_opened_by_whom_the_trusted_proxies_say(
    settings, proxies: int, second: str, is_another: bool
) -> None:
    settings.TRUSTED_PROXIES = proxies
    settings.PRACTICE_SOCKETS_PER_ADDRESS = 1
    first = "192.0.2.9" if proxies < 2 else "192.0.2.9, 192.0.2.1"
    async with served(proxy_headers=True) as port, wire(port) as one, wire(port) as other:
        assert await practising(one, first)
        assert await practising(other, second) is is_another


@pytest.mark.parametrize(
    ("forwarded_for", "client"),
    [
        ([], "10.0.0.1"), (["192.0.2.9"], "192.0.2.9"), (["192.0.2.9:4711"], "192.0.2.9"),
        (["[2001:db8::1]:4711"], "2001:db8::1"), (["2001:DB8::1"], "2001:db8::1"),
        (["::ffff:192.0.2.9"], "192.0.2.9"), (["unknown"], "10.0.0.1"),
        (["fe80::1%eth0"], "fe80::1"), ([""], "10.0.0.1"), (["\xff"], "10.0.0.1"), (["["], "10.0.0.1"),
        (["192.0.2.9\x00"], "10.0.0.1"),
    ],
)  # fmt: skip
def test_what_proxies_write_is_read(forwarded_for: list[str], client: str) -> None:
    assert client_address("10.0.0.1", forwarded_for, 1) == client


@pytest.mark.parametrize(("proxies", "said"), [(0, []), (0, ["203.0.113.7"]), (1, [])])
def test_who_comes_to_a_server_that_listens_on_both_comes_by_ipv4(proxies: int, said: list[str]) -> None:
    assert client_address("::ffff:192.0.2.1", said, proxies) == "192.0.2.1"
    assert client_address("2001:db8::1", said, proxies) == "2001:db8::1"
    assert client_address("", said, proxies) == ""


async def test_what_it_hands_on_is_that_address(settings) -> None:
    settings.TRUSTED_PROXIES = 0
    handed_on: list[object] = []

    async def application(scope, receive, send) -> None:
        handed_on.append(scope["client"])

    for client in (("::ffff:192.0.2.1", 4711), None):
        scope = {"type": "http", "client": client, "headers": [(b"x-forwarded-for", b"203.0.113.7")]}
        await ForwardedClients(application)(scope, None, None)

    assert handed_on == [("192.0.2.1", 4711), None]


def test_one_household_is_one_address() -> None:
    assert share_of("2001:db8:1:2:3::4") == share_of("2001:db8:1:2:ffff::")
    assert share_of("2001:db8:1:2::") != share_of("2001:db8:1:3::")
    assert share_of("192.0.2.9") == share_of("::ffff:192.0.2.9") != share_of("192.0.2.10")
    assert share_of("unix:") == parsed("") == ""


@pytest.mark.parametrize("name", ["Procfile", "Procfile.dev", "README.md"])
def test_uvicorn_is_never_started_with_a_belief_of_its_own(name: str) -> None:
    text = (ROOT / name).read_text().replace("\\\n", "")
    commands = [line for line in text.splitlines() if "uvicorn site_config.asgi" in line]

    assert commands
    assert all("--no-proxy-headers" in line for line in commands)


@pytest.mark.parametrize(
    ("words", "is_said"),
    [
        (["uvicorn", "app"], True),
        (["uvicorn", "app", "--no-proxy-headers"], False),
        (["uvicorn", "app", "--http", "site_config.http_protocol:BoundedRequests"], False),
        (["daphne", "app"], False),
    ],
)
def test_where_it_is_a_sentence_says_so(monkeypatch, words: list[str], is_said: bool) -> None:
    monkeypatch.setattr("sys.argv", words)

    assert ("--no-proxy-headers" in checks.proxy_headers_trouble()) is is_said
