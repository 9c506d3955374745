"""A calendar of the web is read into a room: what is new or other in it is said, and what begins soon."""

import datetime
from collections.abc import Iterator

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from integrations.feeds import read, saying
from integrations.feeds.read import look_at
from integrations.feeds.saying import say_due
from integrations.models import CalendarEvent, FeedMessage, IncomingFeed
from rooms.actions.messages_post import post_message
from rooms.models import Message
from rooms.moments import said
from rooms.tests.test_previews import ELSEWHERE, Site

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/rooms/general/settings/feeds/"
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture(autouse=True)
def now(monkeypatch) -> None:
    """Whenever this test is run."""
    monkeypatch.setattr(f"{__name__}.NOW", timezone.now().replace(microsecond=0))


@pytest.fixture
def site(settings, monkeypatch) -> Iterator[Site]:
    settings.LINK_PREVIEW_NETWORKS = [f"{ELSEWHERE}/32"]
    # A machine that has much to do takes its time to start a process.
    monkeypatch.setattr(read, "TIME_LIMIT", 60.0)
    monkeypatch.setattr(read, "START_LIMIT", 60.0)
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def stamp(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")


def event(uid: str, at: datetime.datetime | str, *lines: str, title: str = "") -> str:
    starts = at if isinstance(at, str) else f":{stamp(at)}"
    said = (f"UID:{uid}", f"SUMMARY:{title or uid}", f"DTSTART{starts}", f"DTSTAMP:{stamp(timezone.now())}")
    return "\r\n".join(("BEGIN:VEVENT", *said, *lines, "END:VEVENT\r\n"))


def calendar(*events: str) -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Harbour\r\n{''.join(events)}END:VCALENDAR\r\n"


def bodies() -> list[str]:
    return list(Message.objects.filter(notice=None).order_by("pk").values_list("body", flat=True))


def when(at: datetime.datetime) -> str:
    return said(at, timezone.get_default_timezone(), NOW)


@pytest.fixture
def look(alice, client_of, site):
    """A feed of these events is looked at: `look(event("Lunch", at))`."""

    def look(*events: str, content: str = "", **how) -> IncomingFeed:
        url = site.says("/calendar.ics", content or calendar(*events), "text/calendar", **how)
        if not IncomingFeed.objects.exists():
            client_of(alice).post(ADDRESS, {"url": url})
        else:
            look_at(IncomingFeed.objects.get())
        return IncomingFeed.objects.get()

    return look


def test_what_is_new_or_other_or_over_is_said_once(look):
    lunch, swim = event("Lunch", NOW + 5 * HOUR), event("Swim", NOW + 9 * DAY)
    feed = look(lunch, swim)
    assert (feed.bot.name, feed.is_calendar, feed.why) == ("Harbour", True, "")
    # What was there already is nothing new; what is over is none.
    look(lunch, swim, event("Over", NOW - DAY))
    assert bodies() == []

    place = ("LOCATION:Pier *4*", "URL:https://harbour.example/sail")
    for _ in range(2):
        look(lunch, swim, event("Sail", NOW + 2 * DAY, *place))
    sail = f"[Sail](https://harbour.example/sail) · {when(NOW + 2 * DAY)} · Pier \\*4\\*"
    assert bodies() == [f"New: {sail}"]

    later = event("Sail", NOW + 3 * DAY, *place)
    look(later, event("Swim", NOW + 9 * DAY, "STATUS:CANCELLED"))
    moved = sail.replace(when(NOW + 2 * DAY), when(NOW + 3 * DAY))
    assert bodies()[1:] == [
        f"Cancelled: Lunch · {when(NOW + 5 * HOUR)}", f"Changed: {moved}",
        f"Cancelled: Swim · {when(NOW + 9 * DAY)}",
    ]  # fmt: skip
    assert {one.author for one in Message.objects.filter(notice=None)} == {feed.bot}


def test_what_begins_soon_is_said_once(look):
    look(event("Lunch", NOW + 5 * HOUR, "LOCATION:https://meet.example/lunch"))
    say_due(NOW + 4.8 * HOUR)
    assert bodies() == []
    for at in (4.9, 4.9, 4.95):
        say_due(NOW + at * HOUR)
    lunch = f"Begins soon: [Lunch](https://meet.example/lunch) · {when(NOW + 5 * HOUR)}"
    assert bodies() == [lunch]
    # Another title is said as such, and not that it begins again; another time is.
    look(event("Lunch", NOW + 5 * HOUR, title="Dinner"))
    say_due(NOW + 4.95 * HOUR)
    look(event("Lunch", NOW + 8 * HOUR, title="Dinner"))
    say_due(NOW + 7.9 * HOUR)
    assert [body.split(" · ")[0] for body in bodies()[1:]] == [
        "Changed: Dinner", "Changed: Dinner", "Begins soon: Dinner",
    ]  # fmt: skip
    # Nobody is told of what has begun.
    look(event("Tea", NOW + 9 * HOUR))
    said_by_then = len(bodies())
    say_due(NOW + 10 * HOUR)
    assert len(bodies()) == said_by_then


def test_what_recurs_is_said_each_time_but_where_it_is_otherwise(look):
    begun = NOW - 70 * DAY + HOUR
    standup = event("Standup", begun, "RRULE:FREQ=DAILY", f"EXDATE:{stamp(NOW + HOUR + DAY)}")
    at = NOW + 2 * DAY
    other = event("Standup", at + 3 * HOUR, f"RECURRENCE-ID:{stamp(at + HOUR)}", title="Late standup")
    yearly = event("Feast", NOW - 700 * DAY, "RRULE:FREQ=YEARLY")
    over = event("Course", begun, "RRULE:FREQ=WEEKLY;COUNT=3")
    look(standup, other, yearly, over)
    due = FeedMessage.objects.order_by("due_at").values_list("due_at", "text")
    ten = datetime.timedelta(minutes=10)
    assert list(due) == [
        (NOW + HOUR - ten, f"Begins soon: Standup · {when(NOW + HOUR)}"),
        (at + 3 * HOUR - ten, f"Begins soon: Late standup · {when(at + 3 * HOUR)}"),
    ]
    assert set(CalendarEvent.objects.values_list("text", flat=True)) >= {
        f"Standup · {when(NOW + HOUR)}", f"Late standup · {when(at + 3 * HOUR)}",
    }  # fmt: skip
    assert not CalendarEvent.objects.filter(text__startswith="Course").exists()
    # One that moves back is a change of nothing that is said; the next one is.
    look(event("Standup", begun + HOUR, "RRULE:FREQ=DAILY"), yearly)
    assert bodies() == [f"Changed: Standup · {when(NOW + 2 * HOUR)}"]


def test_a_day_is_said_in_its_morning(look):
    zone = timezone.get_default_timezone()
    day = (timezone.localtime(NOW) + DAY).date()
    look(event("Feast", f";VALUE=DATE:{day:%Y%m%d}"))
    morning = datetime.datetime.combine(day, datetime.time(9), zone)
    say_due(morning - HOUR)
    assert bodies() == []
    say_due(morning)
    assert bodies() == [f"Today: Feast · {date_format(day, 'l j F Y')}"]


def test_many_changes_are_few_messages(look):
    look()
    look(*(event(f"E{number:02}", NOW + DAY + number * HOUR) for number in range(30)))
    assert len(bodies()) == 11
    assert bodies()[-1] == "And 20 more in the calendar."


BAD = [
    event("Month", ":20261399T990000Z"),
    event("One", ":00010101T000000Z", "RRULE:FREQ=YEARLY"),
    event("Last", ":99991231T235959", "DURATION:P500D"),
    event("Last alike", ":99991231T235959Z", "RRULE:FREQ=YEARLY"),
    event("Rule", NOW, "RRULE:FREQ=SOMETIMES"),
    event("Often", ":20000101T000000Z", "RRULE:FREQ=MINUTELY"),
    event("As often", ":20200101T000000Z", "RRULE:FREQ=DAILY;BYSECOND=0,1,2"),
    event("Long", NOW, "DURATION:P99999999999D"),
    "BEGIN:VEVENT\r\nSUMMARY:Nothing\r\nEND:VEVENT\r\n",
]


def test_what_cannot_be_read_is_a_sentence_and_the_rest_is_read(look):
    look()
    private = event("Doctor", NOW + 3 * HOUR, "CLASS:PRIVATE")
    feed = look(*BAD, private, event("Lunch", NOW + 5 * HOUR, title="@room <b>Lunch</b>"))
    assert (feed.why, feed.failures) == (f"{len(BAD) - 1} of its events cannot be read", 0)
    # That of the year 9999 that is none of those is a day like any other.
    assert f"New: \\@room Lunch · {when(NOW + 5 * HOUR)}" in bodies()
    assert not any("Doctor" in body for body in bodies())


NESTED = "BEGIN:VCALENDAR\r\n" + "BEGIN:VTIMEZONE\r\nTZID:x\r\n" * 3000


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (NESTED, "is a calendar that cannot be read"),
        ("BEGIN:VCALENDAR\r\n" + "X" * 5_000_000, "is too large"),
        ("BEGIN:VCALENDAR", "is a calendar that cannot be read"),
    ],
    ids=["nested", "large", "empty"],
)
def test_one_that_is_none_is_a_sentence(look, content, why):
    look(event("Lunch", NOW + 5 * HOUR))
    feed = look(content=content)
    assert feed.failures == 1
    assert feed.why.startswith(why)
    # What was read before begins all the same.
    say_due(NOW + 4.9 * HOUR)
    assert len(bodies()) == 1


