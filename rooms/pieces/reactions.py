"""Reactions, under a message: each emoji with how many gave it, and who."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.template.loader import get_template
from django.utils.safestring import SafeString

from rooms.models import Reaction
from rooms.models.message import Shown

# So many are called by name.
NAMED = 10
# So many find their own marked in a row: the first, for a row of a large room has to stay small.
MARKED = 100


class Reacted(NamedTuple):
    """One emoji under one message."""

    emoji: str
    times: int
    # The first of those who gave it.
    people: list[int]
    names: list[str]

    @property
    def more(self) -> int:
        """How many gave it besides those who are named here."""
        return self.times - len(self.names)

    @property
    def tokens(self) -> str:
        """Their ids, as a style sheet looks for one's own."""
        return " ".join(map(str, self.people))

    @property
    def sentence(self) -> str:
        """Who gave it: “Ana, Bo and 3 others reacted with 👍”."""
        named = self.names[:NAMED]
        if others := self.times - len(named):
            named.append(f"{others} other{'s' if others > 1 else ''}")
        return f"{_listed(named)} reacted with {self.emoji}"


def of(messages: Sequence[Shown]) -> dict[int, SafeString]:
    """The reactions of each of `messages` that has any, by its id. One query, or none."""
    # What nothing has happened to since it was posted has none.
    changed = [message for message in messages if message.revision != message.first_revision]
    if not changed:
        return {}
    found = reacted((message.pk for message in changed), MARKED)
    template = get_template("rooms/reactions.html#reactions")
    return {
        message.pk: SafeString(template.render({"message": message, "reactions": found[message.pk]}))
        for message in changed
        if message.pk in found
    }


def reacted(messages: Iterable[int], most: int) -> dict[int, list[Reacted]]:
    """What was reacted to each of `messages`, in the order in which it first was; `most` people each."""
    found: dict[int, dict[str, Reacted]] = {}
    for given in Reaction.objects.given(messages, most):
        alike = found.setdefault(given.message_id, {})
        one = alike.setdefault(given.emoji, Reacted(given.emoji, given.times, [], []))
        one.people.append(given.person_id)
        one.names.append(given.display_name or given.username)
    return {pk: list(alike.values()) for pk, alike in found.items()}


def _listed(names: list[str]) -> str:
    """“Ana”, “Ana and Bo”, “Ana, Bo and Cleo”."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
