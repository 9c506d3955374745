"""What is posted to each kind of way: ntfy, Gotify, a webhook of one's own.

Each has an id that stays the same however often it is sent, as far as its kind knows such a thing.
docs/notifications.md says what a webhook gets.
"""

import base64
import datetime
import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Community
from notifications.models import PendingDelivery, ReminderDelivery, Way
from notifications.posting import Request
from notifications.waiting import are_meant
from notifications.wording import LINES, absolute, authors_of, reminded, title_for, words_of
from rooms.files.signing import signature
from rooms.models import Message
from rooms.models.values import DIRECT

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
    with pending.membership.person.locale.used():
        return MESSENGERS[pending.way.kind](pending.way, _missed(pending, missed), now)


def _missed(pending: PendingDelivery, missed: Sequence[Message]) -> Told:
    way, room = pending.way, pending.membership.room
    title, count = title_for(pending.membership), len(missed)
    is_for_them = room.kind != DIRECT and are_meant(missed)
    return Told(
        id=f"missed-{way.pk}-{pending.membership_id}-{pending.first}-{pending.last}",
        kind="messages.missed",
        title=_how_many(count, is_for_them=is_for_them) % {"title": title, "count": count},
        text=_text(missed) if way.with_text else _("From %(names)s") % {"names": authors_of(missed)},
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


def _how_many(count: int, *, is_for_them: bool) -> str:
    if is_for_them:
        return ngettext(
            "%(title)s: %(count)d message for you", "%(title)s: %(count)d messages for you", count
        )
    return ngettext("%(title)s: %(count)d message", "%(title)s: %(count)d messages", count)


def reminder_request(pending: ReminderDelivery, now: datetime.datetime) -> Request:
    """What is posted about a reminder that is due."""
    with pending.reminder.person.locale.used():
        return MESSENGERS[pending.way.kind](pending.way, _reminder(pending), now)


def _reminder(pending: ReminderDelivery) -> Told:
    way, about = pending.way, reminded(pending.reminder)
    return Told(
        id=f"reminder-{way.pk}-{pending.reminder_id}-{int(about.due_at.timestamp())}",
        kind="reminder.due",
        title=about.title,
        text=about.text if way.with_text else _("You wanted to be reminded."),
        link=about.link,
        data={"text": about.text} if way.with_text else {},
    )


def test_request(way: Way, now: datetime.datetime) -> Request:
    """What is posted as a test."""
    with way.person.locale.used():
        return MESSENGERS[way.kind](way, _test(way, now), now)


def _test(way: Way, now: datetime.datetime) -> Told:
    said = {"community": Community.current().name}
    return Told(
        id=f"test-{way.pk}-{int(now.timestamp())}",
        kind="test",
        title=_("A test from %(community)s") % said,
        text=_("What you miss in %(community)s reaches you here.") % said,
        link=absolute(reverse("notifications")),
        data={},
    )


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
    if more:
        before = ngettext("%(more)s more before these.", "%(more)s more before these.", more)
        lines.insert(0, before % {"more": more})
    return "\n".join(lines)


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
