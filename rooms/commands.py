"""What a line that begins with a slash means."""

import re
from collections.abc import Callable
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rooms.polls import poll_in

# The word of a command: letters alone, so that /usr/bin and /1 are what they look like.
COMMAND = re.compile(r"/([a-z]+)(?=\s|$)", re.IGNORECASE)
# A line that only looks like one: two slashes are one that is meant.
SPELLED_OUT = re.compile(r"/(?=/[a-z]+(?:\s|$))", re.IGNORECASE)
# As Markdown has it: ¯\_(ツ)_/¯
SHRUG = r"¯\\\_(ツ)\_/¯"


class Example(NamedTuple):
    """Something that can be typed, and what becomes of it."""

    typed: str | Promise
    meaning: str | Promise


COMMANDS = (
    Example("/me waves", _("says it of you: Ana waves")),
    Example("/shrug", _("adds ¯\\_(ツ)_/¯ to what you write")),
    Example("/poll Lunch? | Pizza | Soup", _("asks; each choice may stand on a line of its own")),
    Example("/topic Release on Friday", _("gives the room a topic; for its moderators")),
    Example("/msg @ana Are you there?", _("says it to her alone, in your direct conversation")),
    Example("/remind me in 2 hours to call back", _("reminds you; also tomorrow at 9, on Friday, at 17:30")),
    Example("/help", _("shows this, to you alone")),
    Example("//me", _("is the text /me; a space before the slash does the same")),
)
# What each of them does, by its name.
COMMAND_NAMES = {
    found[1]: example.meaning
    for example in COMMANDS
    if isinstance(example.typed, str) and (found := COMMAND.match(example.typed))
}
MARKDOWN = (
    Example(_("**bold**, *italic*, ~~struck~~"), _("strong, emphasised, struck through")),
    Example(_("`code`"), _("code in a line; ```python before and ``` after some lines colours them")),
    Example(_("> words"), _("a quotation")),
    Example(_("- point"), _("a list; 1. numbers it")),
    Example(_("- [ ] task"), _("something to do; - [x] is done")),
    Example(_("[words](https://example.org)"), _("a link; an address alone is one already")),
    Example("| a | b |", _("a table, with |---|---| as its second line")),
    Example(":tada:", _("an emoji by its name")),
    Example("@name, @here, @room", _("tells somebody, those who are here, everybody in the room")),
)


KEYS = (
    Example(_("Enter"), _("sends; Shift and Enter begin another line")),
    Example(_("↑ in the empty box"), _("edits what you said last; Escape leaves it")),
    Example("Ctrl K", _("goes to a room, or to somebody; on a Mac Cmd K")),
    Example(_("↑ ↓ on a message"), _("go to the one before, and to the next")),
    Example(_("Home, End on a message"), _("go to the first, and to the last")),
    Example(_("→ on a message"), _("leads to its reactions and to Reply; Escape leads back")),
    Example(_("Enter on a message"), _("opens what one may do with it")),
    Example("R", _("there: replies")),
    Example("E", _("there: edits")),
    Example("D", _("there: deletes, and asks before")),
    Example("P", _("there: pins")),
    Example("S", _("there: saves")),
    Example(_("← → on a large picture"), _("go to the one before, and to the next")),
    Example(_("Escape"), _("closes what is open")),
    Example("?", _("shows these, where one is not writing")),
)


class Command(NamedTuple):
    """A command, and the words after it."""

    name: str
    words: str


def command_in(text: str) -> Command | None:
    """What `text` asks for instead of being said; None where it is to be said."""
    command = _command(text.lstrip("\r\n"))
    if command is None or command.name == "shrug" or (command.name == "me" and command.words):
        return None
    if command.name == "poll" and poll_in(text.strip()):
        return None
    return command


def action_in(body: str) -> tuple[bool, str]:
    """Whether `body` is a sentence about its author, said with /me, and the words to show.

    Of a poll those are its question.
    """
    command = _command(body)
    if command is not None and command.name == "me" and command.words:
        return True, command.words
    if poll := poll_in(body):
        return False, poll.question
    return False, SPELLED_OUT.sub("", body, count=1) if SPELLED_OUT.match(body) else body


def expand_shrug(body: str) -> str:
    """`body` with the shrug that it asks for: what is stored, searched and edited."""
    command = _command(body)
    if command is None or command.name != "shrug":
        return body
    return f"{command.words}{'\n' if '\n' in command.words else ' '}{SHRUG}".lstrip()


def _command(text: str) -> Command | None:
    found = COMMAND.match(text)
    return Command(found[1].lower(), text[found.end() :].strip()) if found else None


class CommandAnswer(NamedTuple):
    """What a command has to say: a sentence, or what can be typed."""

    sentence: str = ""
    # Where it leads, with the words for it.
    address: str = ""
    words: str = ""
    commands: tuple[Example, ...] = ()
    markdown: tuple[Example, ...] = ()
    keys: tuple[Example, ...] = ()
    # What a program elsewhere has to say, as a message would show it.
    html: str = ""
    # Where it is still to be asked, which takes seconds: what does so, and gives what makes the answer.
    ask: "Callable[[], Callable[[], CommandAnswer]] | None" = None
