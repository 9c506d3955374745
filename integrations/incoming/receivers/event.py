"""A call from elsewhere, and the event that it tells of."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, NamedTuple

from integrations.incoming.fields import text_of
from integrations.incoming.markdown import quoted

# Characters of a comment or a description that are shown, and lines.
EXCERPT = 600
LINES = 8


class Call(NamedTuple):
    """What came: headers by their names in small letters, the body as it was, and the object in it."""

    headers: Mapping[str, str]
    body: bytes
    payload: dict[str, Any]


class Event(NamedTuple):
    """What is to be said of it, as Markdown.

    With a `subject`, what it is about, later events of the same answer the message of the first; with
    `edits` they take its place. What `ends` with it begins anew. What is `confidential` is for closed
    rooms. A `delivery` that comes twice is said once.
    """

    text: str
    subject: str = ""
    edits: bool = False
    ends: bool = False
    confidential: bool = False
    delivery: str = ""


def is_signed(call: Call, header: str, secret: str, prefix: str = "") -> bool:
    """Whether a header has the HMAC of the body as it came, with SHA-256, in hexadecimal digits."""
    return bool(secret) and is_same(call.headers.get(header, ""), prefix + signature(call.body, secret))


def signature(body: bytes, secret: str) -> str:
    """The HMAC of a body, with SHA-256, in hexadecimal digits."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_same(said: str, wanted: str) -> bool:
    """Whether two secrets are one, in as much time whatever they are; no secret is the same as none."""
    return bool(wanted) and hmac.compare_digest(said.encode(errors="replace"), wanted.encode())


def excerpt(value: object) -> str:
    """The beginning of what somebody wrote, as a quotation, which names nobody."""
    text = text_of(value).replace("\r", "").strip()
    lines = text[:EXCERPT].split("\n")
    short = "\n".join(lines[:LINES])
    # A fence that is not closed would go on to the end of the message.
    if sum(line.lstrip().startswith("```") for line in short.split("\n")) % 2:
        short += "\n```"
    return quoted(short + (" …" if len(text) > EXCERPT or len(lines) > LINES else "")) if text else ""


def counted(number: int, one: str, many: str) -> str:
    """`number` and the word for it."""
    return f"{number} {one if number == 1 else many}"
