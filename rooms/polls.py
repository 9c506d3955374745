"""What a poll asks, read from what its author typed.

    /poll What shall we eat?
    Pizza
    Soup

As in Zulip: the question, and a line for each choice; in one line with a | between them. The text stays the
message's own, so that a poll is edited, found and taken away as any message is.
"""

import re
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# As many lines as one still looks over; a choice is a few words.
CHOICES = 20
CHOICE_LIMIT = 100

COMMAND = re.compile(r"/poll(?=\s|$)", re.IGNORECASE)
# What a list in Markdown begins its lines with.
BULLET = re.compile(r"(?:[-*+]|\d{1,2}[.)])\s+")

USAGE = gettext_lazy(
    "Say the question and at least two choices, as in: /poll What shall we eat? | Pizza | Soup"
)


class Poll(NamedTuple):
    """A question, and what one may choose; no two choices are the same."""

    question: str
    choices: tuple[str, ...]


class BadPoll(ValueError):
    """What was typed is no poll; the sentence says why."""


def poll_in(body: str) -> Poll | None:
    """The poll that `body` is; None where it is none, or not yet a whole one."""
    if not body.startswith("/") or not (command := COMMAND.match(body)):
        return None
    try:
        return read_poll(body[command.end() :])
    except BadPoll:
        return None


def read_poll(words: str) -> Poll:
    """The poll in the words behind the command. Raises BadPoll."""
    lines = [line for line in map(str.strip, words.strip().splitlines()) if line]
    if len(lines) == 1:
        lines = [part for part in map(str.strip, lines[0].split("|")) if part]
    question, *listed = lines or [""]
    choices = tuple(dict.fromkeys(BULLET.sub("", line, count=1) for line in listed))
    if not question or len(choices) < 2:
        raise BadPoll(USAGE)
    if len(choices) > CHOICES:
        raise BadPoll(
            _("A poll has %(most)d choices at most; there are %(number)d.")
            % {"most": CHOICES, "number": len(choices)}
        )
    if any(len(choice) > CHOICE_LIMIT for choice in choices):
        raise BadPoll(_("A choice has %(most)d characters at most.") % {"most": CHOICE_LIMIT})
    return Poll(question, choices)
