"""The history of a room, from any place in it: a stretch of messages, and what comes before and after."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Concatenate

from django.db.models import QuerySet
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString

from database.replica import from_replica
from hypermedia.cache import kept
from hypermedia.fragments import hx_partial
from hypermedia.locales import Locale, fill
from rooms.models import Message, Room
from rooms.models.message import PAGE_SIZE, PEOPLE_REVISION
from rooms.models.values import MessageRow
from rooms.render.days import top_day
from rooms.render.message import render_each, render_messages
from rooms.search import begin_of
from rooms.word_index import BEYOND_ALL_IDS

# Messages that an open page keeps: as one reads on, or the room goes on, those at the other end go.
OPEN_PAGE_LIMIT = 300
# Those of a room's page whose end is in view: nobody reads the others, and each makes the next one dearer.
AT_END_LIMIT = 150
AT_END = ".room:has(> #news[hidden]) "
# With each so many messages of a room its open pages are looked after.
TRIM_EVERY = 50


@dataclass(frozen=True, slots=True)
class MessageRange:
    """Messages of a room that follow each other, oldest first, and whether there are others around them.

    With their rows, and the day that they begin in, where it began before them.
    """

    messages: list[MessageRow]
    is_older: bool
    is_newer: bool
    rows: SafeString
    top_day: SafeString

    @property
    def oldest(self) -> int | str:
        """The id before which to read on, or nothing where there is nothing."""
        return self.messages[0].pk if self.is_older and self.messages else ""

    @property
    def newest(self) -> int | str:
        """The id after which to read on, or nothing where there is nothing."""
        return self.messages[-1].pk if self.is_newer and self.messages else ""

    @property
    def middle(self) -> int | None:
        """The id of the message in the middle of them."""
        return middle_id(self.messages)

    def rows_with(self, pk: int | None, html: str) -> SafeString:
        """Their rows, with `html` after that of the message `pk`."""
        apart = render_each(self.messages)
        return SafeString("".join(row + html if message.pk == pk else row for message, row in apart))

    def filled(self, reader: Locale) -> "MessageRange":
        """It, for readers in that locale: its times are marks until then."""
        return replace(
            self, rows=SafeString(fill(self.rows, reader)), top_day=SafeString(fill(self.top_day, reader))
        )


def render_range(messages: list[MessageRow], is_older: bool, is_newer: bool) -> MessageRange:
    """These messages as a range. Seven queries at most."""
    rows = render_messages(messages)
    return MessageRange(messages, is_older, is_newer, rows, top_day(messages[0] if messages else None))


def middle_id(messages: Sequence[MessageRow]) -> int | None:
    """The id of the message in the middle of `messages`: whoever is led back there finds them all."""
    return messages[len(messages) // 2].pk if messages else None


def history_url(slug: str, pk: int) -> str:
    """The address of a message in its room's history."""
    return f"{reverse('history', args=[slug])}?around={pk}#message-{pk}"


def read_behind[**P](
    read: Callable[Concatenate[Room, P], MessageRange],
) -> Callable[Concatenate[Room, P], MessageRange]:
    """Decorator: a room is read from the replica, where that has all that has happened in it until now.

    So a page is never behind what is pushed to it, nor what is kept behind its key.
    """

    @wraps(read)
    def call(room: Room, *args: P.args, **values: P.kwargs) -> MessageRange:
        return from_replica(lambda: read(room, *args, **values), alike=lambda: _revisions(room.pk))

    return call


def _revisions(room_id: int) -> tuple[int, int] | None:
    """Those of the room and of people's names. One query."""
    rooms = Room.objects.filter(pk=room_id).annotate(people_revision=PEOPLE_REVISION)
    return rooms.values_list("revision", "people_revision").first()


@read_behind
def newest_range(room: Room) -> MessageRange:
    """What was said last. Eight queries at most."""
    found = room.messages.newest().rows()
    return render_range(found[:PAGE_SIZE][::-1], len(found) > PAGE_SIZE, False)


@read_behind
def range_before(room: Room, pk: int) -> MessageRange:
    """What came before the message with the id `pk`. Eight queries at most."""
    found = room.messages.newest(pk).rows()
    return render_range(found[:PAGE_SIZE][::-1], len(found) > PAGE_SIZE, True)


@read_behind
def range_after(room: Room, pk: int) -> MessageRange:
    """What came after the message with the id `pk`. Eight queries at most."""
    found = room.messages.visible().filter(pk__gt=pk).order_by("pk")[: PAGE_SIZE + 1].rows()
    return render_range(found[:PAGE_SIZE], True, len(found) > PAGE_SIZE)


