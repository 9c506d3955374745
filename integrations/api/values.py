"""What stands in addresses and in JSON."""

import datetime
from collections.abc import Iterable
from typing import Annotated, Any

from django.db.models import Q
from ninja import Path, Query, Schema
from pydantic import AfterValidator, ConfigDict, Field

from live.frames import storage_problem

# What JavaScript can count as well, and each database.
GREATEST = 2**53 - 1
PAGE = 50
PAGE_AT_MOST = 100


def storable(text: str) -> str:
    """`text`, where every database can store it. Raises ValueError."""
    if storage_problem(text):
        raise ValueError("There is a character in it that cannot be stored.")
    return text


Text = Annotated[str, AfterValidator(storable)]
Line = Annotated[str, Field(max_length=200), AfterValidator(storable)]
Id = Annotated[int, Field(ge=1, le=GREATEST)]
IdInPath = Path[Annotated[int, Field(ge=1, le=GREATEST)]]
Slug = Path[
    Annotated[str, Field(min_length=1, max_length=70, pattern=r"^[^/\x00]+$"), AfterValidator(storable)]
]
Username = Path[Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9._-]+$")]]
CURSOR = Query(None, ge=1, le=GREATEST, description="The id with which the page before this one ends.")
LIMIT = Query(PAGE, ge=1, le=PAGE_AT_MOST, description="Rows of a page.")


class Exact(Schema):
    """An object with nothing in it but what is named."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """Why something was not done (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] | None = None


class PersonShort(Schema):
    """Somebody, as far as what they say shows them."""

    id: int
    username: str
    name: str
    is_bot: bool


class Person(PersonShort):
    """Somebody."""

    role: str
    title: str
    pronouns: str
    about: str
    status_emoji: str
    status_text: str
    status_until: datetime.datetime | None


def person(one: Any) -> dict[str, Any]:
    """Somebody, for JSON."""
    fields = ("username", "name", "is_bot", "role", "title", "pronouns", "about")
    status = ("status_emoji", "status_text", "status_until")
    return {"id": one.pk} | {name: getattr(one, name) for name in (*fields, *status)}


def person_short(one: Any) -> dict[str, Any]:
    """Somebody, for JSON, in few words."""
    return {"id": one.pk, "username": one.username, "name": one.name, "is_bot": one.is_bot}


def among(name: str, ids: Iterable[int] | None) -> Q:
    """A condition: `name` is one of `ids`; none where there are none to be among."""
    return Q() if ids is None else Q(**{f"{name}__in": list(ids)})