def test_it_is_said_once_though_the_worker_ends(look, monkeypatch):
    look()
    with monkeypatch.context() as ending:
        ending.setattr(read, "say_due", _killed)
        with pytest.raises(SystemExit):
            look(event("Lunch", NOW + 5 * HOUR))
    assert bodies() == []
    # As it posts, and when it has, but for the commit.
    for post in (_killed, lambda *said: _killed(post_message(*said))):
        with monkeypatch.context() as ending:
            ending.setattr(saying, "post_message", post)
            with pytest.raises(SystemExit):
                say_due(timezone.now())
    for _ in range(2):
        say_due(timezone.now())
    assert [body.split(" · ")[0] for body in bodies()] == ["New: Lunch"]


def _killed(*_said: object) -> None:
    raise SystemExit


def test_what_recurs_is_looked_at_anew_though_nothing_changes(look, site):
    look(event("Standup", NOW + HOUR, "RRULE:FREQ=DAILY"), Etag='"1"')
    url = "/calendar.ics"
    site.answers[url] = (304, {}, b"")
    look_at(IncomingFeed.objects.get())
    assert IncomingFeed.objects.get().failures == 0
    IncomingFeed.objects.update(read_at=NOW - DAY)
    look(event("Standup", NOW + HOUR, "RRULE:FREQ=DAILY"))
    assert IncomingFeed.objects.filter(read_at__gt=NOW - HOUR).exists()
    assert bodies() == []
