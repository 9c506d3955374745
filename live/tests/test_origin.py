"""Origins, as browsers mean them: scheme, host and port."""

import pytest

from live.origin import is_allowed_origin


def allowed(origin: str | None, host: str = "chat.example.org", *, tls: bool = True) -> bool:
    """Whether a handshake to that host may come from a page there."""
    headers = [(b"host", host.encode("latin-1"))]
    if origin is not None:
        headers.append((b"origin", origin.encode("latin-1")))
    return is_allowed_origin({"type": "websocket", "scheme": "wss" if tls else "ws", "headers": headers})


@pytest.fixture(autouse=True)
def site(settings) -> None:
    """A site with names in two scripts."""
    settings.ALLOWED_HOSTS = ["chat.example.org", "xn--mller-kva.example.org", "localhost", "[::1]"]


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://chat.example.org", "chat.example.org"),
        ("https://chat.example.org:443", "chat.example.org"),
        ("https://chat.example.org", "chat.example.org:443"),
        ("HTTPS://CHAT.example.ORG", "Chat.Example.org"),
        ("https://chat.example.org.", "chat.example.org"),
        ("https://chat.example.org", "chat.example.org."),
        ("https://chat.example.org:8443", "chat.example.org:8443"),
        ("https://xn--mller-kva.example.org", "xn--mller-kva.example.org"),
        ("https://m\xfcller.example.org", "xn--mller-kva.example.org"),
        ("https://[::1]:8000", "[::1]:8000"),
    ],
)
def test_the_site_s_own_pages_may(origin: str, host: str) -> None:
    assert allowed(origin, host)


@pytest.mark.parametrize(
    "origin",
    [
        "http://chat.example.org", "http://chat.example.org:443", "https://chat.example.org:8443",
        "https://chat.example.org:80", "https://evil.example.org", "https://chat.example.org.evil.org",
        "https://evilchat.example.org", "null", "", "http://[", "https://", "https://chat.example.org:x",
        "https://chat.example.org:99999", "https://chat.example.org/", "https://x@chat.example.org",
        "//chat.example.org", "chat.example.org", "ftp://chat.example.org", "https://chat.exam\tple.org",
        "https://chat.example.org?x", "https://chat.example.org https://evil.example.org", "https://\xad",
        "\xff",
    ],
)  # fmt: skip
def test_no_other_page_may(origin: str) -> None:
    assert not allowed(origin)


def test_plain_pages_may_on_a_plain_site() -> None:
    assert allowed("http://localhost:8000", "localhost:8000", tls=False)
    assert allowed("http://localhost", "localhost:80", tls=False)
    assert not allowed("https://localhost:8000", "localhost:8000", tls=False)


def test_a_site_for_tls_alone_has_pages_by_tls_alone(settings) -> None:
    """Behind a proxy the connection itself is plain."""
    settings.HTTPS = True

    assert allowed("https://chat.example.org", tls=False)
    assert not allowed("http://chat.example.org", tls=False)


def test_a_program_says_nothing() -> None:
    assert allowed(None)
    assert not allowed(None, "evil.example.org")


@pytest.mark.parametrize(
    ("trusted", "origin", "may"),
    [
        ("https://other.example.org", "https://other.example.org", True),
        ("https://other.example.org", "https://other.example.org:443", True),
        ("https://other.example.org", "http://other.example.org", False),
        ("https://other.example.org:8443", "https://other.example.org", False),
        ("https://*.example.net", "https://a.b.example.net", True),
        ("https://*.example.net", "https://example.net", False),
        ("https://*.example.net", "https://evilexample.net", False),
        ("https://stra\xdfe.example", "https://xn--strae-oqa.example", True),
    ],
)
def test_further_origins_are_those_that_the_settings_name(
    settings, trusted: str, origin: str, may: bool
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = [trusted]

    assert allowed(origin) is may


def test_two_of_a_header_are_none() -> None:
    own = (b"origin", b"https://chat.example.org")
    headers = [(b"host", b"chat.example.org"), (b"origin", b"null"), own]

    assert not is_allowed_origin({"scheme": "wss", "headers": headers})
