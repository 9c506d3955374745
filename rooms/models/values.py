"""The value types of rooms: what is read in one query, handed on, and never saved."""

import datetime
import re
from collections.abc import Collection
from typing import Annotated, NamedTuple

from django.utils.translation import gettext_lazy as _

from accounts.models.values import colour_of, initials_of, person_url, picture_url
from database.rows import ELSEWHERE

# Whom a text names, or calls, as rooms/markup writes it.
MENTION = re.compile(r'<b class="mention(?: is-call"|" data-person="(\d+)")')


class MessageRow(NamedTuple):
    """A message as its row shows it: values, for a page reads many and a room is told of each.

    The one declaration of what a row shows: a field comes from the column of its name, or from the path
    beside its type (database/rows.py).
    """

    pk: int
    revision: int
    first_revision: int
    posted_at: datetime.datetime
    deleted_at: datetime.datetime | None
    removed_at: datetime.datetime | None
    previous_at: datetime.datetime | None
    starts_group: bool
    body: str
    html: str
    number: int
    edited_at: datetime.datetime | None
    edited_revision: int | None
    reacted_revision: int | None
    pinned_at: datetime.datetime | None
    is_action: bool
    calls: str
    replies: int
    files: int
    thread_id: int | None
    reply_to_id: int | None
    reply_to_revision: Annotated[int | None, "reply_to__revision"]
    room_id: int
    slug: Annotated[str, "room__slug"]
    author_id: int
    username: Annotated[str, "author__username"]
    display_name: Annotated[str, "author__display_name"]
    hue: Annotated[int | None, "author__hue"]
    avatar: Annotated[str, "author__avatar"]
    is_bot: Annotated[bool, "author__is_bot"]
    # What its author is called in this message alone, and the emoji or the picture that stands for them: a
    # hook says so.
    shown_name: str | None
    shown_icon: str | None
    shown_picture: str | None
    # What the buttons say that a program has put below it, a line each.
    buttons: str | None
    # What happened, where nobody said something: Message.Notice.
    notice: str | None
    # What the community had counted when these values were read: a row may name others as well.
    people_revision: int

    @property
    def name(self) -> str:
        """What stands as the name of its author."""
        return self.shown_name or self.own_name

    @property
    def own_name(self) -> str:
        """What others see of its author elsewhere."""
        return self.display_name or self.username

    @property
    def colour(self) -> int:
        """The hue of its author's name and avatar."""
        return colour_of(self.author_id, self.hue)

    @property
    def initials(self) -> str:
        """What stands in its author's avatar."""
        return self.shown_icon or initials_of(self.name)

    @property
    def picture(self) -> str:
        """The address of the small picture beside it; an empty text where there are initials or an emoji."""
        if self.shown_picture:
            return picture_url(self.shown_picture)
        return "" if self.shown_name or self.shown_icon else picture_url(self.avatar)

    @property
    def author_url(self) -> str:
        """The address of its author's card."""
        return person_url(self.username)

    @property
    def may_start_day(self) -> bool:
        """Whether a day starts with it somewhere on earth."""
        return self.previous_at is None or quarter_of(self.previous_at) != quarter_of(self.posted_at)

    @property
    def names(self) -> str:
        """Whom its text names: their ids, and `all` where it calls the room, as a list of words."""
        found = MENTION.findall(self.html) if "mention" in self.html else ()
        return " ".join(dict.fromkeys(number or "all" for number in found))


class Answerer(NamedTuple):
    """Somebody who answered in a thread, and when they last did."""

    thread_id: int
    author_id: int
    username: str
    display_name: str
    hue: int | None
    avatar: str
    posted_at: datetime.datetime

    @property
    def colour(self) -> int:
        """The hue of their avatar."""
        return colour_of(self.author_id, self.hue)

    @property
    def initials(self) -> str:
        """What stands in their avatar, where they have no picture."""
        return initials_of(self.display_name or self.username)

    @property
    def picture(self) -> str:
        """The address of their small picture; an empty text where there are initials."""
        return picture_url(self.avatar)


