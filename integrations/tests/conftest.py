"""What the tests of programs share."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import Person
from integrations.actions.hooks import make_hook
from integrations.actions.outgoing_hooks import make_outgoing
from integrations.actions.tokens import make_token
from integrations.models import Hook, OutgoingHook
from integrations.outgoing import posting
from integrations.tests.servers import ELSEWHERE, Server
from rooms.models import Membership, Room
from rooms.tests.test_previews import site  # noqa: F401
from tests.live_fixtures import sockets  # noqa: F401
from tests.translated import translated  # noqa: F401


@pytest.fixture
def general(alice: Person) -> Room:
    """The room that everybody is in."""
    return Room.objects.get(slug="general")


@pytest.fixture
def uploads(tmp_path: Path, settings) -> Path:
    """A folder of its own for what is uploaded."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.fixture
def token_of() -> Callable[..., str]:
    """A token of somebody, as a program has it: `token_of(alice, "read")`."""

    def make(person: Person, scope: str = "administer", **limits) -> str:
        return make_token(person, "a program", scope, **limits)[1]

    return make


class Program:
    """A program with a token: `program.get("rooms")`, with JSON in and out."""

    def __init__(self, token: str) -> None:
        self.client = Client(headers={"authorization": f"Bearer {token}"})

    def ask(self, method: str, path: str, said: Any = None, **headers: str) -> Any:
        """What is answered to `said`, as JSON."""
        data = "" if said is None else json.dumps(said)
        return self.client.generic(method, f"/api/v1/{path}", data, "application/json", headers=headers)

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, said: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, said, **headers)


@pytest.fixture
def program_of(token_of) -> Callable[..., Program]:
    """A program of somebody: `program_of(alice, "read")`."""
    return lambda person, scope="administer", **limits: Program(token_of(person, scope, **limits))


@pytest.fixture
def program(alice, program_of) -> Program:
    """One of alice's, that may do all that she may."""
    return program_of(alice)


@pytest.fixture
def hook_of(alice, general) -> Callable[..., Hook]:
    """A hook of that kind in #general, which alice moderates: `hook_of("github")`."""

    def make(kind: str = "chat", name: str = "Builds") -> Hook:
        place = Membership.objects.select_related("room", "person").get(room=general, person=alice)
        Membership.objects.filter(pk=place.pk).update(role=Membership.Role.MODERATOR)
        place.refresh_from_db()
        return make_hook(place, kind, name)

    return make


@pytest.fixture
def elsewhere(settings, monkeypatch) -> Iterator[Server]:
    """A server elsewhere, in a network that may be asked."""
    settings.NOTIFICATION_NETWORKS = [f"{ELSEWHERE}/32"]
    # A machine that has much to do takes its time to start a process.
    monkeypatch.setattr(posting, "START_LIMIT", 60.0)
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def outgoing_of(alice, general, elsewhere) -> Callable[..., OutgoingHook]:
    """An outgoing hook to that server: `outgoing_of(words="build")`."""

    def make(kind: str = "messages", name: str = "Robot", **chosen: str) -> OutgoingHook:
        Membership.objects.filter(room=general, person=alice).update(role=Membership.Role.MODERATOR)
        place = Membership.objects.select_related("room", "person").get(room=general, person=alice)
        return make_outgoing(place, kind=kind, name=name, address=elsewhere.address, **chosen)

    return make
