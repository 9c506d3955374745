"""All nouns together, and what openapi.json says of them."""

import datetime
import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import BaseRenderer

from integrations.api import (
    files,
    hooks,
    members,
    messages,
    outgoing_hooks,
    people,
    pins,
    presence,
    reactions,
    rooms,
    unread,
)
from integrations.api.problems import answer_for
from integrations.api.values import Problem

PREFIX = "/api/v1/"
ABOUT = (
    "What a person or a bot may do here, a program with their token may do. Answers to GET have an ETag,"
    " and each says what is left of the minute's requests: RateLimit-Remaining."
)
NOUNS = (rooms, members, messages, reactions, pins, files, people, presence, unread, hooks, outgoing_hooks)


class Json(BaseRenderer):
    """Times to the microsecond, as they are compared; and letters as they are."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        """What is sent."""
        return json.dumps(data, default=datetime.datetime.isoformat, ensure_ascii=False)


# Its own pages load scripts from elsewhere; ours is integrations/views/api.py.
service = NinjaAPI(
    title="Parley",
    version="1",
    description=ABOUT,
    renderer=Json(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
for noun in NOUNS:
    service.add_router("", noun.router)
service.add_exception_handler(Exception, lambda request, error: answer_for(error))  # type: ignore[arg-type]
for kind in [*service._exception_handlers]:
    service.add_exception_handler(kind, lambda request, error: answer_for(error))  # type: ignore[arg-type]


@cache
def schema() -> dict[str, Any]:
    """What there is to ask, and what is answered: OpenAPI 3.1."""
    said: OpenAPISchema = service.get_openapi_schema(path_prefix=PREFIX.lstrip("/"))
    said["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    return said


def openapi(request: HttpRequest) -> HttpResponse:
    """GET /api/v1/openapi.json, for anybody: it holds nothing of what is here."""
    content = service.renderer.render(request, schema(), response_status=200)
    return HttpResponse(content, content_type="application/json")
