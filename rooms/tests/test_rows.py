"""The row of a message: what stands in it, of a message in any state."""

import datetime
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.safestring import SafeString

from hypermedia.locales import Locale, fill, locale_of
from rooms.models.values import MessageRow, quarter_of
from rooms.render.days import top_day
from rooms.render.message import draw_row
from rooms.render.pieces import Pieces

NOW = timezone.now()
FIELDS: dict[str, Any] = {
    **dict.fromkeys(MessageRow._fields), "pk": 42, "revision": 7, "first_revision": 5, "posted_at": NOW,
    "html": "<p>Some <em>words</em> & more</p>", "calls": "", "replies": 0, "room_id": 3, "slug": "general",
    "author_id": 16, "username": "ana", "display_name": "Ana <b> Lee", "hue": 0, "avatar": "",
}  # fmt: skip
MESSAGE = MessageRow(**FIELDS)
NO_PIECES = Pieces()
PIECES = Pieces(*(SafeString(f"<i>{name}</i>") for name in Pieces._fields))
# What says each state, and of which field it is one.
STATES = {
    "is_action": '<a class="doer hue-',
    "pinned_at": '<span class="mark pinned">pinned</span>',
    "edited_at": '<a class="mark edited" href="/rooms/general/messages/42/versions/">edited</a>',
    "replies": '<a class="answers" href="/rooms/general/messages/42/thread/">1 answer</a>',
}


def reader(zone: str = "UTC") -> Locale:
    """Somebody who reads in that zone."""
    return locale_of(ZoneInfo(zone), "en")


def drawn(pieces: Pieces = NO_PIECES, zone: str = "UTC", **fields: Any) -> str:
    """The message with these fields, as readers in `zone` see it."""
    return fill(draw_row(MESSAGE._replace(**fields), pieces), reader(zone))


@pytest.mark.parametrize("pieces", [Pieces(), PIECES])
def test_each_state_is_said_and_no_other(pieces):
    for there in product((0, 1), repeat=len(STATES)):
        states = dict(zip(STATES, there, strict=True))
        fields: dict[str, Any] = {
            name: NOW if is_on and name.endswith("_at") else is_on for name, is_on in states.items()
        }
        row = drawn(pieces, **fields)

        assert {name: html in row for name, html in STATES.items()} == {k: bool(v) for k, v in states.items()}
        assert ('<a class="author' in row) is not bool(states["is_action"])
        assert f"{pieces.files}{pieces.previews}{pieces.reactions}" in row
        assert (f"1 answer</a>{pieces.answerers}" in row) is bool(states["replies"])
        assert "\n" not in row


@pytest.mark.parametrize(("replies", "words"), [(1, "1 answer<"), (2, "2 answers<"), (11, "11 answers<")])
def test_its_answers_are_counted(replies: int, words: str):
    assert words in drawn(replies=replies)


def test_of_a_deleted_one_nothing_is_left_but_its_place():
    row = drawn(PIECES, deleted_at=NOW, pinned_at=NOW, edited_at=NOW, replies=3)

    assert "A message was deleted." in row
    assert "3 answers" in row
    assert "<i>quote</i>" in row
    for gone in ("Ana", "words", "data-author", "pinned", "edited", "<i>files</i>", "<i>reactions</i>"):
        assert gone not in row


def test_a_name_is_escaped_and_words_are_as_they_were_cleaned():
    row = drawn()

    assert "Ana &lt;b&gt; Lee" in row
    assert "<p>Some <em>words</em> & more</p>" in row


# -- Whose midnight, and whose clock -------------------------------------------------------


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{text}Z")


@pytest.mark.parametrize(
    ("before", "posted", "zone", "clock", "day"),
    [
        ("2026-03-01 10:58", "2026-03-01 11:00", "UTC", "11:00", ""),
        ("2026-03-01 10:58", "2026-03-01 11:00", "Pacific/Auckland", "00:00", "Monday 2 March 2026"),
        ("2026-03-01 10:56", "2026-03-01 10:59", "Pacific/Auckland", "23:59", ""),
        ("2026-03-01 23:59", "2026-03-02 00:01", "UTC", "00:01", "Monday 2 March 2026"),
        ("2026-03-01 23:59", "2026-03-02 00:01", "America/Los_Angeles", "16:01", ""),
        ("2026-03-02 07:59", "2026-03-02 08:00", "America/Los_Angeles", "00:00", "Monday 2 March 2026"),
        # Quarters of an hour count.
        ("2026-03-01 18:14", "2026-03-01 18:15", "Asia/Kathmandu", "00:00", "Monday 2 March 2026"),
        # The day on which clocks go back has 25 hours, the one on which they go forward 23.
        ("2026-11-01 07:00", "2026-11-02 07:59", "America/Los_Angeles", "23:59", ""),
        ("2026-11-01 06:59", "2026-11-02 08:00", "America/Los_Angeles", "00:00", "Monday 2 November 2026"),
        ("2026-03-08 08:00", "2026-03-09 07:00", "America/Los_Angeles", "00:00", "Monday 9 March 2026"),
    ],
)
def test_a_day_starts_at_the_readers_midnight(before: str, posted: str, zone: str, clock: str, day: str):
    stands: dict[str, Any] = {
        "posted_at": at(posted),
        "previous_at": quarter_of(at(before)),
        "starts_group": False,
    }
    row = drawn(zone=zone, **stands)

    assert f">{clock}</time>" in row
    assert ('<p class="day">' in row) is bool(day)
    assert f">{day}</time></p>" in row or not day
    # A row below a day has a name of its own.
    assert ("is-continued" in row) is not bool(day)
    # On top of a page stands the day in which it begins, unless its first row says it.
    assert ("<time" in fill(top_day(MESSAGE._replace(**stands)), reader(zone))) is not bool(day)


def test_with_the_first_of_all_a_day_starts_for_everybody():
    for zone in ("UTC", "Pacific/Auckland"):
        assert '<p class="day">' in drawn(zone=zone, previous_at=None)
    assert fill(top_day(MESSAGE), reader()) == fill(top_day(None), reader())


@pytest.mark.parametrize("state", [{"notice": "left"}, {"deleted_at": NOW}])
def test_lines_of_all_kinds_are_in_the_readers_zone(state):
    row = drawn(
        zone="Asia/Tokyo", posted_at=at("2026-03-01 15:00"), previous_at=at("2026-03-01 14:45"), **state
    )

    assert '<p class="day"><time datetime="2026-03-02">Monday 2 March 2026</time></p>' in row
    assert "<time datetime=2026-03-02T00:00:00+09:00>00:00</time>" in row


def test_in_a_thread_each_says_its_day_in_the_readers_zone():
    row = drawn(zone="Asia/Tokyo", posted_at=at("2026-03-01 15:00"), thread_id=7)

    assert '<time data-day="2 Mar 2026" datetime="2026-03-02T00:00:00+09:00">00:00</time>' in row
