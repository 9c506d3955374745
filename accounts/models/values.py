"""The value types of accounts: what is read of people in one query, handed on, and never saved."""

import zoneinfo
from functools import cache
from typing import NamedTuple

from django.urls import reverse

from accounts.plain_text import visible_characters

# The palette of static/css/tokens.css: so many hues, at equal lightness and chroma.
HUES = 16


class SeenPerson(NamedTuple):
    """What others see of somebody: all that a name, an avatar and a row of a list are made of."""

    pk: int
    username: str
    display_name: str
    hue: int | None
    avatar: str
    is_bot: bool
    status_emoji: str
    status_text: str
    has_namesake: bool

    @property
    def name(self) -> str:
        """What others see of this person."""
        return self.display_name or self.username

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        return initials_of(self.name)

    @property
    def colour(self) -> int:
        """The index of this person's hue in the palette."""
        return colour_of(self.pk, self.hue)

    @property
    def picture(self) -> str:
        """The address of the small picture; an empty text where there are initials."""
        return picture_url(self.avatar)

    @property
    def portrait(self) -> str:
        """The address of the large picture; an empty text where there are initials."""
        return picture_url(self.avatar, "large/")


def initials_of(name: str) -> str:
    """One or two letters for the avatar of somebody called `name`."""
    words = [word for word in name.replace(".", " ").replace("_", " ").split() if word[0].isalnum()]
    begun = [words[0], *words[-1:]] if len(words) > 1 else words or [name]
    return "".join(next(visible_characters(word), "") for word in begun).upper()


def picture_url(avatar: str, size: str = "") -> str:
    """The address of a picture; an empty text where there is none."""
    return f"/avatars/{avatar}/{size}" if avatar else ""


def stored_pictures(avatar: str) -> list[str]:
    """The names under which the small and the large picture called `avatar` are stored; none of none."""
    return [f"avatars/{avatar}-{size}" for size in ("small", "large")] if avatar else []


def person_url(username: str) -> str:
    """The address of somebody's card: a username has no character that an address would have to hide."""
    return f"{_people()}{username}/"


@cache
def _people() -> str:
    return reverse("people")


def zone_called(name: str) -> zoneinfo.ZoneInfo | None:
    """The time zone with that name; None for an empty one, and where this machine does not know it."""
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None


def colour_of(person_id: int, hue: int | None) -> int:
    """The index in the palette for a person who chose `hue`, or nothing."""
    # 7 and 16 share no divisor, so neighbours in number are far apart in colour.
    return person_id * 7 % HUES if hue is None else hue % HUES
