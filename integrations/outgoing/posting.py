"""A form is posted to an address elsewhere, signed, through the guard of links; and its answer is read."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings

from integrations.incoming.fields import BadPayload, line_of, object_in
from rooms.files.apart import said_by
from rooms.files.signing import signature

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
# Bytes of an answer that are read: as much as a call may have that comes.
ANSWER_LIMIT = 100 * 1024
# Seconds for a process to start and to end.
START_LIMIT = 3.0


class Answer(NamedTuple):
    """What became of it: the `status`, 0 where nobody answered; why not; and what was said."""

    status: int
    problem: str
    said: dict[str, Any]

    @property
    def is_taken(self) -> bool:
        """Whether it has arrived."""
        return 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether nothing more is wanted there: 410 Gone."""
        return self.status == 410


class Signed(NamedTuple):
    """By what the other side knows whose it is: Standard Webhooks' signature, and Mattermost's token."""

    secret: str
    token: str
    # Of what is posted: the same however often that is tried.
    id: str
    timestamp: int


def post_form(address: str, fields: Mapping[str, str], by: Signed, seconds: float) -> Answer:
    """Post `fields` as a form. Never raises for what is wrong at the other side."""
    return post(address, urlencoded(fields), FORM, by, seconds)


def urlencoded(fields: Mapping[str, str]) -> str:
    """A form."""
    return urlencode(fields)


def post(address: str, body: str, content_type: str, by: Signed | None, seconds: float) -> Answer:
    """Post `body`, in a process of its own, which has so many seconds."""
    headers = {"Content-Type": content_type, "Accept": JSON}
    if by is not None:
        headers |= {
            "Authorization": f"Token {by.token}",
            "webhook-id": by.id,
            "webhook-timestamp": str(by.timestamp),
            "webhook-signature": signature(by.secret, by.id, by.timestamp, body),
        }
    wanted = {
        "url": address, "headers": headers, "body": body, "most": ANSWER_LIMIT,
        "networks": settings.NOTIFICATION_NETWORKS,
    }  # fmt: skip
    found = said_by("rooms.files.poster", wanted, seconds, START_LIMIT)
    status = found.get("status", 0)
    if not status:
        return Answer(0, line_of(found.get("problem", found["ended"]), 200), {})
    if not 200 <= status < 300:
        return Answer(status, f"{status} {line_of(found.get('reason'), 100)}".strip(), {})
    return Answer(status, "", answer_in(found.get("words", "")))


def answer_in(words: str) -> dict[str, Any]:
    """What was answered: an object, or a text alone; a page says nothing."""
    words = words.strip()
    try:
        return object_in(words)
    except BadPayload:
        pass
    try:
        json.loads(words)
    except (ValueError, RecursionError):
        return {} if not words or words.startswith("<") or words.lower() == "ok" else {"text": words}
    return {}
