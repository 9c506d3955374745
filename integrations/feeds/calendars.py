"""What is otherwise in a calendar since the last look, and what begins soon: written down, to be said."""

import datetime
import hashlib
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from integrations.feeds.saying import let_say, linked, plain
from integrations.models import CalendarEvent, FeedMessage, IncomingFeed
from rooms.moments import MORNING, said

# How long before something begins people are told; of a whole day, in its morning.
BEFORE = datetime.timedelta(minutes=10)
# Changes that are said of one look.
SAID_AT_ONCE = 10


def take(feed: IncomingFeed, found: dict[str, Any], now: datetime.datetime, *, is_first: bool) -> None:
    """Note what a calendar has, and what is to be said of it: at the first look, only what begins.

    In the transaction, and in the language, of who calls.
    """
    known = {event.key: event for event in feed.events.all()}
    events = {event.key: (event, one) for one in found["events"] for event in [_event(feed, one, now)]}
    is_whole = not found["is_cut"] and not found["unread"]
    gone = [
        event
        for key, event in known.items()
        if is_whole and key not in events and key == event.subject and event.starts_at > now
    ]
    changes: dict[str, tuple[datetime.datetime, str]] = {}
    if not is_first:
        subjects = {event.subject for event in known.values()}
        for event, one in events.values():
            if sentence := _change(event, one, known.get(event.key), event.subject in subjects):
                changes.setdefault(event.subject, (event.starts_at, sentence))
        for event in gone:
            changes[event.subject] = event.starts_at, _cancelled(event.text)
        lines = [sentence for _at, sentence in sorted(changes.values())]
        if (left := len(lines) - SAID_AT_ONCE) > 0:
            lines[SAID_AT_ONCE:] = [_("And %(count)d more in the calendar.") % {"count": left}]
        let_say(feed, lines, now)
    _keep(feed, [event for event, _one in events.values()], known)
    _let_say_soon(feed, found["soon"], now, told=set(changes))


def _event(feed: IncomingFeed, one: dict[str, Any], now: datetime.datetime) -> CalendarEvent:
    subject = _digest(one["id"])
    key = _digest(one["id"], one["of"]) if one["of"] else subject
    starts_at = datetime.datetime.fromisoformat(one["starts"])
    return CalendarEvent(
        feed=feed, subject=subject, key=key, state=one["state"], starts_at=starts_at, text=_text(one, now)
    )


def _change(event: CalendarEvent, one: dict[str, Any], before: CalendarEvent | None, is_known: bool) -> str:
    """What is said of an event that is new, or another; nothing of any other."""
    if before is not None and before.state == event.state:
        return ""
    if one["is_cancelled"]:
        return _cancelled(event.text) if is_known else ""
    if is_known:
        return _("Changed: %(event)s") % {"event": event.text}
    return _("New: %(event)s") % {"event": event.text}


def _cancelled(text: str) -> str:
    return _("Cancelled: %(event)s") % {"event": text}


def _text(one: dict[str, Any], now: datetime.datetime) -> str:
    """An event: what, when and where."""
    if one["day"]:
        when = date_format(datetime.date.fromisoformat(one["day"]), "l j F Y")
    else:
        when = said(datetime.datetime.fromisoformat(one["starts"]), timezone.get_default_timezone(), now)
    what = linked(one["title"], one["link"]) or _("Without a title")
    return " · ".join(part for part in (what, when, plain(one["place"], 120)) if part)


def _keep(feed: IncomingFeed, events: list[CalendarEvent], known: dict[str, CalendarEvent]) -> None:
    """Remember what there is now. Two queries; none where nothing is otherwise."""
    fields = ("state", "starts_at", "text")
    other = [
        event
        for event in events
        if not (before := known.get(event.key))
        or any(getattr(before, name) != getattr(event, name) for name in fields)
    ]
    if left := known.keys() - {event.key for event in events}:
        feed.events.filter(key__in=left).delete()
    CalendarEvent.objects.bulk_create(
        other, update_conflicts=True, unique_fields=("feed", "key"), update_fields=fields
    )


def _let_say_soon(
    feed: IncomingFeed, soon: list[dict[str, Any]], now: datetime.datetime, told: set[str]
) -> None:
    """Write down what is to be said before each begins, in the place of what was to be."""
    there = {one.key: one for one in feed.messages.exclude(key="")}
    wanted = {one.key: one for each in soon if (one := _beginning(feed, each, now)) is not None}
    for each in soon:
        key = _digest(each["id"], each["starts"], "begins")
        # Of what was just said to be new or another it is not said again at once.
        if key in wanted and key not in there and wanted[key].due_at <= now and _digest(each["id"]) in told:
            wanted[key].said_at = now
    for key, one in there.items():
        if key not in wanted and (one.said_at is None or one.until is None or one.until <= now):
            one.delete()
        elif key in wanted and one.said_at is None and one.text != wanted[key].text:
            one.text = wanted[key].text
            one.save(update_fields=["text"])
    FeedMessage.objects.bulk_create(one for key, one in wanted.items() if key not in there)


def _beginning(feed: IncomingFeed, one: dict[str, Any], now: datetime.datetime) -> FeedMessage | None:
    """What is said before something begins; None where it has."""
    if one["day"]:
        begin = datetime.datetime.combine(datetime.date.fromisoformat(one["day"]), MORNING)
        due_at = begin.replace(tzinfo=timezone.get_default_timezone())
        until = due_at + datetime.timedelta(hours=12)
        text = _("Today: %(event)s")
    else:
        until = datetime.datetime.fromisoformat(one["starts"])
        due_at = until - BEFORE
        text = _("Begins soon: %(event)s")
    if until <= now:
        return None
    key = _digest(one["id"], one["starts"], "begins")
    return FeedMessage(feed=feed, key=key, text=text % {"event": _text(one, now)}, due_at=due_at, until=until)


def _digest(*said: str) -> str:
    return hashlib.sha256("\n".join(said).encode(errors="replace")).hexdigest()[:32]
