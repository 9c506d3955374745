"""Rooms: those that one may know of, and what a moderator changes about one."""

import datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from ninja import Query, Router, Status
from pydantic import Field

from accounts.models import Community
from integrations.api import places
from integrations.api.bearer import ProgramRequest, Scope, call
from integrations.api.values import CURSOR, LIMIT, Exact, Line, Slug, among
from rooms import access
from rooms.actions.direct import open_direct
from rooms.actions.rejected import Rejected
from rooms.actions.rooms import (
    add_room,
    archive_room,
    change_room,
    delete_room,
    join_room,
    may_make_rooms,
    revive_room,
)
from rooms.forms import RoomForm, RoomSettingsForm
from rooms.models import Room
from rooms.models.room import DIRECT_LIMIT, seen_by

router = Router(tags=["Rooms"])

Name = Annotated[Line, Field(min_length=1, max_length=60)]
Kind = Literal["open", "closed"]
Who = Literal["members", "moderators"]


class RoomOut(Exact):
    """A room."""

    id: int
    slug: str = Field(description="What stands in addresses.")
    name: str = Field(description="Of a direct conversation, whom it is with.")
    topic: str
    kind: Literal["open", "closed", "direct"]
    joined: bool = Field(description="Whether the token's person is in it.")
    is_archived: bool
    revision: int = Field(description="It grows by one with each change in the room.")
    created_at: datetime.datetime


class RoomList(Exact):
    """A page of rooms."""

    rooms: list[RoomOut]
    after: int | None = Field(description="With it the next page is asked for; null on the last one.")


class RoomIn(Exact):
    """A new room."""

    name: Name
    topic: Line = ""
    kind: Kind = "open"


class RoomChange(Exact):
    """What is to be otherwise; what is not said stays."""

    name: Name | None = None
    topic: Line | None = None
    kind: Kind | None = None
    who_posts: Who | None = None
    who_calls: Who | None = None
    slow_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None


class DirectIn(Exact):
    """Whom a direct conversation is with: with nobody it is one's own notes."""

    usernames: Annotated[list[Line], Field(max_length=DIRECT_LIMIT)]


def shown(room: Room) -> dict[str, Any]:
    """A room, for JSON. One query more for a direct conversation."""
    return {
        "id": room.pk, "slug": room.slug, "name": room.title, "topic": room.topic, "kind": room.kind,
        "joined": room.joined, "is_archived": room.archived_at is not None, "revision": room.revision,
        "created_at": room.created_at,
    }  # fmt: skip


@call(router, "GET", "/rooms", Scope.READ, response=RoomList, summary="All rooms that one may know of")
def list_rooms(request: ProgramRequest, after: int | None = CURSOR, limit: int = LIMIT) -> Any:
    """In the order of their ids. Two queries."""
    known = Room.objects.visible_to(request.user).filter(among("pk", request.auth.rooms))
    found = list(known.filter(pk__gt=after or 0).order_by("pk")[: limit + 1])
    page = seen_by(found[:limit], request.user.pk)
    return {
        "rooms": [shown(room) for room in page],
        "after": found[limit - 1].pk if len(found) > limit else None,
    }


@call(router, "POST", "/rooms", Scope.ADMINISTER, response={201: RoomOut}, summary="Make a room")
def make_room(request: ProgramRequest, said: RoomIn) -> Any:
    """With oneself in it, as its moderator."""
    refuse_limited(request)
    if not may_make_rooms(request.user, Community.current()):
        raise PermissionDenied
    form = RoomForm(said.dict(), person=request.user)
    room = add_room(request.user, valid(form).instance)
    room.joined = True
    return Status(201, shown(room))


@call(router, "GET", "/rooms/{slug}", Scope.READ, response=RoomOut, summary="One room")
def get_room(request: ProgramRequest, slug: Slug) -> Any:
    """One query, another for a direct conversation."""
    return shown(places.room(request, slug))


@call(router, "PATCH", "/rooms/{slug}", Scope.ADMINISTER, response=RoomOut, summary="Change a room")
def patch_room(request: ProgramRequest, slug: Slug, said: RoomChange) -> Any:
    """As its moderators may; the room says what was changed."""
    mine = places.named_room(request, slug)
    form = RoomSettingsForm(instance=Room.objects.get(pk=mine.room_id))
    now = {name: form.initial.get(name) for name in form.fields}
    changes = said.dict(exclude_none=True)
    form = RoomSettingsForm(now | changes, instance=form.instance, person=request.user)
    change_room(mine, valid(form).instance, form.changed_data)
    return shown(places.room(request, slug))


@call(router, "DELETE", "/rooms/{slug}", Scope.ADMINISTER, response={204: None}, summary="Delete a room")
def remove_room(request: ProgramRequest, slug: Slug, name: Query[Name]) -> Any:
    """With all that was said in it, as its moderators may; `name` is its name, so that it is no other."""
    delete_room(places.named_room(request, slug), name)
    return Status(204, None)


@call(router, "PUT", "/rooms/{slug}/archive", Scope.ADMINISTER, response=RoomOut, summary="Archive a room")
def archive(request: ProgramRequest, slug: Slug) -> Any:
    """As its moderators may: it can be read still, and nothing is said there; it may be archived already."""
    archive_room(places.named_room(request, slug))
    return shown(places.room(request, slug))


@call(
    router, "DELETE", "/rooms/{slug}/archive", Scope.ADMINISTER, response=RoomOut,
    summary="Take a room out of the archive",
)  # fmt: skip
def revive(request: ProgramRequest, slug: Slug) -> Any:
    """As its moderators may; it may be out of it already."""
    revive_room(places.named_room(request, slug))
    return shown(places.room(request, slug))


@call(router, "POST", "/rooms/{slug}/join", Scope.ADMINISTER, response=RoomOut, summary="Go into a room")
def join(request: ProgramRequest, slug: Slug) -> Any:
    """One that is open."""
    join_room(request.user, places.room(request, slug))
    return shown(places.room(request, slug))


@call(
    router, "POST", "/direct", Scope.WRITE, response=RoomOut, summary="The direct conversation with somebody"
)
def direct(request: ProgramRequest, said: DirectIn) -> Any:
    """It begins now, if there was none. Who is not known is left out, as on the page."""
    refuse_limited(request)
    room = open_direct(request.user, access.people_named(request.user, said.usernames))
    room.joined = True
    return shown(room)


def refuse_limited(request: ProgramRequest) -> None:
    """Raise PermissionDenied where the token is for some rooms alone."""
    if request.auth.rooms is not None:
        raise PermissionDenied


def valid(form: Any) -> Any:
    """`form`, where what is in it can be used. Raises Rejected with its sentences."""
    if not form.is_valid():
        raise Rejected(" ".join(str(said) for errors in form.errors.values() for said in errors))
    return form


def changed(form_class: Any, instance: Any, said: Exact) -> dict[str, Any]:
    """The fields of a form as they are and as `said`: what is None there stays. Raises Rejected."""
    values = form_class(instance=instance).initial | said.dict(exclude_none=True)
    return valid(form_class(values, instance=instance)).cleaned_data