class PersonRef(NamedTuple):
    """Somebody, as far as a name and an avatar show them; of a membership."""

    pk: Annotated[int, "person_id"]
    username: Annotated[str, "person__username"]
    display_name: Annotated[str, "person__display_name"]
    hue: Annotated[int | None, "person__hue"]
    avatar: Annotated[str, "person__avatar"]

    @property
    def name(self) -> str:
        """What others see."""
        return self.display_name or self.username

    @property
    def colour(self) -> int:
        """The hue of their name and avatar."""
        return colour_of(self.pk, self.hue)

    @property
    def initials(self) -> str:
        """What stands in their avatar."""
        return initials_of(self.name)

    @property
    def picture(self) -> str:
        """The address of their small picture; an empty text where there are initials."""
        return picture_url(self.avatar)


class AuthorRef(NamedTuple):
    """What a message takes from its author's membership, under the names that MessageRow has for them.

    And what decides whether they may post there.
    """

    membership_id: Annotated[int, "pk"]
    room_id: int
    slug: Annotated[str, "room__slug"]
    author_id: Annotated[int, "person_id"]
    username: Annotated[str, "person__username"]
    display_name: Annotated[str, "person__display_name"]
    hue: Annotated[int | None, "person__hue"]
    avatar: Annotated[str, "person__avatar"]
    is_bot: Annotated[bool, "person__is_bot"]
    people_revision: int
    role: str
    community_role: Annotated[str, "person__role"]
    kind: Annotated[str, "room__kind"]
    who_posts: Annotated[str, "room__who_posts"]
    who_calls: Annotated[str, "room__who_calls"]
    slow_seconds: Annotated[int, "room__slow_seconds"]
    archived_at: Annotated[datetime.datetime | None, "room__archived_at"]
    is_listened: Annotated[bool, "room__is_listened"]
    # Until when they may not write, and where it is then what time.
    muted_until: Annotated[datetime.datetime | None, "person__muted_until"]
    time_zone: Annotated[str, "person__time_zone"]


class RoomLink(NamedTuple):
    """What the side says of a room, but for its badge; of a membership."""

    pk: Annotated[int, "room_id"]
    slug: Annotated[str, "room__slug"]
    name: Annotated[str, "room__name"]
    kind: Annotated[str, "room__kind"]
    involvement: str
    is_favourite: bool
    # Of a direct conversation: those whom the current user sees in it, by name.
    people: Annotated[tuple[PersonRef, ...], ELSEWHERE] = ()

    @property
    def title(self) -> str:
        """What the current user sees it called."""
        return title_of(self.kind, self.name, self.people)

    @property
    def section(self) -> str:
        """Where at the side it stands: one of SECTIONS."""
        if self.is_favourite:
            return "favourites"
        return "direct" if self.kind == DIRECT else "rooms"

    @property
    def for_everybody(self) -> "RoomLink":
        """It, without what is one's own about it."""
        return self._replace(people=(), involvement="everything", is_favourite=False)


SECTIONS = ("favourites", "rooms", "direct")
# What one's conversation with oneself is called.
NOTES = _("Notes to yourself")
DIRECT = "direct"


def title_of(kind: str, name: str, people: Collection[PersonRef]) -> str:
    """What a room is called for somebody: its name; or where it is a direct conversation, whom it is with."""
    if kind != DIRECT:
        return name
    return ", ".join(person.name for person in people) or str(NOTES)


def place_name(kind: str, name: str, people: Collection[PersonRef]) -> str:
    """The same, where it says in which room something is: #general, or whom it is with."""
    title = title_of(kind, name, people)
    return title if kind == DIRECT else f"#{title}"


class ReadState(NamedTuple):
    """How far somebody has read in a room, and how much there is; of a membership."""

    person_id: int
    room_id: int
    read: int
    mentioned: int
    posts: Annotated[int, "room__posts"]
    called: Annotated[int, "room__called"]
    kind: Annotated[str, "room__kind"]
    involvement: str
    # How many of the messages that they have not read were deleted.
    gone: int


class RoomPlace(NamedTuple):
    """Where a membership is."""

    room_id: int


class NoticePlace(NamedTuple):
    """The quiet line that names somebody."""

    message_id: int


class ReadReceipt(NamedTuple):
    """Those who looked at a room when the number of its last message was `posts`."""

    room_id: int
    posts: int
    people: Collection[int]


def quarter_of(moment: datetime.datetime) -> datetime.datetime:
    """The quarter of an hour that `moment` is in: every zone's midnight is where one begins."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