def range_around(room: Room, pk: int, people_revision: int, reader: Locale) -> MessageRange:
    """The message with the id `pk`, or where it would be, with as much before as after it, for `reader`.

    Nine queries at most, and none if the room and the names of people are as they were.
    """
    return cached_range_around(room.pk, room.created_at, room.revision, people_revision, reader, pk)


@kept("range")
def cached_range_around(
    room_id: int,
    created_at: datetime.datetime,
    revision: int,
    people_revision: int,
    reader: Locale,
    pk: int,
) -> MessageRange:
    """A stretch as it was at these revisions: many follow the same link."""
    return _read_around(Room(pk=room_id), pk).filled(reader)


@read_behind
def _read_around(room: Room, pk: int) -> MessageRange:
    half = PAGE_SIZE // 2
    earlier = room.messages.newest(pk)[: half + 1].rows()
    later = room.messages.visible().filter(pk__gte=pk).order_by("pk")[: half + 1].rows()
    messages = [*earlier[:half][::-1], *later[:half]]
    return render_range(messages, len(earlier) > half, len(later) > half)


def first_message_on(room: Room, day: datetime.date) -> int:
    """The id of the first message of `day`, in the current zone, in `room`, or of what follows it.

    One query at most.
    """
    there = room.messages.visible()
    begins = begin_of(day)
    if begins is None:
        return BEYOND_ALL_IDS if day.year > 5000 else 0
    found = there.filter(posted_at__gte=begins).order_by("posted_at", "pk").values_list("pk", flat=True)
    return found.first() or BEYOND_ALL_IDS


def older_fragments(room: Room, stretch: MessageRange, back_to: int | None = None) -> str:
    """An older stretch, for an open page: above what it shows, from whose end goes what is too much.

    It is scrolled to the message `back_to`, if one is given.
    """
    held = f" show:top showTarget:#message-{back_to}" if back_to else ""
    end = room.messages.visible().filter(pk__gte=stretch.messages[0].pk) if stretch.messages else None
    return (
        hx_partial("#history", f"upsert sort{held}", stretch.rows)
        + _end("oldest", stretch.oldest)
        + hx_partial("#top-day", "outerHTML", stretch.top_day)
        + (_trimmed("#history", "newest", end.order_by("pk"), which="child") if end is not None else "")
    )


def newer_fragments(room: Room, stretch: MessageRange) -> str:
    """A newer stretch, for an open page: below what it shows, from whose beginning goes what is too much."""
    end = room.messages.visible().filter(pk__lte=stretch.messages[-1].pk) if stretch.messages else None
    return (
        hx_partial("#history", "upsert sort", stretch.rows)
        + _end("newest", stretch.newest)
        + (_trimmed("#history", "oldest", end.order_by("-pk")) if end is not None else "")
    )


def trim_open_pages(room_id: int, numbers: Iterable[int]) -> str:
    """What keeps the open pages of a room from growing for ever, with some of its messages; else nothing.

    Two queries, for one message in TRIM_EVERY.
    """
    if all(number % TRIM_EVERY for number in numbers):
        return ""
    newest = Message.objects.visible().filter(room=room_id).order_by("-pk")
    return _trimmed("#messages", "oldest", newest) + _trimmed(
        "#messages", "oldest", newest, most=AT_END_LIMIT, pages=AT_END
    )


def _trimmed(
    where: str,
    end: str,
    messages: QuerySet[Message],
    *,
    most: int | None = None,
    pages: str = "",
    which: str = "last-child",
) -> str:
    """Take away what is beyond `most`, on those `pages` that have that many, and read on from there.

    `messages` are those that a page may have, from the end at which one reads. One query.
    """
    most = most or OPEN_PAGE_LIMIT
    last = next(iter(messages.values_list("pk", flat=True)[most - 1 : most]), None)
    if last is None:
        return ""
    too_many = f"{where} > .message:nth-{which}(n+{most + 1} of .message)"
    # First the cursor: which pages are concerned shows while they have too many.
    return _end(end, last, f"{pages}.history:has({too_many}) ") + hx_partial(f"{pages}{too_many}", "delete")


def _end(which: str, cursor: int | str, where: str = "") -> str:
    """From where an open page reads on at one of its ends."""
    return hx_partial(f"{where}#{which}", "outerHTML", _part(which, cursor=cursor))


def _part(name: str, **context: object) -> SafeString:
    return SafeString(get_template(f"rooms/history.html#{name}").render(context))
