"""What a calendar has: read in the process that reads one feed (looker.py), with icalendar.

All that comes is somebody else's: what cannot be read of it is counted, and nothing of it raises.
"""

import datetime
import hashlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

# What the library has of it: each value may be of any of its types, also a broken one.
type Component = Any
# What is looked for of a calendar: so many events that are not over, and what begins in so many days.
EVENTS = 500
DAYS = 3
SOON = 100
LENGTH = 300
# How far one looks for when something that recurs is next.
SPANS = [datetime.timedelta(days=days) for days in (DAYS, 60, 400)]
# What recurs more often is none of people's; and what began before is nobody's memory: to count it through
# to today takes long.
TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})
EARLIEST = 1900
# What makes an event another one, besides its words: a server writes other times of change at each look.
TIMES = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE")
NOT_SHOWN = frozenset({"PRIVATE", "CONFIDENTIAL"})


class Clock(NamedTuple):
    """When one looks, and the zone of what says none."""

    now: datetime.datetime
    zone: datetime.tzinfo

    def moment(self, value: datetime.date) -> datetime.datetime:
        """`value` as a moment; a day begins at midnight. Raises OverflowError, ValueError."""
        if not isinstance(value, datetime.datetime):
            value = datetime.datetime.combine(value, datetime.time.min)
        return (value if value.tzinfo else value.replace(tzinfo=self.zone)).astimezone(datetime.UTC)


def read(content: bytes, now: datetime.datetime, zone: str) -> dict[str, Any]:
    """The `title` of a calendar, its `events` that are not over, and what of them begins `soon`, by time.

    `unread` is how many could not be read, `is_cut` whether there are more than are given. In the place of
    all that, a `problem`.
    """
    try:
        calendars = Calendar.from_ical(content, multiple=True)
        # Deeper than this the library goes by itself.
        groups = [group for one in calendars for group in _groups(one, now, zone)]
    except Exception as error:
        return {"problem": f"is a calendar that cannot be read ({type(error).__name__})"}
    if not calendars:
        return {"problem": "is a calendar that cannot be read"}
    found, unread = _Found([], []), 0
    for clock, components in groups:
        try:
            _take(found, components, clock)
        except Exception:
            unread += len(components)
    found.events.sort(key=lambda one: (one["starts"], one["id"], one["of"]))
    found.soon.sort(key=lambda one: (one["starts"], one["id"]))
    return {
        "title": _text(calendars[0], "X-WR-CALNAME") or _text(calendars[0], "NAME"),
        "events": found.events[:EVENTS],
        "soon": found.soon[:SOON],
        "unread": unread,
        "is_cut": len(found.events) > EVENTS,
    }


class _Found(NamedTuple):
    events: list[dict[str, Any]]
    soon: list[dict[str, Any]]


def _groups(
    calendar: Component, now: datetime.datetime, zone: str
) -> Iterator[tuple[Clock, list[Component]]]:
    """The events of a calendar: those together that are about one thing, by its UID."""
    by_id: dict[str, list[Component]] = {}
    for event in calendar.walk("VEVENT"):
        if str(event.get("CLASS", "")).upper() not in NOT_SHOWN:
            by_id.setdefault(_id(event), []).append(event)
    clock = Clock(now, _zone(_text(calendar, "X-WR-TIMEZONE")) or ZoneInfo(zone))
    return ((clock, events) for events in by_id.values())


def _zone(name: str) -> datetime.tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError, KeyError):
        return None


def _id(event: Component) -> str:
    """What tells an event from others: one without a UID, by what it says."""
    return str(event.get("UID") or "")[:1000] or f"{_text(event, 'SUMMARY')} {_state(event)}"


def _take(found: _Found, events: list[Component], clock: Clock) -> None:
    """Add what is to come of one thing. Raises whatever the library does for what is no time."""
    next_of, soon = _occurrences(events, clock)
    found.soon.extend(soon)
    for event in events:
        one = _shown(event, clock)
        if _recurs(event) and next_of is not None:
            one |= {name: next_of[name] for name in ("starts", "ends", "is_all_day")}
        if datetime.datetime.fromisoformat(one["ends"]) > clock.now:
            found.events.append(one)


