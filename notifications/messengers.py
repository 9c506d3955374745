"""What is posted to each kind of way: ntfy, Gotify, a webhook of one's own.

Each has an id that stays the same however often it is sent, as far as its kind knows such a thing.
docs/notifications.md says what a webhook gets.
"""

import base64
import datetime
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.template.defaultfilters import pluralize
from django.urls import reverse

from accounts.models import Community
from notifications.models import PendingDelivery, Way
from notifications.posting import Request
from notifications.wording import LINES, absolute, authors_of, title_for, words_of
from rooms.models import Message
from rooms.models.values import DIRECT

# What stands before a secret of Standard Webhooks:
# https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
SECRET_PREFIX = "whsec_"  # noqa: S105  (what stands before it)
# Bytes of text: ntfy makes a file of more than 4096. https://docs.ntfy.sh/publish/#limitations
NTFY_LIMIT = 4000
# Gotify's apps are silent below 4; ntfy has a name for what is usual.
GOTIFY_PRIORITY = 5
JSON = "application/json"


class Told(NamedTuple):
    """What a way is to tell: the id stays the same; `data` is what programs read of it."""

    id: str
    kind: str
    title: str
    text: str
    link: str
    data: dict[str, Any]


def request_for(pending: PendingDelivery, missed: Sequence[Message], now: datetime.datetime) -> Request:
    """What is posted about what is `missed` in a conversation, oldest first."""
    way, room = pending.way, pending.membership.room
    title, count = title_for(pending.membership), len(missed)
    told = Told(
        id=f"missed-{way.pk}-{pending.membership_id}-{pending.first}-{pending.last}",
        kind="messages.missed",
        title=f"{title}: {count} message{pluralize(count)}" + ("" if room.kind == DIRECT else " for you"),
        text=_text(missed) if way.with_text else f"From {authors_of(missed)}",
        link=absolute(missed[0].get_absolute_url()),
        data={
            "room": {
                "title": title,
                "is_direct": room.kind == DIRECT,
                "url": absolute(room.get_absolute_url()),
            },
            "count": count,
            "messages": [_datum(message, with_text=way.with_text) for message in missed[-LINES:]],
        },
    )
    return MESSENGERS[way.kind](way, told, now)


def test_request(way: Way, now: datetime.datetime) -> Request:
    """What is posted as a test."""
    name = Community.current().name
    told = Told(
        id=f"test-{way.pk}-{int(now.timestamp())}",
        kind="test",
        title=f"A test from {name}",
        text=f"What you miss in {name} reaches you here.",
        link=absolute(reverse("notifications")),
        data={},
    )
    return MESSENGERS[way.kind](way, told, now)


def signature(secret: str, told_id: str, timestamp: int, body: str) -> str:
    """What a webhook is signed with: Standard Webhooks, "v1" with a secret that begins with `whsec_`."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.digest(key, f"{told_id}.{timestamp}.{body}".encode(), hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def _ntfy(way: Way, told: Told, now: datetime.datetime) -> Request:
    headers = {
        "Title": _header(told.title),
        "Click": told.link,
        "Priority": "default",
        # Who gets it twice has one of it: https://docs.ntfy.sh/publish/#updating-deleting-notifications
        "X-Sequence-ID": told.id,
    }
    if way.secret:
        headers["Authorization"] = f"Bearer {way.secret}"
    text = told.text.encode()[:NTFY_LIMIT].decode(errors="ignore")
    return Request(f"{way.address.rstrip('/')}/{way.topic}", headers, text, way.secret)


def _gotify(way: Way, told: Told, now: datetime.datetime) -> Request:
    body = {
        "title": told.title,
        "message": told.text,
        "priority": GOTIFY_PRIORITY,
        "extras": {
            "client::notification": {"click": {"url": told.link}},
            # Gotify knows no such thing; what reads it may.
            "parley::notification": {"id": told.id},
        },
    }
    headers = {"X-Gotify-Key": way.secret, "Content-Type": JSON}
    return Request(f"{way.address.rstrip('/')}/message", headers, json.dumps(body), way.secret)


def _webhook(way: Way, told: Told, now: datetime.datetime) -> Request:
    timestamp = int(now.timestamp())
    said = {
        "type": told.kind,
        "timestamp": now.isoformat(timespec="seconds"),
        "data": {"title": told.title, "url": told.link} | told.data,
    }
    body = json.dumps(said, ensure_ascii=False)
    headers = {
        "Content-Type": JSON,
        "webhook-id": told.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(way.secret, told.id, timestamp, body),
    }
    return Request(way.address, headers, body, way.secret)


MESSENGERS: dict[str, Callable[[Way, Told, datetime.datetime], Request]] = {
    Way.Kind.NTFY: _ntfy,
    Way.Kind.GOTIFY: _gotify,
    Way.Kind.WEBHOOK: _webhook,
}


def _text(missed: Sequence[Message]) -> str:
    lines = [f"{message.author.name}: {words_of(message)}" for message in missed[-LINES:]]
    more = len(missed) - len(lines)
    return "\n".join([*([f"{more} more before these."] if more else []), *lines])


def _datum(message: Message, *, with_text: bool) -> dict[str, Any]:
    datum = {
        "id": message.pk,
        "author": {"username": message.author.username, "name": message.author.name},
        "posted_at": message.posted_at.isoformat(timespec="seconds"),
        "url": absolute(message.get_absolute_url()),
    }
    return datum | ({"text": words_of(message)} if with_text else {})


def _header(text: str) -> str:
    """A line of text as a header has it: RFC 2047, in one word, which ntfy reads whatever its length."""
    line = " ".join(text.split())
    return line if line.isascii() else f"=?UTF-8?B?{base64.b64encode(line.encode()).decode()}?="
