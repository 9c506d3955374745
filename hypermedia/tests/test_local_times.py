"""Marks in the place of times, and what fills them in."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from hypermedia import local_times
from hypermedia.local_times import EDGE, fill, local

MOMENT = datetime.datetime(2026, 3, 1, 11, tzinfo=datetime.UTC)
AUCKLAND, LOS_ANGELES = ZoneInfo("Pacific/Auckland"), ZoneInfo("America/Los_Angeles")


@pytest.fixture(autouse=True)
def forms(monkeypatch) -> None:
    """The forms of these tests alone, and nothing remembered of others."""
    monkeypatch.setattr(
        local_times,
        "FORMS",
        {
            "clock": lambda at: f"{at:%d %H:%M}",
            "between": lambda at, before: f"{at - before}",
        },
    )
    local_times._said.cache_clear()


def test_one_text_is_filled_in_for_each_zone():
    html = f"<b>{local('clock', MOMENT)}</b> and <i>{local('clock', MOMENT)}</i>"

    assert fill(html, AUCKLAND) == "<b>02 00:00</b> and <i>02 00:00</i>"
    assert fill(html, LOS_ANGELES) == "<b>01 03:00</b> and <i>01 03:00</i>"


def test_a_form_may_be_of_two_moments():
    before = MOMENT - datetime.timedelta(hours=1)

    assert fill(local("between", MOMENT, before), AUCKLAND) == "1:00:00"


def test_a_text_without_a_mark_is_itself():
    html = "<p>12:00</p>"

    assert fill(html, AUCKLAND) is html


@pytest.mark.parametrize(
    "text",
    [
        "one \0, and \0 two", "\0\0", "\0clock\0", "\0clock x\0", "\0clock 1 2 3\0", "\0clock 123456789012\0",
        "\0Clock 1\0", "\0clock -1\0", "\0 1\0",
    ],
)  # fmt: skip
def test_what_somebody_has_typed_stays_and_moves_nothing(text: str):
    """A text that was refused for its NUL is shown to its sender again."""
    assert fill(f"{text} {local('clock', MOMENT)} {text}", AUCKLAND) == f"{text} 02 00:00 {text}"


def test_a_form_that_nobody_knows_is_not_filled_in():
    assert fill(f"{EDGE}nothing 1{EDGE}.", AUCKLAND) == "nothing 1."


def test_the_last_moment_that_a_mark_can_say_is_one():
    assert fill(f"{EDGE}clock {'9' * 11}{EDGE}", LOS_ANGELES) == "16 01:46"
