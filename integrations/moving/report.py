"""What came of an archive, what did not and why, in numbers and examples."""

from collections import Counter
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.plain_text import clean_line, shortened

# Examples of each reason that are named, and characters of each.
EXAMPLES = 8
EXAMPLE_LENGTH = 80


class Why(StrEnum):
    """Why something did not come, or came otherwise than it was."""

    MALFORMED = "malformed"
    UNLISTED = "unlisted"
    NO_ROOM = "no room"
    NO_ROOT = "no root"
    EMPTY = "empty"
    NOT_TAKEN = "not taken"
    TIME = "time"
    LONG = "long"
    EMOJI = "emoji"
    MANY_REACTIONS = "many reactions"
    MANY_PINS = "many pins"
    FILE_MISSING = "file missing"
    FILE_REFUSED = "file refused"
    NAMED_APART = "named apart"
    BAD_PATH = "bad path"


SENTENCES: dict[str, str | Promise] = {
    Why.MALFORMED: _("Could not be read, and was left out"),
    Why.UNLISTED: _("Not in the archive's list of people: kept, under a name made for them"),
    Why.NO_ROOM: _("Said in a room that the archive does not describe, and left out"),
    Why.NO_ROOT: _("Answers something that is not in the archive: kept, outside of a thread"),
    Why.EMPTY: _("Nothing in it that could be shown"),
    Why.NOT_TAKEN: _("Of a kind that there is not here, and left out"),
    Why.TIME: _("Of a time that cannot be: kept, with the nearest that can"),
    Why.LONG: _("Longer than a message is here: kept, in parts"),
    Why.EMOJI: _("Reactions with a sign that there is not here, left out"),
    Why.MANY_REACTIONS: _("More reactions than a message has here: the first were kept"),
    Why.MANY_PINS: _("More pins than a room has here: kept, without the pin"),
    Why.FILE_MISSING: _("Files that are not in the archive, and could not be fetched: their names were kept"),
    Why.FILE_REFUSED: _("Files that are not taken here: their names were kept"),
    Why.NAMED_APART: _("Rooms with a name that is taken here: kept, under another"),
    Why.BAD_PATH: _("Files of the archive with a path that leads out of it, left out"),
}

# What is counted of what came, as the report calls it.
COUNTED: dict[str, str | Promise] = {
    "messages": pgettext_lazy("what came", "Messages"),
    "rooms": pgettext_lazy("what came", "Rooms"),
    "matched": pgettext_lazy("what came", "People who are here already"),
    "placeholders": pgettext_lazy("what came", "People who have yet to come"),
    "reactions": pgettext_lazy("what came", "Reactions"),
    "files": pgettext_lazy("what came", "Files"),
    "known": pgettext_lazy("what came", "Messages that were here before"),
}


class Lack(NamedTuple):
    """Something that did not come, as the report says it: why, how often, and some of it."""

    sentence: str
    times: int
    examples: list[str]


class Report:
    """What came and what did not. What is stored goes with the batch in which it happened."""

    def __init__(self, stored: dict[str, Any] | None = None) -> None:
        stored = stored or {}
        self.came: Counter[str] = Counter(stored.get("came", {}))
        # What the writer found is not found again by who goes on; what a reader finds is.
        self.found: dict[str, Any] = stored.get("found", {})
        self.read: dict[str, Any] = {}
        self._before = self.came["messages"]
        self._known = 0

    def lacks(self, why: str, what: str, count: int = 1, *, in_reading: bool = False) -> None:
        """Note that `what` did not come, or not as it was."""
        lacks = self.read if in_reading else self.found
        entry = lacks.setdefault(str(why), {"count": 0, "examples": []})
        entry["count"] += count
        example = shortened(clean_line(what), EXAMPLE_LENGTH)
        if example and len(entry["examples"]) < EXAMPLES and example not in entry["examples"]:
            entry["examples"].append(example)

    def knew(self, count: int) -> None:
        """Note that so many messages were here before."""
        self._known += count
        self.came["known"] = max(0, self._known - self._before)

    def values(self) -> dict[str, Any]:
        """All of it, as it is stored."""
        return {"came": dict(self.came), "found": self.found, "read": self.read}

    @property
    def is_empty(self) -> bool:
        """Whether no message came, nor was here."""
        return not (self.came["messages"] or self._known)


def counts_of(values: dict[str, Any]) -> list[tuple[str, int]]:
    """What came, in words and numbers."""
    came = values.get("came", {})
    return [(str(words), came[name]) for name, words in COUNTED.items() if came.get(name)]


def lacks_of(values: dict[str, Any]) -> list[Lack]:
    """What did not come, in sentences: what is most first."""
    merged: dict[str, Lack] = {}
    for part in ("found", "read"):
        for why, entry in values.get(part, {}).items():
            before = merged.get(why, Lack(str(SENTENCES.get(why, why)), 0, []))
            examples = list(dict.fromkeys([*before.examples, *entry["examples"]]))[:EXAMPLES]
            merged[why] = Lack(before.sentence, before.times + entry["count"], examples)
    return sorted(merged.values(), key=lambda lack: -lack.times)
