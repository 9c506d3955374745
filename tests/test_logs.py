"""The log: lines for people, or an object a line; and an outage in a sentence."""

import json
import logging
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.test import Client
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from accounts.models import Person
from live.circuit import CircuitBreaker
from site_config.logs import OutagesInASentence
from tests import migrated, services
from tests.environment import ROOT, environment

CODE = """
import logging
log = logging.getLogger("parley.tests")
log.warning("Grüße: %s", 7, extra={"room": "general"})
try:
    1 / 0
except ZeroDivisionError:
    log.exception("That failed")
"""


def log_of(folder: Path, **settings: str) -> str:
    """What a process writes to its log when it says two things, the second with a traceback."""
    place = environment(folder) | settings
    command = [sys.executable, "manage.py", "shell", "--verbosity=0", "--command", CODE]
    return subprocess.run(command, cwd=ROOT, env=place, capture_output=True, text=True).stderr


def test_an_object_a_line(tmp_path: Path) -> None:
    first, second = map(json.loads, log_of(tmp_path, LOG_FORMAT="json").splitlines())

    assert first["message"] == "Grüße: 7"
    assert first["level"] == "WARNING"
    assert first["logger"] == "parley.tests"
    assert first["room"] == "general"
    assert first["time"][:2] == "20"
    assert first["process"] > 0
    assert "ZeroDivisionError" in second["traceback"]


def test_lines_otherwise(tmp_path: Path) -> None:
    said = log_of(tmp_path)

    assert "WARNING parley.tests: Grüße: 7\n" in said
    assert "Traceback" in said


def test_any_other_format_is_refused(tmp_path: Path) -> None:
    place = environment(tmp_path) | {"LOG_FORMAT": "xml"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=place, capture_output=True, text=True
    )

    assert done.returncode != 0
    assert "LOG_FORMAT is xml; it can be line or json." in done.stderr


def test_an_outage_is_said_once_and_its_end_once(caplog: pytest.LogCaptureFixture) -> None:
    circuit = CircuitBreaker(logging.getLogger("parley.tests"), "Away.", "Back.")
    circuit.record_success()
    for _ in range(10):
        circuit.record_failure(RedisConnectionError("refused.\nThink about it."))
    assert circuit.is_open
    for _ in range(10):
        circuit.record_success()
    circuit.record_failure(TimeoutError())

    assert caplog.messages == ["Away. (refused)", "Back.", "Away. (TimeoutError)"]


def test_the_tracebacks_of_an_outage_are_left_out_and_others_not(monkeypatch) -> None:
    failures: list[BaseException] = []
    monkeypatch.setattr("live.bus.circuit.record_failure", failures.append)
    away, broken = RedisConnectionError("refused"), KeyError("ours")

    passed = [
        OutagesInASentence().filter(
            logging.LogRecord("channels_redis.pubsub", 40, "", 0, "", (), (type(error), error, None))
        )
        for error in (away, broken)
    ]

    assert passed == [False, True]
    assert failures == [away]


def test_an_outage_of_the_queue_is_a_sentence_of_the_worker(tmp_path: Path, monkeypatch) -> None:
    # One that ends here, and is nobody else's.
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    with services.redis() as url:
        place = environment(tmp_path) | {"REDIS_URL": url}
        migrated.copy_to(tmp_path / migrated.NAME)
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "run_huey", "--quiet"],
            cwd=ROOT, env=place, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert worker.stderr is not None
        # It waits for tasks: a client that blocks on a list.
        with Redis.from_url(url) as redis:
            while not any("b" in client["flags"] for client in redis.client_list()):
                assert worker.poll() is None
                time.sleep(0.1)
    first = worker.stderr.readline()
    # As long as several tries take.
    time.sleep(2)
    worker.kill()
    said = first + worker.communicate(timeout=10)[1]

    assert "The queue does not answer" in first
    assert "Traceback" not in said
    assert said.count("\n") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/feeds/hush-hush.atom", "/join/hush-hush/"])
def test_an_address_that_is_a_secret_is_not_in_it(
    address: str, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(raise_request_exception=False)
    client.get(address)
    client.post(address)
    client.get("/feeds/nowhere/")
    assert "/feeds/nowhere/" in caplog.text
    assert "hush" not in caplog.text
