"""Who is in a room."""

import datetime
from typing import Annotated, Any, Literal

from ninja import Router, Status
from pydantic import Field

from integrations.api import places
from integrations.api.bearer import ProgramRequest, Scope, call
from integrations.api.values import CURSOR, LIMIT, Exact, Line, PersonShort, Slug, Username, person_short
from rooms import access
from rooms.actions.members import ADDED_LIMIT, add_members, change_role, remove_member
from rooms.actions.rejected import Rejected
from rooms.models import Membership

router = Router(tags=["Members"])

Role = Literal["member", "moderator"]


class Member(Exact):
    """Somebody in a room."""

    person: PersonShort
    role: Role
    joined_at: datetime.datetime


class MemberList(Exact):
    """A page of them."""

    members: list[Member]
    after: int | None = Field(description="With it the next page is asked for; null on the last one.")


class MembersIn(Exact):
    """Those who are to come into a room."""

    usernames: Annotated[list[Line], Field(min_length=1, max_length=ADDED_LIMIT)]


class Added(Exact):
    """Those who were not in it before."""

    added: list[PersonShort]


class RoleIn(Exact):
    """What somebody is to be in a room."""

    role: Role


@call(router, "GET", "/rooms/{slug}/members", Scope.READ, response=MemberList, summary="Who is in a room")
def list_members(request: ProgramRequest, slug: Slug, after: int | None = CURSOR, limit: int = LIMIT) -> Any:
    """In the order in which they came. Two queries."""
    mine = places.membership(request, slug)
    there = Membership.objects.filter(room=mine.room_id, pk__gt=after or 0).select_related("person")
    found = list(there.order_by("pk")[: limit + 1])
    return {
        "members": [shown(one) for one in found[:limit]],
        "after": found[limit - 1].pk if len(found) > limit else None,
    }


@call(
    router, "POST", "/rooms/{slug}/members", Scope.ADMINISTER, response={201: Added}, summary="Put people in"
)
def put_in(request: ProgramRequest, slug: Slug, said: MembersIn) -> Any:
    """As any member may; the room says who did. Who is not known is left out, as on the page."""
    mine = places.membership(request, slug)
    people = access.people_named(request.user, said.usernames)
    if not people:
        raise Rejected("Nobody is called so.")
    added = add_members(mine, people)
    return Status(201, {"added": [person_short(one) for one in added]})


@call(
    router, "PATCH", "/rooms/{slug}/members/{username}", Scope.ADMINISTER, response=Member,
    summary="Say who moderates",
)  # fmt: skip
def patch_member(request: ProgramRequest, slug: Slug, username: Username, said: RoleIn) -> Any:
    """As moderators may."""
    mine, member = in_room(request, slug, username)
    change_role(mine, member, said.role)
    member.role = said.role
    return shown(member)


@call(
    router, "DELETE", "/rooms/{slug}/members/{username}", Scope.ADMINISTER, response={204: None},
    summary="Take somebody out",
)  # fmt: skip
def take_out(request: ProgramRequest, slug: Slug, username: Username) -> Any:
    """As moderators may; oneself, to leave."""
    remove_member(*in_room(request, slug, username))
    return Status(204, None)


def in_room(request: ProgramRequest, slug: str, username: str) -> tuple[Membership, Membership]:
    """One's own place in a room that the token is for, and that of somebody there. Raises NotFound."""
    places.membership(request, slug)
    return access.member(request.user.pk, slug, username)


def shown(member: Membership) -> dict[str, Any]:
    """A member, for JSON."""
    return {"person": person_short(member.person), "role": member.role, "joined_at": member.joined_at}
