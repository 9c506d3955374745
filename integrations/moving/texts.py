"""Texts and times of an archive, as they can be here."""

import datetime
import re

from django.utils import timezone

from integrations.moving.people import MovedPerson
from rooms.commands import action_in
from rooms.markup.people import NAMED
from rooms.models.message import BODY_LIMIT

# NUL, and halves of characters: no database takes them.
NOT_STORED = re.compile("[\x00\ud800-\udfff]")
# Before the first chat, and for every zone on earth a time that a calendar has.
EARLIEST = datetime.datetime(1970, 1, 2, tzinfo=datetime.UTC)
# Parts of one text: beyond, it is a document.
MOST_PARTS = 20


def clean_text(text: str) -> str:
    """A text as messages have it, of whatever length."""
    text = NOT_STORED.sub("\ufffd", text) if NOT_STORED.search(text) else text
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()


def with_our_names(text: str, people: dict[str, MovedPerson]) -> str:
    """A text in which each @name of the archive is the username that its person has here."""
    if "@" not in text:
        return text

    def ours(found: re.Match[str]) -> str:
        run = found[1]
        # A name may end in what is the sentence's.
        for name in (run, run.rstrip("._-")):
            if person := people.get(name.lower()):
                return f"@{person.username}{run[len(name) :]}"
        return found[0]

    return NAMED.sub(ours, text)


def said_of_them(text: str, *, is_action: bool) -> str:
    """The body of what was said with /me, or was not, whichever word it begins with."""
    if is_action and not action_in(text)[0]:
        return f"/me {text}"
    if not is_action and action_in(text)[0]:
        return f"/{text}"
    return text


def parts_of(text: str) -> list[str]:
    """A text in parts that a message holds, cut at the ends of lines where there are some."""
    parts: list[str] = []
    while len(text) > BODY_LIMIT and len(parts) < MOST_PARTS - 1:
        cut = text.rfind("\n", BODY_LIMIT // 2, BODY_LIMIT)
        cut = BODY_LIMIT if cut < 0 else cut
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip("\n")
    return [*parts, text[:BODY_LIMIT]]


def possible(moment: datetime.datetime) -> datetime.datetime:
    """The moment, or the nearest one that a message may be of: not in the future, nor before EARLIEST."""
    now = timezone.now()
    try:
        return min(max(moment, EARLIEST), now)
    except (OverflowError, TypeError):
        return EARLIEST


def moment_of(seconds: object) -> datetime.datetime | None:
    """The moment so many seconds after 1970, a number or its digits; None where there is no such."""
    try:
        number = float(seconds)  # type: ignore[arg-type]
        return datetime.datetime.fromtimestamp(number, datetime.UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
