"""People: those of whom one may know."""

from typing import Any

from ninja import Router
from pydantic import Field

from accounts.models import Person as Somebody
from integrations.api import places
from integrations.api.bearer import ProgramRequest, Scope, call
from integrations.api.values import CURSOR, LIMIT, Exact, Person, Username, person
from rooms.models import Membership

router = Router(tags=["People"])


class PersonList(Exact):
    """A page of people."""

    people: list[Person]
    after: int | None = Field(description="With it the next page is asked for; null on the last one.")


class Me(Exact):
    """Whom the token is of, and what it is for."""

    person: Person
    scope: str
    rooms: list[int] | None = Field(description="The ids of the only rooms that it is for; null is all.")


def known(request: ProgramRequest) -> Any:
    """The people of whom the token's person may know; where it is for some rooms, those in these."""
    found = Somebody.objects.visible_to(request.user).filter(is_active=True)
    if request.auth.rooms is None:
        return found
    there = Membership.objects.filter(room__in=request.auth.rooms, room__members=request.user)
    return found.filter(pk__in=there.values("person"))


@call(router, "GET", "/me", Scope.READ, response=Me, summary="Whom the token is of")
def get_me(request: ProgramRequest) -> Any:
    """No query but that for the token."""
    return {"person": person(request.user), "scope": request.auth.scope, "rooms": request.auth.rooms}


@call(router, "GET", "/people", Scope.READ, response=PersonList, summary="All people that one may know of")
def list_people(request: ProgramRequest, after: int | None = CURSOR, limit: int = LIMIT) -> Any:
    """In the order of their ids. One query."""
    found = list(known(request).filter(pk__gt=after or 0).order_by("pk")[: limit + 1])
    return {
        "people": [person(one) for one in found[:limit]],
        "after": found[limit - 1].pk if len(found) > limit else None,
    }


@call(router, "GET", "/people/{username}", Scope.READ, response=Person, summary="Somebody")
def get_person(request: ProgramRequest, username: Username) -> Any:
    """One query."""
    return person(places.somebody(request, username))
