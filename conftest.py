"""What every test may ask for: the people that everybody knows, and a client that is one of them."""

import functools
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client

from accounts.models import Person
from hypermedia.cache import rendered
from live import server_process
from tests import migrated

if TYPE_CHECKING:
    from redis import Redis

PASSWORD = "parley-demo"


# What a process does each second it does so often in tests, seconds: they wait for it.
server_process.LOOK_INTERVAL = 0.25


# What a test asks for that has to do with the database.
OF_THE_DATABASE = {"db", "transactional_db", "django_db_setup"}
# Where a test that asks for none of it is about text alone, or about a folder of its own with SQLite in it:
# others may be about the cache, which is Redis.
OF_TEXT = (
    "accounts/tests/test_plain_text.py",
    "hypermedia/",
    "live/tests/test_origin.py",
    "rooms/",
    *(
        f"tests/test_{name}.py"
        for name in ("decisions", "deploying", "logs", "private_files", "processes", "readme", "styles")
    ),
)
# What asks for the database, and has the same answer on any: it compares the code with a page of docs, speaks
# HTTP in bytes, escapes texts, reads what a page says, or looks behind links in a process of its own.
OF_ANY_DATABASE = (
    "integrations/tests/test_calendars.py::test_one_that_is_none",
    "rooms/tests/test_file_names.py",
    "rooms/tests/test_hostile_texts.py",
    "rooms/tests/test_htmx_attributes.py",
    "rooms/tests/test_previews.py::test_this_machine",
    "rooms/tests/test_previews.py::test_no_more_than_three",
    "rooms/tests/test_previews.py::test_what_is_packed",
    "rooms/tests/test_previews.py::test_what_takes_long",
    "rooms/tests/test_previews.py::test_what_trickles",
    "tests/test_answer_headers.py",
    "tests/test_checks.py",
    "tests/test_compression.py",
    "tests/test_http_protocol.py",
    "tests/test_permissions.py",
    "tests/test_permissions_of_programs.py",
    "tests/test_permissions_of_sockets.py",
    "tests/test_providers.py",
    "tests/test_static_files.py",
    "tests/test_untranslated.py",
)
# What stores and finds a few rows by Django's own queries, as hundreds of others do on each database, and is
# about something else: who an identity provider says somebody is, what passwords are made into, which names
# look alike (compared as text), what a page, a form or a mail says and in which language, and how many
# queries there are (the code asks the same ones anywhere; the search has a count of its own). What of it
# opens a socket or commits is tried on both all the same.
OF_PAGES = (
    "accounts/tests/test_appearance.py",
    "accounts/tests/test_hashing.py",
    "accounts/tests/test_languages.py",
    "accounts/tests/test_lookalikes.py::test_a_display_name",
    "accounts/tests/test_lookalikes.py::test_a_username",
    "accounts/tests/test_lookalikes.py::test_an_office",
    "accounts/tests/test_lookalikes.py::test_of_any_script",
    "accounts/tests/test_lookalikes.py::test_other_names",
    "accounts/tests/test_mails.py",
    "accounts/tests/test_oidc.py",
    "accounts/tests/test_pages.py",
    "accounts/tests/test_picture.py",
    "administration/tests/test_community.py",
    "administration/tests/test_mail.py",
    "notifications/tests/test_mails.py",
    "notifications/tests/test_way_pages.py",
    "rooms/tests/test_beside.py",
    "rooms/tests/test_formats.py",
    "rooms/tests/test_large_house.py",
    "rooms/tests/test_picture.py",
    "rooms/tests/test_query_counts.py",
    "tests/test_s3.py",
)
# But of those, what is too long, has a NUL in it, or is told from another by a letter's case: databases
# differ in what they say to that, whoever else is to refuse it before.
OF_LIMITS = (
    "accounts/tests/test_oidc.py::test_an_id_token_that_says_what_it_may_not",
    "accounts/tests/test_oidc.py::test_the_username_is_made",
    "accounts/tests/test_picture.py::test_nothing_that_is_none",
    "notifications/tests/test_way_pages.py::test_what_cannot_be",
    "rooms/tests/test_beside.py::test_beside_no_room",
)
OF_SOCKETS = {"sockets", "transactional_db"}


def concerns_the_database(item: pytest.Item) -> bool:
    """Whether a test may have another outcome on another database, or another cache."""
    asked, marker = set(getattr(item, "fixturenames", ())), item.get_closest_marker("django_db")
    if item.nodeid.startswith(OF_ANY_DATABASE):
        return False
    if item.nodeid.startswith(OF_PAGES) and not item.nodeid.startswith(OF_LIMITS):
        return bool(OF_SOCKETS & asked or (marker and marker.kwargs.get("transaction")))
    return not item.nodeid.startswith(OF_TEXT) or bool(OF_THE_DATABASE & asked or marker)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On another database, do not run again what that does not concern: bin/test has done so before."""
    if "TEST_DATABASE_URL" not in os.environ:
        return
    again = [item for item in items if concerns_the_database(item)]
    chosen = set(again)
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = again


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """On SQLite, begin with a copy of a database that is migrated: Django takes what it finds there."""
    if connection.vendor != "sqlite":
        return False
    migrated.copy_to(Path(connection.settings_dict["TEST"]["NAME"]))
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Let tests that commit clean up quickly, and let go of the database in the end."""
    # After each of them Django would write the same permissions anew, which no test asks for.
    post_migrate.receivers.clear()
    if connection.vendor == "postgresql":
        connection.ops.sql_flush = delete_all  # type: ignore[method-assign]
    # Which tables there are costs more to ask than to empty them.
    with django_db_blocker.unblock():
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    connection.introspection.django_table_names = lambda **_: tables  # type: ignore[method-assign]
    yield
    # PostgreSQL keeps a database to which threads of the application still hold connections.
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def delete_all(style: object, tables: Iterable[str], **how: bool) -> list[str]:
    """Statements that empty `tables`: where there is little in them, a tenth of the time of TRUNCATE.

    In any order: Django's foreign keys are checked at the end of the transaction. All in one text, since what
    takes the time is to send each.
    """
    return ["; ".join(f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables)]


@pytest.fixture
def person(db) -> Callable[..., Person]:
    """Create somebody: `person("dora", display_name="Dora")`."""

    def create(username: str, **fields) -> Person:
        return get_user_model().objects.create_user(username, password=PASSWORD, **fields)

    return create


@pytest.fixture
def alice(person) -> Person:
    return person("alice")


@pytest.fixture
def bob(person) -> Person:
    return person("bob")


@pytest.fixture
def charlie(person) -> Person:
    return person("charlie")


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """A client signed in as somebody: `client_of(alice).get("/rooms/")`; its keywords are Client's."""

    def sign_in(who: Person, **options) -> Client:
        client = Client(**options)
        client.force_login(who)
        return client

    return sign_in


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """Let no test see what another has kept: its failed sign-ins, its pages of other people and rooms."""
    yield
    rendered.clear()
    # A test that commits empties their table behind itself.
    ContentType.objects.clear_cache()
    if settings.REDIS_URL:
        forget(settings.REDIS_PREFIX)
    else:
        cache.clear()


@functools.cache
def redis_of_tests() -> "Redis":
    """The Redis of this run, at one connection."""
    from redis import Redis

    return Redis.from_url(settings.REDIS_URL)


def forget(prefix: str) -> None:
    """Delete what this run has in Redis, and nothing of anybody else's."""
    redis = redis_of_tests()
    if keys := list(redis.scan_iter(f"*{prefix}*", count=1000)):
        redis.unlink(*keys)
