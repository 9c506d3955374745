"""Outgoing hooks of a room, and the commands that it has of its own: programs that are told, and answer."""

import datetime
from typing import Annotated, Any, Literal

from ninja import Router, Status
from pydantic import Field

from integrations import access
from integrations.actions.outgoing_hooks import change_outgoing, make_outgoing, remove_outgoing, switch_on
from integrations.api import places
from integrations.api.bearer import ProgramRequest, Scope, call
from integrations.api.hooks import Address, Name
from integrations.api.rooms import changed, valid
from integrations.api.values import Exact, IdInPath, Line, PersonShort, Slug, person_short
from integrations.forms import OutgoingChangeForm, OutgoingForm
from integrations.models import OutgoingHook
from rooms.models import Membership

router = Router(tags=["Outgoing hooks and commands"])

Kind = Literal["messages", "command"]
Hint = Annotated[Line, Field(max_length=100)]
LIST, ONE = "/rooms/{slug}/outgoing-hooks", "/rooms/{slug}/outgoing-hooks/{id}"
WORDS = "With which a message begins that it hears, all where there are none; of a command, its name."


class OutgoingHookOut(Exact):
    """An address elsewhere that hears a room, or answers a command."""

    id: int
    kind: str
    name: str
    bot: PersonShort = Field(description="As whom it answers.")
    maker: PersonShort = Field(description="With whose rights.")
    address: str
    words: str = Field(description=WORDS)
    hint: str = Field(description="What /help says of a command.")
    token: str = Field(description="What it is shown.")
    secret: str = Field(description="What it is signed with, as Standard Webhooks says.")
    made_at: datetime.datetime
    problem: str = Field(description="What went wrong last, where it does not take what it is told.")
    failing_since: datetime.datetime | None
    off_at: datetime.datetime | None = Field(description="Since when it is asked no longer.")


class OutgoingHookList(Exact):
    """All of a room."""

    outgoing_hooks: list[OutgoingHookOut]


class OutgoingHookIn(Exact):
    """A new one."""

    kind: Kind
    name: Name
    address: Address
    words: Line = Field("", description=WORDS)
    hint: Hint = ""


class OutgoingHookChange(Exact):
    """What is to be otherwise; what is not said stays."""

    name: Name | None = None
    address: Address | None = None
    words: Line | None = None
    hint: Hint | None = None


@call(
    router, "GET", LIST, Scope.ADMINISTER, response=OutgoingHookList,
    summary="What hears a room, and its commands",
)  # fmt: skip
def list_outgoing(request: ProgramRequest, slug: Slug) -> Any:
    """For its moderators. Two queries."""
    mine = places.moderated_room(request, slug)
    hooks = OutgoingHook.objects.filter(room=mine.room_id).select_related("bot", "maker").order_by("pk")
    return {"outgoing_hooks": [shown(hook) for hook in hooks]}


@call(
    router, "POST", LIST, Scope.ADMINISTER, response={201: OutgoingHookOut},
    summary="Let a program hear, or answer a command",
)  # fmt: skip
def post_outgoing(request: ProgramRequest, slug: Slug, said: OutgoingHookIn) -> Any:
    """As moderators may; the room says who did."""
    mine = places.moderated_room(request, slug)
    return Status(201, shown(make_outgoing(mine, **valid(OutgoingForm(said.dict())).cleaned_data)))


@call(router, "GET", ONE, Scope.ADMINISTER, response=OutgoingHookOut, summary="One outgoing hook, or command")
def get_outgoing(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """Two queries."""
    return shown(of_room(request, slug, id)[1])


@call(
    router, "PATCH", ONE, Scope.ADMINISTER, response=OutgoingHookOut,
    summary="Change an outgoing hook, or command",
)  # fmt: skip
def patch_outgoing(request: ProgramRequest, slug: Slug, id: IdInPath, said: OutgoingHookChange) -> Any:
    """Its token and its secret stay."""
    mine, hook = of_room(request, slug, id)
    change_outgoing(mine, hook, **changed(OutgoingChangeForm, hook, said))
    return shown(access.outgoing(mine, id))


@call(
    router, "DELETE", ONE, Scope.ADMINISTER, response={204: None},
    summary="Remove an outgoing hook, or command",
)  # fmt: skip
def delete_outgoing(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """It hears nothing more; what it said stays."""
    remove_outgoing(*of_room(request, slug, id))
    return Status(204, None)


@call(router, "POST", ONE + "/on", Scope.ADMINISTER, response=OutgoingHookOut, summary="Switch it on again")
def put_on(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """One that was switched off because it did not answer for a day."""
    mine, hook = of_room(request, slug, id)
    switch_on(mine, hook)
    return shown(access.outgoing(mine, id))


def of_room(request: ProgramRequest, slug: str, pk: int) -> tuple[Membership, OutgoingHook]:
    """What hears a room that one moderates, after one's place there. Two queries. Raises NotFound."""
    mine = places.moderated_room(request, slug)
    return mine, access.outgoing(mine, pk)


def shown(hook: OutgoingHook) -> dict[str, Any]:
    """What hears a room, for JSON."""
    fields = (
        "kind", "name", "address", "words", "hint", "token", "secret", "made_at", "problem", "failing_since",
        "off_at",
    )  # fmt: skip
    said = {name: getattr(hook, name) for name in fields}
    return said | {"id": hook.pk, "bot": person_short(hook.bot), "maker": person_short(hook.maker)}
