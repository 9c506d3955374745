"""When something is to happen: chosen from a list, from a field, or in words, in a zone with summer time."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from rooms.moments import BadMoment, chosen_moment, offered, said
from rooms.moments_in_words import worded_reminder

BERLIN = ZoneInfo("Europe/Berlin")
# A Wednesday, 14:30 in Berlin.
NOW = datetime.datetime(2026, 12, 2, 13, 30, tzinfo=datetime.UTC)


def local(at: datetime.datetime, zone: ZoneInfo = BERLIN) -> str:
    return at.astimezone(zone).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("when", "at"),
    [
        ("hour", "Wed 2026-12-02 15:30"),
        ("evening", "Wed 2026-12-02 18:00"),
        ("tomorrow", "Thu 2026-12-03 09:00"),
        ("monday", "Mon 2026-12-07 09:00"),
    ],
)
def test_quick_ones(when, at):
    assert local(chosen_moment(when, "", NOW, BERLIN).at) == at


def test_the_evening_is_offered_until_it_is_near():
    names = [[name for name, _ in offered(NOW + datetime.timedelta(hours=h), BERLIN)] for h in (0, 3, 4)]
    assert ["evening" in those for those in names] == [True, True, False]


@pytest.mark.parametrize("days", range(8))
def test_next_monday_is_one_to_come(days):
    now = NOW + datetime.timedelta(days=days)
    at = chosen_moment("monday", "", now, BERLIN).at
    assert local(at).startswith("Mon")
    assert datetime.timedelta(0) < at - now < datetime.timedelta(days=8)


@pytest.mark.parametrize(
    ("field", "utc", "note"),
    [
        ("2027-01-31T09:00", "2027-01-31T08:00", ""),
        # Some browsers send seconds.
        ("2027-01-31T09:00:00", "2027-01-31T08:00", ""),
        ("2027-07-01T09:00", "2027-07-01T07:00", ""),
        # The night in which there is no half past two, and the one in which there are two of them.
        ("2027-03-28T02:30", "2027-03-28T01:30", "there is no 02:30 that day, so it is 03:30"),
        ("2027-10-31T02:30", "2027-10-31T00:30", "02:30 comes twice, and the first"),
        ("2027-03-28T03:00", "2027-03-28T01:00", ""),
        ("2027-10-31T03:00", "2027-10-31T02:00", ""),
    ],
)
def test_a_field_is_read_in_the_zone(field, utc, note):
    moment = chosen_moment("", field, NOW, BERLIN)
    assert moment.at == datetime.datetime.fromisoformat(utc).replace(tzinfo=datetime.UTC)
    assert note in moment.note
    assert bool(note) == bool(moment.note)


@pytest.mark.parametrize(
    "field", ["", "soon", "2026-12-02T14:30", "2020-01-01T09:00", "2028-01-01T09:00", "2027-02-30T09:00",
              "0001-01-01T00:00", "9999-12-31T23:59", "x" * 9999],
)  # fmt: skip
def test_what_cannot_be(field):
    with pytest.raises(BadMoment):
        chosen_moment("", field, NOW, BERLIN)


def test_it_is_said_with_its_zone_and_with_another_year():
    assert said(NOW, BERLIN, NOW) == "Wednesday 2 December, 14:30 (Europe/Berlin)"
    assert "2 December 2026" in said(NOW, BERLIN, NOW + datetime.timedelta(days=60))


@pytest.mark.parametrize(
    ("words", "at", "text"),
    [
        ("me in 2 hours to call back", "Wed 2026-12-02 16:30", "call back"),
        ("in 20 min: tea", "Wed 2026-12-02 14:50", "tea"),
        ("me in an hour about the report", "Wed 2026-12-02 15:30", "the report"),
        ("in half an hour to go", "Wed 2026-12-02 15:00", "go"),
        ("me in 3 days to write", "Sat 2026-12-05 14:30", "write"),
        ("in two weeks renew it", "Wed 2026-12-16 14:30", "renew it"),
        ("tomorrow to bring cake", "Thu 2026-12-03 09:00", "bring cake"),
        ("me tomorrow at 17:45 to leave", "Thu 2026-12-03 17:45", "leave"),
        ("on Friday at 3pm that it is over", "Fri 2026-12-04 15:00", "it is over"),
        ("next wednesday retro", "Wed 2026-12-09 09:00", "retro"),
        ("2027-01-31 at 8:15 to pay", "Sun 2027-01-31 08:15", "pay"),
        ("at 9 to begin", "Thu 2026-12-03 09:00", "begin"),
        ("at 9pm to end", "Wed 2026-12-02 21:00", "end"),
        ("at noon tomorrow to eat", "Thu 2026-12-03 12:00", "eat"),
        ("tonight at 9 film", "Wed 2026-12-02 21:00", "film"),
        ("today at 16 walk", "Wed 2026-12-02 16:00", "walk"),
        # The time at the end.
        ("me to call back in 2 hours", "Wed 2026-12-02 16:30", "call back"),
        ("to drink water at 15:00.", "Wed 2026-12-02 15:00", "drink water"),
        ("Besprechung vorbereiten tomorrow at 8", "Thu 2026-12-03 08:00", "Besprechung vorbereiten"),
        ("me to look in the box on friday", "Fri 2026-12-04 09:00", "look in the box"),
        ("me MONDAY To Speak", "Mon 2026-12-07 09:00", "Speak"),
        ("in 1 h\ntwo lines\nof text", "Wed 2026-12-02 15:30", "two lines\nof text"),
    ],
)
def test_in_words(words, at, text):
    reminder = worded_reminder(words, NOW, BERLIN)
    assert (local(reminder.moment.at), reminder.text) == (at, text)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "When is that"),
        ("me to call back", "When is that"),
        ("in 2 hours", "Of what"),
        ("me in 2 hours to", "Of what"),
        ("at 25:00 to wake", "no time of the day"),
        ("at 13pm to wake", "no time of the day"),
        ("today to wake", "at what time"),
        ("today at 9 to wake", "is over"),
        ("2026-02-30 to wake", "is no day"),
        ("in 99999 days to wake", "more than a year"),
        ("in 0 minutes to wake", "is over"),
        ("in 600 weeks to wake", "more than a year"),
    ],
)
def test_words_that_cannot_be(words, why):
    with pytest.raises(BadMoment, match=why):
        worded_reminder(words, NOW, BERLIN)


def test_days_are_those_of_the_calendar_over_a_change_of_the_clocks():
    now = datetime.datetime(2027, 3, 27, 11, 0, tzinfo=datetime.UTC)
    assert local(worded_reminder("in 1 day x", now, BERLIN).moment.at) == "Sun 2027-03-28 12:00"
    assert local(worded_reminder("in 24 hours x", now, BERLIN).moment.at) == "Sun 2027-03-28 13:00"
