"""When somebody is not to be told."""

import datetime
from collections.abc import Collection

# The days of a week.
WEEK = 7
A_DAY = datetime.timedelta(days=1)


def end_of_quiet(
    now: datetime.datetime,
    zone: datetime.tzinfo,
    begin: datetime.time | None,
    end: datetime.time | None,
    days: Collection[int] = (),
) -> datetime.datetime | None:
    """When the quiet that it is in the middle of `now` is over, hours and `days`; None outside of it.

    `begin` and `end` are times of the day in `zone`; a `begin` after the `end` is the evening before, and two
    that are the same are no quiet at all. `days` are those of the week there, 1 for Monday to 7; where all
    are quiet it is asked again after a week.
    """
    moment = now
    # A quiet day may begin as quiet hours end, and the other way round.
    for _ in range(WEEK):
        later = _end_of_hours(moment, zone, begin, end) or _end_of_days(moment, zone, days)
        if later is None:
            break
        moment = later
    return None if moment == now else moment


def _end_of_hours(
    now: datetime.datetime, zone: datetime.tzinfo, begin: datetime.time | None, end: datetime.time | None
) -> datetime.datetime | None:
    if begin is None or end is None or begin == end:
        return None
    local = now.astimezone(zone)
    time = local.time()
    is_quiet = begin <= time < end if begin < end else (time >= begin or time < end)
    if not is_quiet:
        return None
    return _at(local.date() if time < end else local.date() + A_DAY, end, zone)


def _end_of_days(
    now: datetime.datetime, zone: datetime.tzinfo, days: Collection[int]
) -> datetime.datetime | None:
    day = today = now.astimezone(zone).date()
    while day.isoweekday() in days and day - today < WEEK * A_DAY:
        day += A_DAY
    return None if day == today else _at(day, datetime.time(), zone)


def _at(day: datetime.date, time: datetime.time, zone: datetime.tzinfo) -> datetime.datetime:
    return datetime.datetime.combine(day, time, zone).astimezone(datetime.UTC)
