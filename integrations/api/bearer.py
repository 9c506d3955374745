"""Who asks: a token, of a person, with a scope. A cookie says nothing here."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.security import HttpBearer

from accounts.models import Person
from integrations.api.limits import REQUEST_LIMIT, Allowance
from integrations.api.problems import Problem
from integrations.models import Token
from integrations.tokens import held_by

Scope = Token.Scope
NO_TOKEN = "Show a token that holds, as: Authorization: Bearer parley_…"  # noqa: S105
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Parley"'}


class ProgramRequest(HttpRequest):
    """A request that came with a token that holds."""

    auth: Token
    allowance: Allowance
    user: Person


class Bearer(HttpBearer):
    """`Authorization: Bearer …`, for what a token with that scope may do."""

    def __init__(self, scope: Token.Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Any:
        """The token that the request shows. Raises Problem."""
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        token = held_by(shown.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise Problem(HTTPStatus.UNAUTHORIZED, NO_TOKEN, CHALLENGE)
        request.allowance = allowance = REQUEST_LIMIT.count(token.pk)  # type: ignore[attr-defined]
        if allowance.is_exceeded:
            wait = {"Retry-After": str(allowance.reset)}
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "That was a lot for one minute.", wait)
        if not token.has(self.scope):
            scope = f'{CHALLENGE["WWW-Authenticate"]}, error="insufficient_scope", scope="{self.scope}"'
            detail = f"This token is not for that: its scope is {token.scope}, and {self.scope} is needed."
            raise Problem(HTTPStatus.FORBIDDEN, detail, {"WWW-Authenticate": scope})
        request.user = token.person
        return token

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """As `__call__`, which looks at the header by itself."""
        raise NotImplementedError


BEARERS = {scope: Bearer(scope) for scope in Scope}
# What each may be answered with besides; openapi.json says it.
PROBLEMS = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503)
PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}


def call(
    router: Router,
    method: str,
    path: str,
    scope: Token.Scope,
    *,
    response: Any,
    done: dict[str, Any] | None = None,
    **how: Any,
) -> Any:
    """A decorator: what a program with a token of that scope asks by that method at that path.

    `done` is what openapi.json says of an answer that is no JSON.
    """
    said: dict[int, dict[str, Any]] = {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}},
        }
        for status in PROBLEMS
    }
    if done:
        said[200] = done
    extra = {"responses": said, "x-scope": scope.value}
    return router.api_operation(
        [method], path, auth=BEARERS[scope], response=response, openapi_extra=extra, **how
    )
