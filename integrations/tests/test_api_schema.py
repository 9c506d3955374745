"""The API keeps what openapi.json says of it, whatever it is asked: schemathesis looks for more."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from integrations.api import limits
from integrations.api.service import schema as said
from rooms.actions.messages_post import post_message
from rooms.actions.uploads import keep_upload
from rooms.models import Membership
from rooms.tests.files import PNG

# Requests of each kind to each address: what bin/test has time for.
EXAMPLES = 3
# What is refused for what it means (422) cannot all be said in a schema: that nobody is called so, that
# there is nothing to be seen in a text.
NOT_IN_THE_SCHEMA = ["positive_data_acceptance"]

# What is too long is refused as well where it is too large.
REFUSED = ["400", "401", "403", "404", "405", "409", "413", "415", "422", "429"]

service = schemathesis.openapi.from_dict(
    said(),
    config=SchemathesisConfig.from_dict(
        {"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}}
    ),
)
service.app = get_wsgi_application()
OPERATIONS: list[Any] = [one.ok() for one in service.get_all_operations()]  # type: ignore[union-attr]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The test's own connection outlives each request, as with Django's client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def much(alice, bob, uploads, hook_of, outgoing_of, monkeypatch) -> dict[str, int]:
    """Something to be found, by the nouns of its addresses, and no limit that would answer for it."""
    hook, outgoing = hook_of(), outgoing_of("command", words="sky")
    mine = Membership.objects.select_related("room", "person").get(person=alice, room__slug="general")
    message = post_message(mine, "Hello")
    file = keep_upload(mine, SimpleUploadedFile("a.png", PNG))
    monkeypatch.setattr(limits, "REQUESTS_A_MINUTE", 10_000)
    return {"hooks": hook.pk, "outgoing-hooks": outgoing.pk, "messages": message.pk, "files": file.pk}


def point(case: schemathesis.Case, much: dict[str, int]) -> None:
    """Let a case that keeps to the schema be about something that is there."""
    parts = case.path.split("/")
    there = {"slug": "general", "username": "bob"}
    if "{id}" in parts:
        there["id"] = much[parts[parts.index("{id}") - 1]]  # type: ignore[assignment]
    named = case.path_parameters
    named.update({name: value for name, value in there.items() if name in named})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_it_keeps_what_it_says(operation, much, alice, token_of) -> None:
    find = schemathesis.checks.CHECKS.get_one
    excluded: list[Any] = [check for name in NOT_IN_THE_SCHEMA if (check := find(name))]
    # Schemathesis reads answers as they are.
    shown = {"Authorization": f"Bearer {token_of(alice)}", "Accept-Encoding": "identity"}
    modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @settings(
        max_examples=EXAMPLES * len(modes), deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.one_of(modes))
    def ask(case: schemathesis.Case) -> None:
        if case.meta and case.meta.generation.mode is GenerationMode.POSITIVE:
            point(case, much)
        case.call_and_validate(headers=shown, excluded_checks=excluded)

    ask()
