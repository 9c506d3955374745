"""/healthz and /readyz, as what runs the processes asks them."""

import pytest
from channels.testing import HttpCommunicator
from django.db.utils import OperationalError

from accounts.models import Person
from live.server_process import ServerProcess
from site_config import health
from site_config.asgi import application
from tests.sockets import Sockets

READY = (200, "Ready.\n")


async def ask(path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    """The status and the text of an answer to a probe that knows no name of the site."""
    wire = [(name.encode(), value.encode()) for name, value in {"host": "10.0.0.7", **headers}.items()]
    answer = await HttpCommunicator(application, method, path, headers=wire).get_response(timeout=10)
    return answer["status"], answer["body"].decode()


@pytest.fixture
async def process(sockets: Sockets, monkeypatch) -> None:
    """The process of this test, which ends with its sockets; what another was answered is old."""
    monkeypatch.setattr(health, "FRESH", 0)
    await ServerProcess.current().started()


@pytest.mark.parametrize(("method", "body"), [("GET", "Alive.\n"), ("HEAD", "")])
async def test_a_process_that_answers_is_alive_whatever_it_is_called(method: str, body: str) -> None:
    assert await ask("/healthz", method) == (200, body)


async def test_other_methods_are_refused() -> None:
    assert (await ask("/healthz", "POST"))[0] == 405


async def test_neither_tls_nor_people_are_needed(process: None, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert not await Person.objects.aexists()

    assert await ask("/healthz") == (200, "Alive.\n")
    assert await ask("/readyz") == READY


async def test_a_database_that_fails_is_a_sentence(process: None, monkeypatch) -> None:
    def fail() -> None:
        raise OperationalError("it is away")

    monkeypatch.setattr(health, "ask_database", fail)

    assert await ask("/readyz") == (503, "The database does not answer.\n")


async def test_a_layer_that_is_silent_is_a_sentence(process: None, monkeypatch) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.3)
    monkeypatch.setattr(ServerProcess, "heard", lambda self: None)

    assert await ask("/readyz") == (503, "What happens here is not passed on.\n")


async def test_both_are_said(process: None, monkeypatch) -> None:
    def fail(*words: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(ServerProcess, "echo", fail)
    monkeypatch.setattr(health, "ask_database", fail)

    status, said = await ask("/readyz")

    assert status == 503
    assert len(said.splitlines()) == 2


async def test_who_asks_often_gets_the_same_answer(process: None, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(health, "ask_database", lambda: asked.append(1))

    assert await ask("/readyz") == READY
    monkeypatch.setattr(health, "FRESH", 60)
    assert [await ask("/readyz") for _ in range(5)] == [READY] * 5
    assert len(asked) == 1
