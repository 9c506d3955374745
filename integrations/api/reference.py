"""What openapi.json says, for people to read."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from integrations.api.service import schema


class Field(NamedTuple):
    """Something that is sent, or that is answered."""

    name: str
    # Where it stands in a request: path, query, header or body.
    place: str
    kind: str
    is_needed: bool
    description: str


class Operation(NamedTuple):
    """What can be asked at an address by a method."""

    method: str
    path: str
    summary: str
    description: str
    scope: str
    sent: list[Field]
    status: int
    answered: list[Field]


class Noun(NamedTuple):
    """The operations about one thing."""

    name: str
    operations: list[Operation]


@cache
def nouns() -> list[Noun]:
    """All there is to ask, in the order of openapi.json."""
    found: dict[str, Noun] = {}
    for path, methods in schema()["paths"].items():
        for method, said in methods.items():
            (name,) = said["tags"]
            noun = found.setdefault(name, Noun(name, []))
            noun.operations.append(_operation(path, method.upper(), said))
    return list(found.values())


def _operation(path: str, method: str, said: Mapping[str, Any]) -> Operation:
    status = next(one for one in said["responses"] if int(one) < 300)
    answer = said["responses"][status].get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(
        method, path, said["summary"], said.get("description", ""), said["x-scope"],
        [*_parameters(said), *_body(said)], int(status), list(_fields(_resolved(answer), "body")),
    )  # fmt: skip


def _parameters(said: Mapping[str, Any]) -> Iterator[Field]:
    for one in said.get("parameters", ()):
        described = one.get("description", "")
        yield Field(one["name"], one["in"], kind_of(one["schema"]), one["required"], described)


def _body(said: Mapping[str, Any]) -> Iterator[Field]:
    for content in said.get("requestBody", {}).get("content", {}).values():
        yield from _fields(_resolved(content["schema"]), "body")


def _fields(said: Mapping[str, Any], place: str) -> Iterator[Field]:
    needed = said.get("required", ())
    for name, one in said.get("properties", {}).items():
        yield Field(name, place, kind_of(one), name in needed, one.get("description", ""))


def _resolved(said: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in said:
        return schema()["components"]["schemas"][said["$ref"].rpartition("/")[2]]
    return said


def kind_of(said: Mapping[str, Any]) -> str:
    """A type in words: `list of (id, emoji)`, `text or null`."""
    if "anyOf" in said:
        return " or ".join(kind_of(one) for one in said["anyOf"])
    if "enum" in said:
        return " or ".join(f"“{one}”" for one in said["enum"])
    if "$ref" in said:
        return f"({', '.join(_resolved(said)['properties'])})"
    match said.get("type"):
        case "array":
            return f"list of {kind_of(said['items'])}"
        case "string":
            return {"date-time": "time", "binary": "file"}.get(said.get("format", ""), "text")
        case "integer":
            return "number"
        case "boolean":
            return "true or false"
        case kind:
            return str(kind)
