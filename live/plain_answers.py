"""An answer that is one sentence, as bytes: for what is refused before any application has seen it."""

from http import HTTPStatus

# What browsers heed whatever an answer holds.
RESOURCE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
# What every answer has that may be shown by itself, whoever made it: a page, a file, an error, a redirect, a
# probe, a refused handshake.
SAFE_HEADERS = (
    *RESOURCE_HEADERS,
    (b"cross-origin-opener-policy", b"same-origin"),
    # What a page of ours never asks a browser for.
    (
        b"permissions-policy",
        b"accelerometer=(), bluetooth=(), camera=(), display-capture=(), geolocation=(), gyroscope=(),"
        b" hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(),"
        b" xr-spatial-tracking=()",
    ),
    (b"x-frame-options", b"DENY"),
)


def plain_answer(status: HTTPStatus, sentence: str) -> bytes:
    """A whole answer, after which the connection ends."""
    body = f"{sentence}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
        *SAFE_HEADERS,
    ]
    first = f"HTTP/1.1 {status.value} {status.phrase}".encode()
    return b"\r\n".join([first, *(name + b": " + value for name, value in headers), b"", body])
