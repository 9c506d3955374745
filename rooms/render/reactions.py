"""Reactions, under a message: each emoji with how many gave it, and who."""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from hypermedia.fragments import hx_partial
from hypermedia.locales import for_all_readers
from hypermedia.templates import macro
from rooms.emoji import AT_HAND
from rooms.models import Message, Reaction
from rooms.models.values import MessageRow
from rooms.render.beside import PREFIX, beside
from rooms.render.names import listed, named_html

# So many are called by name.
NAMED_LIMIT = 10
# So many find their own marked in a row: the first, for a row of a large room has to stay small.
MARKED_LIMIT = 100
# Under so many messages reactions are given anew where somebody is called otherwise: the newest in the rooms
# that are open. A name there is in the words that show when one points at it, and in no element of its own.
RENAMED_UNDER = 100


# At hand for who has given none yet, and as many in all.
USUAL = ("👍", "❤️", "😂")


class ReactionSummary(NamedTuple):
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
    def givers(self) -> SafeString:
        """Those who are named here, each as open pages know them."""
        return named_html(zip(self.people, self.names, strict=True))

    @property
    def tokens(self) -> str:
        """Their ids, as a style sheet looks for one's own."""
        return " ".join(map(str, self.people))

    @property
    def sentence(self) -> str:
        """Who gave it: “Ana, Bo and 3 others reacted with 👍”."""
        named = self.names[:NAMED_LIMIT]
        if others := self.times - len(named):
            named.append(ngettext("%(number)d other", "%(number)d others", others) % {"number": others})
        return _("%(names)s reacted with %(emoji)s") % {"names": listed(named), "emoji": self.emoji}


def render_for(messages: Sequence[MessageRow]) -> dict[int, SafeString]:
    """The reactions of each of `messages` that has any, by its id. One query, or none."""
    # What nothing has happened to since it was posted has none.
    changed = [message for message in messages if message.revision != message.first_revision]
    if not changed:
        return {}
    found = summaries((message.pk for message in changed), MARKED_LIMIT)
    render = macro("rooms/reactions.html", "reactions")
    return {message.pk: render(message, found[message.pk]) for message in changed if message.pk in found}


def given_by_renamed(rooms: Collection[int], since: int) -> dict[int, list[int]]:
    """The ids of messages, by room, whose reactions name somebody who is called otherwise since `since`.

    RENAMED_UNDER of the newest. One query.
    """
    return Reaction.objects.newest_of_renamed(rooms, since, RENAMED_UNDER)


def quick_reactions(person: Person) -> SafeString:
    """The buttons of the emoji that are at hand in the bar of a page: those that `person` gives most."""
    own = person.reacts_with.split()
    return _quick_reactions(tuple(dict.fromkeys([*own, *USUAL]))[:AT_HAND])


@lru_cache(1000)
def _quick_reactions(emojis: tuple[str, ...]) -> SafeString:
    """It has no words, so it is one for all languages."""
    return SafeString(get_template("rooms/picker.html#quick").render({"emojis": emojis}))


def missed_since(room_id: int, since: int) -> str:
    """The same of one room, for a page that was away. Three queries, one where nobody is renamed."""
    return "".join(map(changed, given_by_renamed([room_id], since).values()))


def changed(ids: Collection[int]) -> str:
    """The reactions under the messages `ids`, for the pages that show those. Two queries."""
    with for_all_readers():
        found = render_for(Message.objects.undeleted().filter(pk__in=ids).rows())
    return "".join(
        hx_partial(f"#message-{pk} .reactions", "outerMorph", html)
        + hx_partial(f"#{PREFIX}message-{pk} .reactions", "outerMorph", beside(html))
        for pk, html in found.items()
    )


def summaries(messages: Iterable[int], most: int) -> dict[int, list[ReactionSummary]]:
    """What was reacted to each of `messages`, in the order in which it first was; `most` people each."""
    found: dict[int, dict[str, ReactionSummary]] = {}
    for given in Reaction.objects.given(messages, most):
        alike = found.setdefault(given.message_id, {})
        one = alike.setdefault(given.value, ReactionSummary(given.value, given.times, [], []))
        one.people.append(given.person_id)
        one.names.append(given.name)
    return {pk: list(alike.values()) for pk, alike in found.items()}
