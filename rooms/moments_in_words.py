"""What follows /remind: a time in words, and what somebody wants to be reminded of."""

import datetime
import re
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rooms.moments import MORNING, BadMoment, Moment, moment_of, next_weekday, to_come

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NUMBERS = ("a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
TONIGHT = datetime.time(20)

UNIT = r"(?P<unit>m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?)"
SPAN = rf"in\s+(?:(?P<half>half\s+an\s+hour)|(?P<number>\d{{1,5}}|an|{'|'.join(NUMBERS)})\s*{UNIT})"
DAY = (
    r"(?:(?:on|next|this)\s+)?(?P<{0}day>today|tonight|tomorrow|\d{{4}}-\d\d-\d\d|"
    + "|".join(f"{day[:3]}(?:{day[3:]})?" for day in WEEKDAYS)
    + r")"
)
CLOCK = (
    r"(?:(?P<{0}hour>\d{{1,2}})(?:[:.](?P<{0}minute>\d\d))?\s*(?P<{0}of_day>[ap]\.?m\.?)?"
    r"|(?P<{0}named>noon|midnight))"
)
# A day, with a time or without; or a time, with a day behind it or without.
DAY_FIRST = rf"{DAY.format('d_')}(?:\s+(?:at\s+)?{CLOCK.format('d_')})?"
CLOCK_FIRST = rf"at\s+{CLOCK.format('c_')}(?:\s+{DAY.format('c_')})?"
WHEN = rf"(?:{SPAN}|{DAY_FIRST}|{CLOCK_FIRST})"

ADDRESSEE = re.compile(r"me\b[\s,:]*", re.IGNORECASE)
LINK = re.compile(r"[\s,:]*(?:(?:to|that|about|of)(?:\s+|$))?", re.IGNORECASE)
AT_THE_BEGINNING = re.compile(rf"{WHEN}(?=[\s,:]|$)", re.IGNORECASE)
AT_THE_END = re.compile(rf"(?:^|\s){WHEN}\s*[.!]?$", re.IGNORECASE)

# Translators: times are read in English here. Say so, and that the page of reminders has fields for them.
HOW = gettext_lazy("Say when, and of what, as in: /remind me in 2 hours to call back")


class WordedReminder(NamedTuple):
    """When, and of what."""

    moment: Moment
    text: str


def worded_reminder(words: str, now: datetime.datetime, zone: datetime.tzinfo) -> WordedReminder:
    """What the words after /remind ask for `now`, in `zone`; the time stands first or last.

    Raises BadMoment with a sentence.
    """
    words = words.strip()
    if addressee := ADDRESSEE.match(words):
        words = words[addressee.end() :]
    if found := AT_THE_BEGINNING.match(words):
        text = words[found.end() :]
    elif found := AT_THE_END.search(words):
        text = words[: found.start()]
    else:
        when = _("When is that?")
        raise BadMoment(f"{when} {HOW}")
    text = LINK.sub("", text, count=1).strip() if (link := LINK.match(text)) and link[0] else text.strip()
    if not text:
        of_what = _("Of what?")
        raise BadMoment(f"{of_what} {HOW}")
    return WordedReminder(to_come(_moment(found.groupdict(), now, zone), now), text)


def _moment(said: dict[str, str | None], now: datetime.datetime, zone: datetime.tzinfo) -> Moment:
    if said["half"]:
        return Moment(now.astimezone(datetime.UTC) + datetime.timedelta(minutes=30))
    if said["number"]:
        return _after(said["number"].lower(), (said["unit"] or "").lower(), now, zone)
    side = "d_" if said["d_day"] else "c_"
    return _on_a_day((said[f"{side}day"] or "").lower(), _time(said, side), now, zone)


def _after(number: str, unit: str, now: datetime.datetime, zone: datetime.tzinfo) -> Moment:
    """So long after `now`: minutes and hours by the watch, days and weeks by the calendar."""
    count = int(number) if number.isdigit() else 1 if number == "an" else max(1, NUMBERS.index(number))
    if unit[0] in "mh":
        span = datetime.timedelta(minutes=count) if unit[0] == "m" else datetime.timedelta(hours=count)
        return Moment(now.astimezone(datetime.UTC) + span)
    days = count * (7 if unit[0] == "w" else 1)
    local = now.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    return moment_of(local + datetime.timedelta(days=days), zone)


def _time(said: dict[str, str | None], side: str) -> datetime.time | None:
    """The time of the day that is said; None where there is none. Raises BadMoment."""
    if named := said[f"{side}named"]:
        return datetime.time(12) if named.lower() == "noon" else datetime.time(0)
    if said[f"{side}hour"] is None:
        return None
    hour, minute = int(said[f"{side}hour"] or 0), int(said[f"{side}minute"] or 0)
    half = (said[f"{side}of_day"] or "").lower()
    if half and not 1 <= hour <= 12:
        raise BadMoment(_("%(time)s is no time of the day.") % {"time": f"{hour} {half}"})
    if half:
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    if hour > 23 or minute > 59:
        raise BadMoment(_("%(time)s is no time of the day.") % {"time": f"{hour}:{minute:02}"})
    return datetime.time(hour, minute)


def _on_a_day(day: str, time: datetime.time | None, now: datetime.datetime, zone: datetime.tzinfo) -> Moment:
    today = now.astimezone(zone).date()
    if not day:
        # The next time that a clock shows it.
        moment = moment_of(datetime.datetime.combine(today, time or MORNING), zone)
        if moment.at > now:
            return moment
        return moment_of(datetime.datetime.combine(today + datetime.timedelta(days=1), time or MORNING), zone)
    if day == "today" and time is None:
        raise BadMoment(_("Today at what time? As in: /remind me today at 17:00 to call back"))
    if day == "tonight":
        return moment_of(datetime.datetime.combine(today, _evening(time)), zone)
    return moment_of(datetime.datetime.combine(_date(day, today), time or MORNING), zone)


def _evening(time: datetime.time | None) -> datetime.time:
    """Tonight at 9 is 21:00."""
    if time is None:
        return TONIGHT
    return time.replace(hour=time.hour + 12) if 5 <= time.hour < 12 else time


def _date(day: str, today: datetime.date) -> datetime.date:
    if day in ("today", "tomorrow"):
        return today + datetime.timedelta(days=int(day == "tomorrow"))
    if day[0].isdigit():
        try:
            return datetime.date.fromisoformat(day)
        except ValueError:
            raise BadMoment(_("%(day)s is no day.") % {"day": day}) from None
    return next_weekday(today, next(n for n, name in enumerate(WEEKDAYS) if name.startswith(day)))
