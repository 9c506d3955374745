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
def test_when_it_is_over(now, begin, end, over):
    assert end_of_quiet(at(now), BERLIN, begin, end) == (over and at(over))
