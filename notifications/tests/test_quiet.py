"""Quiet hours: in the zone of the person, over midnight, and over a change of the clocks."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from notifications.quiet import end_of_quiet

BERLIN = ZoneInfo("Europe/Berlin")
TEN, SEVEN = datetime.time(22), datetime.time(7)


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("now", "begin", "end", "over"),
    [
        ("2026-11-29T21:30+00:00", TEN, SEVEN, "2026-11-30T06:00+00:00"),
        ("2026-11-30T02:00+00:00", TEN, SEVEN, "2026-11-30T06:00+00:00"),
        ("2026-11-30T06:00+00:00", TEN, SEVEN, None),
        ("2026-11-30T20:59+00:00", TEN, SEVEN, None),
        ("2026-11-30T12:00+00:00", datetime.time(12), datetime.time(14), "2026-11-30T13:00+00:00"),
        ("2026-11-30T14:00+00:00", datetime.time(12), datetime.time(14), None),
        # The night in which the clocks go back, and the one in which they go forward.
        ("2026-10-24T22:00+00:00", TEN, SEVEN, "2026-10-25T06:00+00:00"),
        ("2026-03-28T22:00+00:00", TEN, SEVEN, "2026-03-29T05:00+00:00"),
        ("2026-11-30T12:00+00:00", None, SEVEN, None),
        ("2026-11-30T12:00+00:00", TEN, TEN, None),
    ],
)
def test_when_the_hours_are_over(now, begin, end, over):
    assert end_of_quiet(at(now), BERLIN, begin, end) == (over and at(over))


# A Friday, and the days after it: 27 November 2026, in Berlin an hour later than here.
@pytest.mark.parametrize(
    ("now", "hours", "days", "over"),
    [
        ("2026-11-28T12:00+00:00", (None, None), {6, 7}, "2026-11-29T23:00+00:00"),
        ("2026-11-29T22:59+00:00", (None, None), {6, 7}, "2026-11-29T23:00+00:00"),
        ("2026-11-29T23:00+00:00", (None, None), {6, 7}, None),
        # It is Saturday in Berlin already.
        ("2026-11-27T23:30+00:00", (None, None), {6}, "2026-11-28T23:00+00:00"),
        ("2026-11-27T22:30+00:00", (None, None), {6}, None),
        ("2026-11-28T12:00+00:00", (None, None), {6, 1}, "2026-11-28T23:00+00:00"),
        # The night before Monday belongs to it, and the evening of Friday to Saturday.
        ("2026-11-28T12:00+00:00", (TEN, SEVEN), {6, 7}, "2026-11-30T06:00+00:00"),
        ("2026-11-27T21:30+00:00", (TEN, SEVEN), {6, 7}, "2026-11-30T06:00+00:00"),
        ("2026-11-27T20:30+00:00", (TEN, SEVEN), {6, 7}, None),
        # The clocks go forward on a quiet Sunday.
        ("2026-03-28T12:00+00:00", (None, None), {6, 7}, "2026-03-29T22:00+00:00"),
    ],
)
def test_when_the_days_are_over(now, hours, days, over):
    assert end_of_quiet(at(now), BERLIN, hours[0], hours[1], days) == (over and at(over))


def test_where_all_days_are_quiet_it_ends_some_time():
    now = at("2026-11-28T12:00+00:00")
    over = end_of_quiet(now, BERLIN, None, None, range(1, 8))
    assert over is not None
    assert over > now + datetime.timedelta(days=6)
