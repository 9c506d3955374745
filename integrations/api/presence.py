"""Who is here."""

from typing import Any

from ninja import Router

from integrations.api.bearer import ProgramRequest, Scope, call
from integrations.api.people import known
from integrations.api.values import Exact, PersonShort, person_short
from live.presence import AWAY, ONLINE, present

router = Router(tags=["Presence"])

# More than anybody looks through.
AT_MOST = 1000


class Here(Exact):
    """Somebody who is here."""

    person: PersonShort
    is_away: bool


class HereList(Exact):
    """Those who are, by their ids: the first thousand of them."""

    here: list[Here]


@call(router, "GET", "/presence", Scope.READ, response=HereList, summary="Who is here")
def list_present(request: ProgramRequest) -> Any:
    """Of those of whom one may know. Two queries."""
    there = present()
    people = known(request).filter(pk__in=there.get(ONLINE, ())).order_by("pk")[:AT_MOST]
    away = there.get(AWAY, ())
    return {"here": [{"person": person_short(one), "is_away": one.pk in away} for one in people]}
