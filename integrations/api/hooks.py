"""Incoming hooks of a room: addresses at which programs speak there."""

import datetime
from typing import Annotated, Any, Literal

from ninja import Router, Status
from pydantic import Field

from integrations import access
from integrations.actions.hook_calls import send_sample
from integrations.actions.hooks import change_hook, make_hook, remove_hook, renew_key
from integrations.api import places
from integrations.api.bearer import ProgramRequest, Scope, call
from integrations.api.rooms import changed, valid
from integrations.api.values import Exact, IdInPath, Line, PersonShort, Slug, Text, person_short
from integrations.forms import HookChangeForm, HookForm
from integrations.models import Hook
from rooms.models import Membership

router = Router(tags=["Incoming hooks"])

Kind = Literal["chat", "github", "gitlab", "alertmanager", "grafana", "sentry"]
Name = Annotated[Line, Field(min_length=1, max_length=60)]
Address = Annotated[Text, Field(max_length=500)]
LIST, ONE = "/rooms/{slug}/hooks", "/rooms/{slug}/hooks/{id}"


class HookOut(Exact):
    """An address at which a program speaks in a room."""

    id: int
    kind: str
    name: str
    bot: PersonShort = Field(description="As whom it speaks.")
    maker: PersonShort = Field(description="With whose rights.")
    address: str = Field(description="Where it speaks, as to Mattermost or as its kind does: a secret.")
    slack_address: str | None = Field(description="Where it speaks as to Slack, if its kind is chat.")
    secret: str = Field(description="What the other side signs with, or shows; empty where nothing is asked.")
    buttons_to: str = Field(description="Where it is told which of its buttons is pressed, in Slack's shape.")
    made_at: datetime.datetime


class HookList(Exact):
    """All of a room."""

    hooks: list[HookOut]


class HookIn(Exact):
    """A new one."""

    kind: Kind
    name: Name
    secret: Line = Field("", description="Where the other side gives one; GitHub and GitLab get one.")
    buttons_to: Address = ""


class HookChange(Exact):
    """What is to be otherwise; what is not said stays."""

    name: Name | None = None
    secret: Line | None = None
    buttons_to: Address | None = None


class HookCallOut(Exact):
    """What came once, and what became of it."""

    at: datetime.datetime
    event: str = Field(description="Which event it said that it is.")
    status: int
    outcome: str
    came: str = Field(description="The beginning of it.")


class HookCallList(Exact):
    """The last of them, the newest first."""

    calls: list[HookCallOut]


class Outcome(Exact):
    """What became of a call."""

    status: int
    outcome: str


@call(router, "GET", LIST, Scope.ADMINISTER, response=HookList, summary="What speaks in a room")
def list_hooks(request: ProgramRequest, slug: Slug) -> Any:
    """For its moderators. Two queries."""
    mine = places.moderated_room(request, slug)
    hooks = Hook.objects.filter(room=mine.room_id).select_related("bot", "maker").order_by("pk")
    return {"hooks": [shown(request, hook) for hook in hooks]}


@call(router, "POST", LIST, Scope.ADMINISTER, response={201: HookOut}, summary="Let a program speak")
def post_hook(request: ProgramRequest, slug: Slug, said: HookIn) -> Any:
    """As moderators may; the room says who did."""
    mine = places.moderated_room(request, slug)
    return Status(201, shown(request, make_hook(mine, **valid(HookForm(said.dict())).cleaned_data)))


@call(router, "GET", ONE, Scope.ADMINISTER, response=HookOut, summary="One incoming hook")
def get_hook(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """Two queries."""
    return shown(request, of_room(request, slug, id)[1])


@call(router, "PATCH", ONE, Scope.ADMINISTER, response=HookOut, summary="Change an incoming hook")
def patch_hook(request: ProgramRequest, slug: Slug, id: IdInPath, said: HookChange) -> Any:
    """Its address stays."""
    mine, hook = of_room(request, slug, id)
    change_hook(mine, hook, **changed(HookChangeForm, hook, said))
    return shown(request, access.hook(mine, id))


@call(router, "DELETE", ONE, Scope.ADMINISTER, response={204: None}, summary="Remove an incoming hook")
def delete_hook(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """Its address is none any longer; what it said stays."""
    remove_hook(*of_room(request, slug, id))
    return Status(204, None)


@call(router, "POST", ONE + "/renew", Scope.ADMINISTER, response=HookOut, summary="Give it a new address")
def renew_hook(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """The old one is none any longer."""
    mine, hook = of_room(request, slug, id)
    renew_key(mine, hook)
    return shown(request, access.hook(mine, id))


@call(router, "POST", ONE + "/sample", Scope.ADMINISTER, response=Outcome, summary="Try it")
def try_hook(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """It takes what its service might send, which is said in the room."""
    outcome = send_sample(of_room(request, slug, id)[1])
    return {"status": outcome.status, "outcome": outcome.sentence}


@call(router, "GET", ONE + "/calls", Scope.ADMINISTER, response=HookCallList, summary="What came lately")
def list_calls(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """The last fifty calls. Three queries."""
    calls = of_room(request, slug, id)[1].calls.all()
    fields = ("at", "event", "status", "outcome", "came")
    return {"calls": [{name: getattr(one, name) for name in fields} for one in calls]}


def of_room(request: ProgramRequest, slug: str, pk: int) -> tuple[Membership, Hook]:
    """A hook of a room that one moderates, after one's place there. Two queries. Raises NotFound."""
    mine = places.moderated_room(request, slug)
    return mine, access.hook(mine, pk)


def shown(request: ProgramRequest, hook: Hook) -> dict[str, Any]:
    """A hook, for JSON."""
    is_chat = hook.kind == Hook.Kind.CHAT
    said = {name: getattr(hook, name) for name in ("kind", "name", "secret", "buttons_to", "made_at")}
    return said | {
        "id": hook.pk,
        "bot": person_short(hook.bot),
        "maker": person_short(hook.maker),
        "address": request.build_absolute_uri(hook.path),
        "slack_address": request.build_absolute_uri(hook.slack_path) if is_chat else None,
    }
