"""When somebody is not to be told."""

import datetime
import zoneinfo


def end_of_quiet(
    now: datetime.datetime,
    zone: datetime.tzinfo,
    begin: datetime.time | None,
    end: datetime.time | None,
) -> datetime.datetime | None:
    """When the quiet hours that it is in the middle of `now` are over; None outside of them.

    `begin` and `end` are times of the day in `zone`; a `begin` after the `end` is the evening before, and two
    that are the same are no quiet at all.
    """
    if begin is None or end is None or begin == end:
        return None
    local = now.astimezone(zone)
    time = local.time()
    is_quiet = begin <= time < end if begin < end else (time >= begin or time < end)
    if not is_quiet:
        return None
    day = local.date() if time < end else local.date() + datetime.timedelta(days=1)
    return datetime.datetime.combine(day, end, zone).astimezone(zoneinfo.ZoneInfo("UTC"))
