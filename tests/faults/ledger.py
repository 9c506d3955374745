"""What everybody did at a site, and what each was told of it: to be compared with what is stored."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

# How a message says which one it is.
NUMBER = re.compile(r"number (\d+)\.")


class Outcome(StrEnum):
    """What somebody was told of what they did."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


@dataclass
class Attempt:
    """One thing that somebody did: what it says or sets, and what came of it."""

    value: str
    outcome: Outcome = Outcome.WAITING
    # What was said to the one who was refused.
    sentence: str = ""


@dataclass
class Said:
    """One message, in the order in which its author changed it."""

    number: int
    room: str
    author: str
    # page, program or form.
    door: str
    posted: Attempt
    pk: int | None = None
    edits: list[Attempt] = field(default_factory=list)
    deletions: list[Attempt] = field(default_factory=list)
    # By who reacted; each gives one emoji at most once.
    reactions: dict[tuple[str, str], Attempt] = field(default_factory=dict)
    # What is attached: the name of a file and its bytes.
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Whether its author knows what became of it."""
        return self.posted.outcome is not Outcome.WAITING


class Ledger:
    """All of it, for one site."""

    def __init__(self) -> None:
        self.said: dict[int, Said] = {}
        # By room and message: what was done with its pin, in order. One person a room pins.
        self.pins: dict[int, list[Attempt]] = {}
        # By person and room: what they had begun to write.
        self.drafts: dict[tuple[str, str], list[str]] = {}
        # Rooms that were deleted, with all that was said there.
        self.gone: set[str] = set()
        # What failed over HTTP, and why: told to who asked.
        self.failures: list[str] = []

    def say(self, room: str, author: str, door: str, more: str = "") -> Said:
        """A new message, which nobody has sent yet."""
        number = len(self.said)
        text = f"number {number}. {more}".strip()
        said = self.said[number] = Said(number, room, author, door, Attempt(text))
        return said

    def found(self, text: str) -> Said | None:
        """The message that a text is of."""
        number = NUMBER.search(text)
        return self.said.get(int(number[1])) if number else None

    @property
    def operations(self) -> int:
        """How many things were done, or tried."""
        changes = sum(len(one.edits) + len(one.deletions) + len(one.reactions) for one in self.said.values())
        more = sum(map(len, self.pins.values())) + sum(map(len, self.drafts.values()))
        return len(self.said) + changes + more

    def count(self, outcome: Outcome) -> int:
        """How many messages have come to that."""
        return sum(one.posted.outcome is outcome for one in self.said.values())
