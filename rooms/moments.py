"""When something is to happen, as people say it: in their own zone, over each change of its clocks."""

import datetime
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# How far ahead anything may wait.
YEAR = datetime.timedelta(days=366)
MORNING, EVENING = datetime.time(9), datetime.time(18)
# The evening is offered until so long before it.
BEFORE_EVENING = datetime.timedelta(minutes=30)
HOUR = datetime.timedelta(hours=1)
# As a field of type datetime-local sends it; some send seconds.
FIELD = "%Y-%m-%dT%H:%M"

QUICK = {
    "hour": gettext_lazy("In an hour"),
    "evening": gettext_lazy("This evening at 18:00"),
    "tomorrow": gettext_lazy("Tomorrow at 9:00"),
    "monday": gettext_lazy("Next Monday at 9:00"),
}
MONDAY = 0


class BadMoment(Exception):
    """A sentence that says why something cannot happen then."""


class Moment(NamedTuple):
    """A moment in UTC, and what is to be said of the clock that it was read from."""

    at: datetime.datetime
    note: str = ""


def moment_of(local: datetime.datetime, zone: datetime.tzinfo) -> Moment:
    """The moment at which a clock in `zone` shows `local`, which is naive.

    A time that the clock leaves out is as much later as the clock goes forward; of one that it shows twice it
    is the first. Either is said in the note.
    """
    there = local.replace(tzinfo=zone, fold=0)
    at = there.astimezone(datetime.UTC)
    shown = at.astimezone(zone)
    if shown.replace(tzinfo=None, fold=0) != local:
        return Moment(
            at,
            _("The clocks go forward then: there is no %(missing)s that day, so it is %(time)s.")
            % {"missing": f"{local:%H:%M}", "time": f"{shown:%H:%M}"},
        )
    if there.utcoffset() != there.replace(fold=1).utcoffset():
        return Moment(
            at,
            _("The clocks go back then: %(time)s comes twice, and the first of them is meant.")
            % {"time": f"{local:%H:%M}"},
        )
    return Moment(at)


def quick_moment(name: str, now: datetime.datetime, zone: datetime.tzinfo) -> Moment:
    """The moment that one of QUICK means `now`. Raises BadMoment."""
    today = now.astimezone(zone).date()
    match name:
        case "hour":
            return Moment(now.astimezone(datetime.UTC) + HOUR)
        case "evening":
            return moment_of(datetime.datetime.combine(today, EVENING), zone)
        case "tomorrow":
            return moment_of(datetime.datetime.combine(today + datetime.timedelta(days=1), MORNING), zone)
        case "monday":
            return moment_of(datetime.datetime.combine(next_weekday(today, MONDAY), MORNING), zone)
    raise BadMoment(_("Choose when."))


def next_weekday(day: datetime.date, weekday: int) -> datetime.date:
    """The first such weekday after `day`; Monday is 0."""
    return day + datetime.timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def offered(now: datetime.datetime, zone: datetime.tzinfo) -> list[tuple[str, str]]:
    """Those of QUICK, with their words, that are still to come `now`."""
    is_evening = quick_moment("evening", now, zone).at - now < BEFORE_EVENING
    return [(name, str(words)) for name, words in QUICK.items() if name != "evening" or not is_evening]


def field_moment(text: str, zone: datetime.tzinfo) -> Moment:
    """The moment that a field of type datetime-local says, in `zone`. Raises BadMoment."""
    try:
        local = datetime.datetime.strptime(text.strip()[:16], FIELD)
        return moment_of(local, zone)
    except (ValueError, OverflowError):
        raise BadMoment(_("Give a date and a time, such as 2027-01-31 and 09:00.")) from None


def as_field(at: datetime.datetime, zone: datetime.tzinfo) -> str:
    """`at` as such a field takes it."""
    return at.astimezone(zone).strftime(FIELD)


def chosen_moment(when: str, at: str, now: datetime.datetime, zone: datetime.tzinfo) -> Moment:
    """What a form says: one of QUICK in `when`, else the field `at`. Raises BadMoment for what cannot be."""
    return to_come(quick_moment(when, now, zone) if when in QUICK else field_moment(at, zone), now)


def to_come(moment: Moment, now: datetime.datetime) -> Moment:
    """The same moment. Raises BadMoment where it is over, or further away than a year."""
    if moment.at <= now:
        raise BadMoment(_("That time is over: choose one that is still to come."))
    if moment.at > now + YEAR:
        raise BadMoment(_("That is more than a year ahead: a year is the most."))
    return moment


def said(at: datetime.datetime, zone: datetime.tzinfo, now: datetime.datetime) -> str:
    """`at` in words, with the zone that it is in."""
    local = at.astimezone(zone)
    is_this_year = local.year == now.astimezone(zone).year
    return f"{date_format(local, 'l j F, H:i' if is_this_year else 'l j F Y, H:i')} ({zone})"
