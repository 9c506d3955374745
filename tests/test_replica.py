"""DATABASE_REPLICA_URL: searches and history are read from a standby that streams; rights never are."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections, router
from django.test.utils import CaptureQueriesContext

from database import replica
from database.replica import REPLICA, Replica, Router
from live.server_process import ServerProcess
from rooms import access
from rooms.actions.members import put_in, remove_member
from rooms.actions.messages_delete import remove_message
from rooms.models import Message
from rooms.tests.saying import closed_room, say
from rooms.tests.test_history import said_at_once
from rooms.tests.test_search import found_by, texts
from site_config import health
from tests.services import standby_of
from tests.test_health import ask

# Longer than a standby takes.
PATIENCE = 20

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", REPLICA]),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no replicas"),
]


class Standby:
    """A replica of the database of the tests, and what is done to it."""

    def __init__(self, folder: Path) -> None:
        self.server = psycopg.connect(host=str(folder), user="postgres", autocommit=True)

    def stands_still(self) -> None:
        """It applies nothing any longer."""
        self.server.execute("SELECT pg_wal_replay_pause()")
        self.wait_until("SELECT pg_get_wal_replay_pause_state() = 'paused'")

    def goes_on(self) -> None:
        """It applies what has come meanwhile."""
        self.server.execute("SELECT pg_wal_replay_resume()")

    def catches_up(self) -> None:
        """It has all that is here."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_flush_lsn()::text")
            (written,) = cursor.fetchone()
        self.wait_until(f"SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn")

    def wait_until(self, question: str) -> None:
        """Return once the answer is yes."""
        deadline = time.monotonic() + PATIENCE
        while self.server.execute(question).fetchone() != (True,):
            assert time.monotonic() < deadline, question
            time.sleep(0.01)


@pytest.fixture(scope="module", autouse=True)
def standby(django_db_setup, django_db_blocker) -> Iterator[Standby]:
    """One for all of these tests: of the whole cluster, as it is now."""
    primary = Path(connection.settings_dict["HOST"] or "/")
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_wal_senders')::int")
        if cursor.fetchone()[0] < 2 or not primary.is_dir():
            pytest.skip("This PostgreSQL is not one that the tests started")
    with standby_of(primary) as folder:
        made = Standby(folder)
        settings = connection.settings_dict | {"HOST": str(folder), "OPTIONS": {"connect_timeout": 2}}
        connections.settings[REPLICA] = settings | {"TEST": settings["TEST"] | {"MIRROR": "default"}}
        yield made
        made.server.close()
        del connections.settings[REPLICA]


@pytest.fixture
def copy(standby: Standby, monkeypatch) -> Iterator[Standby]:
    """It, read as the setting has it, and nothing known of it yet."""
    # As in life: what is committed is written down (tests/services.py says otherwise).
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    monkeypatch.setattr(router, "routers", [Router()])
    monkeypatch.setattr(replica, "replica", Replica())
    monkeypatch.setattr(replica, "FRESH", 0)
    yield standby
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit")
    standby.goes_on()
    connections[REPLICA].close()


@pytest.fixture
def asked_there(copy: Standby) -> Callable[[Callable[[], object]], list[str]]:
    """The queries that the replica gets while something is done, but for a look at it."""

    def queries(do: Callable[[], object]) -> list[str]:
        with CaptureQueriesContext(connections[REPLICA]) as captured:
            do()
        return [query["sql"] for query in captured if "rooms_message" in query["sql"]]

    return queries


def test_a_search_asks_the_index_there_and_reads_here(copy, asked_there, alice, client_of):
    say(alice, "general", "The garden gate")
    copy.catches_up()
    client = client_of(alice)

    asked = asked_there(lambda: client.get("/search/", {"q": "garden"}))

    assert len([sql for sql in asked if "words @@" in sql]) == 1
    assert texts(client, "garden") == ["The garden gate"]


def test_history_is_read_there(copy, asked_there, alice, client_of):
    ids = said_at_once(alice, 60)
    copy.catches_up()
    client = client_of(alice)

    for place in ({}, {"before": ids[55]}, {"after": ids[1]}, {"around": ids[30]}):
        found: list[str] = []
        assert asked_there(lambda place=place, found=found: found.append(history(client, **place)))
        assert "number 40" in found[0]
    # A room itself is read here.
    assert not asked_there(lambda: client.get("/rooms/general/"))
    assert not asked_there(lambda: client.get("/rooms/general/", {"before": ids[30]}))


