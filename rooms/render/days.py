"""When a message was posted, and where a day starts: marks, which each zone's readers see as theirs."""

import datetime
from typing import NamedTuple

from django.utils.safestring import SafeString

from hypermedia.locales import FORMS, local
from hypermedia.templates import macro
from rooms.models.values import MessageRow

HOT = "rooms/message.html"
CONTINUED = SafeString(" is-continued")
STARTS_DAY = SafeString(" starts-day")


class RowTimes(NamedTuple):
    """What of a row is up to the reader's zone."""

    # The time; the day that starts with the row, where one does, and the class that says so; the class of a
    # row under the heading of the one before it, as it is unless a day starts between the two.
    time: SafeString
    day: SafeString = SafeString()
    starts_day: SafeString = SafeString()
    continued: SafeString = SafeString()


def times_of(message: MessageRow) -> RowTimes:
    """What of the row of `message` is up to the reader's zone."""
    # In a thread each says its day.
    time = local("time" if message.thread_id is None else "threadtime", message.posted_at)
    if not message.may_start_day:
        return RowTimes(time, continued=SafeString() if message.starts_group else CONTINUED)
    both = _with_the_one_before(message)
    continued = SafeString() if message.starts_group else local("continued", *both)
    return RowTimes(time, local("day", *both), local("startsday", *both), continued)


def top_day(first: MessageRow | None) -> SafeString:
    """The day that a page begins in whose first message is `first`, where it began before that."""
    return macro(HOT, "top_day")("" if first is None else local("topday", *_with_the_one_before(first)))


def last_answer(message: MessageRow, at: datetime.datetime) -> SafeString:
    """When `message` was answered last: the time on its own day, else the day."""
    return local("answered", at, message.posted_at)


def _with_the_one_before(message: MessageRow) -> tuple[datetime.datetime, ...]:
    return (message.posted_at, message.previous_at) if message.previous_at else (message.posted_at,)


def _starts_day(at: datetime.datetime, before: datetime.datetime | None) -> bool:
    return before is None or before.date() != at.date()


def _day(at: datetime.datetime, before: datetime.datetime | None = None) -> str:
    return macro(HOT, "day")(at) if _starts_day(at, before) else ""


def _class_of_start(at: datetime.datetime, before: datetime.datetime | None = None) -> str:
    return STARTS_DAY if _starts_day(at, before) else ""


def _top_day(at: datetime.datetime, before: datetime.datetime | None = None) -> str:
    return "" if _starts_day(at, before) else macro(HOT, "named_day")(at)


def _continued(at: datetime.datetime, before: datetime.datetime | None = None) -> str:
    return "" if _starts_day(at, before) else CONTINUED


FORMS["time"] = lambda at: macro(HOT, "time")(at)
FORMS["threadtime"] = lambda at: macro(HOT, "time_in_thread")(at)
FORMS["day"] = _day
FORMS["startsday"] = _class_of_start
FORMS["answered"] = lambda at, asked: macro(HOT, "answered")(at, asked.date() == at.date())
FORMS["topday"] = _top_day
FORMS["continued"] = _continued
