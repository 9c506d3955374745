"""The number beside a room of what one has not read there."""

from functools import lru_cache
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hypermedia.fragments import hx_partial

# Beyond this number a badge says that there are more.
SHOWN_LIMIT = 99

# What has a badge and is no room: the rooms that the side has no place for, the page of mentions, what one is
# reminded of, and the threads that one follows.
MORE = 0
MENTIONS = -1
REMINDERS = -2
THREADS = -3
NAMES = {MORE: "more", MENTIONS: "mentions", REMINDERS: "reminders", THREADS: "threads"}


class Badge(NamedTuple):
    """How many messages are unread, at most one more than is shown, and whether one means this person."""

    unread: int
    is_mention: bool


# Where all is read: it shows nothing.
EMPTY = Badge(0, False)
# Where a badge tells of nothing but what is meant for this person: that there is something, not how much.
MEANT = Badge(0, True)


@lru_cache
def badge_of(count: int, is_mention: bool) -> Badge:
    """The badge of so many, the same object for all: there are two of each number."""
    return Badge(min(count, SHOWN_LIMIT + 1), is_mention) if count > 0 else EMPTY


def badge_for(posts: int, read: int, mentioned: int, gone: int = 0) -> Badge:
    """The badge of a room with `posts` messages, for somebody who has read so many of them.

    `mentioned` is the number of the last message that means this person; so many of those that they have
    not read are `gone`, which were deleted.
    """
    return badge_of(posts - read - gone, mentioned > read)


def involved_badge(badge: Badge, involvement: str, *, is_direct: bool) -> Badge:
    """What is left of `badge` for somebody who hears so much of a room.

    In a direct conversation everything is meant for everybody.
    """
    if badge == EMPTY or involvement == "everything" or (is_direct and involvement != "nothing"):
        return badge
    return MEANT if badge.is_mention and involvement != "nothing" else EMPTY


def badge_class(of: int) -> str:
    """The class of the badges of a room, or of what else has one: the history has that of its room twice."""
    return f"unread-of-{NAMES.get(of, of)}"


def badge_html(of: int, badge: Badge) -> SafeString:
    """The badge of the room with the id `of`, or of what else has one; empty where all is read."""
    count, is_mention = badge
    kind = "unread is-mention" if is_mention else "unread"
    shown = f"{SHOWN_LIMIT}+" if count > SHOWN_LIMIT else str(count)
    words = f"{shown}<span class='hidden'> {_what(of, badge)}</span>" if count else ""
    if badge == MEANT:
        meant = _("something for you")
        words = f"@<span class='hidden'> {meant}</span>"
    return SafeString(f'<b class="{kind} {badge_class(of)}">{words}</b>')


def _what(of: int, badge: Badge) -> str:
    """What there are so many of."""
    if of == REMINDERS:
        return _("reminders due")
    if of == THREADS:
        return _("with new answers")
    return _("unread, for you") if badge.is_mention else _("unread")


def badge_changed(of: int, badge: Badge) -> str:
    """A badge, wherever it is on a page."""
    return hx_partial(f".{badge_class(of)}", "outerHTML", badge_html(of, badge))


def all_badges(badges: dict[int, Badge]) -> str:
    """These badges and no others, whatever the page has shown."""
    return hx_partial(".unread", "innerHTML") + "".join(
        badge_changed(of, badge) for of, badge in badges.items()
    )
