"""The number beside a room of what one has not read there."""

from functools import lru_cache

from django.utils.safestring import SafeString

from hypermedia.fragments import hx_partial

# Beyond so many, a badge says that there are more.
SHOWN_LIMIT = 99

# What has a badge and is no room: the rooms that the side has no place for, and the page of mentions.
MORE = 0
MENTIONS = -1
NAMES = {MORE: "more", MENTIONS: "mentions"}


def badge_for(posts: int, read: int, mentioned: int) -> int:
    """What a badge shows, as one small number: how many are unread, twice, and one if one is meant by them.

    `posts` is how many there are, `mentioned` the number of the last that means this person.
    """
    return coded(posts - read, mentioned > read)


def coded(count: int, is_mention: bool) -> int:
    """So many, at most MOST and one, and whether they are for this person: as `badge_for` gives it."""
    return 2 * min(count, SHOWN_LIMIT + 1) + is_mention if count > 0 else 0


def count_in(badge: int) -> int:
    """How many a badge says there are."""
    return badge >> 1


def badge_class(of: int) -> str:
    """The class of the badges of a room, or of what else has one: the history has that of its room twice."""
    return f"unread-of-{NAMES.get(of, of)}"


@lru_cache(maxsize=8192)
def badge_html(of: int, badge: int) -> SafeString:
    """The badge of the room with the id `of`, or of what else has one; empty where all is read."""
    count, is_mention = badge >> 1, badge & 1
    kind = "unread is-mention" if is_mention else "unread"
    shown = f"{SHOWN_LIMIT}+" if count > SHOWN_LIMIT else str(count)
    words = f"{shown}<span class='hidden'> unread{', for you' if is_mention else ''}</span>" if count else ""
    return SafeString(f'<b class="{kind} {badge_class(of)}">{words}</b>')


def badge_changed(of: int, badge: int) -> str:
    """A badge, wherever it is on a page."""
    return hx_partial(f".{badge_class(of)}", "outerHTML", badge_html(of, badge))


def all_badges(badges: dict[int, int]) -> str:
    """These badges and no others, whatever the page has shown."""
    return hx_partial(".unread", "innerHTML") + "".join(
        badge_changed(of, badge) for of, badge in badges.items()
    )