def _recurs(event: Component) -> bool:
    return "RRULE" in event or "RDATE" in event


def _occurrences(events: list[Component], clock: Clock) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """When something that recurs is next, and each time that it, or what does not, begins within DAYS."""
    if not any(map(_recurs, events)):
        return None, _begin([_shown(one, clock) for one in events], clock)
    together = Calendar()
    for event in events:
        _refuse_endless(event)
        together.add_component(event)
    query = recurring_ical_events.of(together)
    for span in SPANS:
        # A day earlier: it has another date elsewhere.
        begun = query.between(clock.now - datetime.timedelta(days=1), clock.now + span)
        shown = [_shown(one, clock) for one in begun]
        ahead = [one for one in shown if datetime.datetime.fromisoformat(one["ends"]) > clock.now]
        if ahead:
            ahead.sort(key=lambda one: one["starts"])
            return ahead[0], _begin(ahead, clock)
    return None, []


def _begin(shown: list[dict[str, Any]], clock: Clock) -> list[dict[str, Any]]:
    """Those of them that are not over, and begin within DAYS."""
    now, last = clock.now, clock.now + SPANS[0]
    moment = datetime.datetime.fromisoformat
    return [
        one
        for one in shown
        if not one["is_cancelled"] and moment(one["ends"]) > now and moment(one["starts"]) <= last
    ]


def _refuse_endless(event: Component) -> None:
    """Raise ValueError where it would take long to count how often something was."""
    if not _recurs(event):
        return
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        is_often = TOO_OFTEN.intersection(str(one).upper() for one in rule.get("FREQ", []))
        if is_often or any(len(rule.get(name, [])) > 1 for name in ("BYMINUTE", "BYSECOND")):
            raise ValueError("recurs too often")
    if event["DTSTART"].dt.year < EARLIEST:
        raise ValueError("begins too early")


def _shown(event: Component, clock: Clock) -> dict[str, Any]:
    """An event, for JSON. Raises whatever the library does for what is no time."""
    starts = event["DTSTART"].dt
    is_all_day = not isinstance(starts, datetime.datetime)
    moment = clock.moment(starts)
    if "DTEND" in event:
        ends = clock.moment(event["DTEND"].dt)
    else:
        usual = datetime.timedelta(days=1 if is_all_day else 0)
        ends = moment + (event["DURATION"].dt if "DURATION" in event else usual)
    place, link = _text(event, "LOCATION"), _text(event, "URL", 2000)
    if not link and place.startswith(("https://", "http://")) and " " not in place:
        place, link = "", place
    of = event.get("RECURRENCE-ID")
    return {
        "id": _id(event),
        "of": clock.moment(of.dt).isoformat() if of else "",
        "state": _state(event),
        "title": _text(event, "SUMMARY"),
        "place": place,
        "link": link,
        "is_cancelled": _text(event, "STATUS").upper() == "CANCELLED",
        "is_all_day": is_all_day,
        # The day, where it is one: whichever zone it is read in.
        "day": starts.isoformat() if is_all_day else "",
        "starts": moment.isoformat(),
        "ends": max(ends, moment).isoformat(),
    }


def _state(event: Component) -> str:
    """A digest of what people are told of an event."""
    words = [_text(event, name) for name in ("SUMMARY", "LOCATION", "STATUS")]
    times = []
    for name in TIMES:
        said = event.get(name, [])
        for one in said if isinstance(said, list) else [said]:
            times.append([name, str(getattr(one, "params", {}).get("TZID", "")), one.to_ical().decode()])
    return hashlib.sha256(json.dumps([words, times]).encode()).hexdigest()[:32]


def _text(component: Component, name: str, length: int = LENGTH) -> str:
    value = component.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value).strip()[:length]
