"""Reactions to messages."""

from typing import Annotated, Any

from ninja import Path, Router, Status
from pydantic import AfterValidator, Field

from integrations.api import places
from integrations.api.bearer import ProgramRequest, Scope, call
from integrations.api.message_rows import MessageOut, shown_again
from integrations.api.values import Exact, IdInPath, Slug, storable
from rooms.actions.reactions import toggle_reaction
from rooms.emoji import parse_emoji
from rooms.models import Membership, Message, Reaction

router = Router(tags=["Reactions"])

Emoji = Path[
    Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[^/\x00]+$"), AfterValidator(storable)]
]
# So many of those who gave one emoji are named.
NAMED = 100


class Giver(Exact):
    """Somebody who gave it."""

    id: int
    username: str
    name: str


class Given(Exact):
    """An emoji, how many gave it, and the first of those."""

    emoji: str
    count: int
    people: list[Giver]


class GivenList(Exact):
    """All of them under a message, in the order in which each was given first."""

    reactions: list[Given]


ADDRESS = "/rooms/{slug}/messages/{id}/reactions"


@call(router, "GET", ADDRESS, Scope.READ, response=GivenList, summary="Who reacted, and how")
def list_reactions(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """Three queries."""
    _, message = places.message(request, slug, id)
    found: dict[str, dict[str, Any]] = {}
    for one in Reaction.objects.given([message.pk], NAMED):
        of_it = found.setdefault(one.value, {"emoji": one.value, "count": one.times, "people": []})
        of_it["people"].append({"id": one.person_id, "username": one.username, "name": one.name})
    return {"reactions": list(found.values())}


@call(router, "PUT", ADDRESS + "/{emoji}", Scope.WRITE, response=MessageOut, summary="React")
def react(request: ProgramRequest, slug: Slug, id: IdInPath, emoji: Emoji) -> Any:
    """Give an emoji; it may have been given already."""
    mine, message = places.message(request, slug, id)
    if not is_given(mine, message, emoji):
        toggle_reaction(mine, message, emoji)
    return shown_again(message.pk)


@call(
    router, "DELETE", ADDRESS + "/{emoji}", Scope.WRITE, response={204: None}, summary="Take a reaction back"
)
def unreact(request: ProgramRequest, slug: Slug, id: IdInPath, emoji: Emoji) -> Any:
    """One's own; it may be gone already."""
    mine, message = places.message(request, slug, id)
    if is_given(mine, message, emoji):
        toggle_reaction(mine, message, emoji)
    return Status(204, None)


def is_given(mine: Membership, message: Message, text: str) -> bool:
    """Whether one has given that emoji. One query, none where it is no emoji."""
    emoji = parse_emoji(text)
    given = Reaction.objects.filter(message=message, person=mine.person_id, emoji=emoji)
    return emoji is not None and given.exists()