def history(client, **place: object) -> str:
    return client.get("/rooms/general/history/", place).content.decode()


def test_who_was_removed_finds_nothing_by_one_that_has_not_heard(copy, asked_there, alice, bob, client_of):
    put_in(closed_room(alice), [bob])
    say(alice, "board", "a secret garden")
    copy.catches_up()
    client = client_of(bob)
    assert len(found_by(client, "garden")) == 1
    copy.stands_still()

    remove_member(*access.member(alice.pk, "board", "bob"))

    assert asked_there(lambda: client.get("/search/", {"q": "garden"}))
    assert found_by(client, "garden") == []
    assert client.get("/rooms/board/history/").status_code == 404


def test_what_it_has_not_heard_is_so_all_the_same(copy, asked_there, alice, client_of):
    say(alice, "general", "an old garden")
    copy.catches_up()
    copy.stands_still()
    client = client_of(alice)

    remove_message(Message.objects.get(body="an old garden"))
    say(alice, "general", "a new hedge")

    assert found_by(client, "garden") == []
    assert not asked_there(lambda: client.get("/rooms/general/history/"))
    assert "a new hedge" in history(client)
    copy.goes_on()
    copy.catches_up()
    assert asked_there(lambda: client.get("/rooms/general/history/"))


def test_one_that_is_far_behind_is_not_asked(copy, asked_there, alice, client_of, monkeypatch, caplog):
    client = client_of(alice)
    say(alice, "general", "before")
    copy.catches_up()
    copy.stands_still()
    monkeypatch.setattr(replica, "MOST_BEHIND", 0)
    say(alice, "general", "a garden meanwhile")

    assert not asked_there(lambda: client.get("/search/", {"q": "garden"}))
    assert texts(client, "garden") == ["a garden meanwhile"]
    assert "is not read: it is" in caplog.text
    copy.goes_on()
    copy.catches_up()
    # Others write into the same cluster meanwhile, of which it has heard a moment later.
    monkeypatch.setattr(replica, "MOST_BEHIND", PATIENCE)
    assert asked_there(lambda: client.get("/search/", {"q": "garden"}))
    assert "is read again" in caplog.text


def test_one_that_is_away_is_not_missed(copy, alice, client_of, monkeypatch, caplog):
    say(alice, "general", "a garden")
    connections[REPLICA].close()
    monkeypatch.setitem(connections[REPLICA].settings_dict, "HOST", "/nowhere")

    assert texts(client_of(alice), "garden") == ["a garden"]
    assert "a garden" in history(client_of(alice))
    assert "is not read: it does not answer" in caplog.text
    assert replica.replica.why_not


async def test_a_probe_names_it_and_sends_nobody_elsewhere(copy, sockets, monkeypatch):
    monkeypatch.setattr(health, "FRESH", 0)
    await ServerProcess.current().started()
    assert await answered("Ready.\n") == 200

    monkeypatch.setitem(connections.settings[REPLICA], "HOST", "/nowhere")

    said = "Ready.\nThe replica of the database is not read: it is away, or behind.\n"
    assert await answered(said) == 200


async def answered(said: str) -> int:
    """Ask the probe until it says so: on a busy machine a database may take longer than it waits for it."""
    for _ in range(40):
        status, text = await ask("/readyz")
        if text == said:
            return status
        await asyncio.sleep(0.25)
    raise AssertionError(f"{said!r} was not said, but {text!r}")


def test_one_whose_line_breaks_is_not_missed(copy, alice, client_of):
    say(alice, "general", "a garden")
    copy.catches_up()
    client = client_of(alice)
    assert texts(client, "garden") == ["a garden"]
    copy.server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test%'")

    assert texts(client, "garden") == ["a garden"]


def test_a_database_of_its_own_is_no_replica(copy, alice, client_of, monkeypatch):
    connections[REPLICA].close()
    here = connection.settings_dict["HOST"]
    monkeypatch.setitem(connections[REPLICA].settings_dict, "HOST", here)
    say(alice, "general", "a garden")

    assert texts(client_of(alice), "garden") == ["a garden"]
    assert replica.replica.why_not == "it is none, but a database of its own"
    connections[REPLICA].close()
