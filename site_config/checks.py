"""What has to be so before Parley starts: Django's system checks, and what a server looks at itself.

`manage.py check --database default` (and `migrate`, before anything else) asks the database,
Redis and the bucket of files; a server process does when it starts, because no server runs Django's checks.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from redis import Redis, RedisError

from live.circuit import short_reason
from live.shared_frames import version_trouble

# Seconds that the database and Redis get to answer.
PATIENCE = 5


# -- Several workers ---------------------------------------------------------------------


def several_workers() -> str:
    """What is wrong about several processes under one server without Redis, or an empty text."""
    count = workers(sys.argv, os.environ)
    if count < 2 or settings.REDIS_URL:
        return ""
    return (
        f"{count} workers need Redis, or people in one would not see what happens in another:"
        " set REDIS_URL, or start one worker."
    )


def workers(words: Sequence[str], environment: Any) -> int:
    """How many processes the server that these words start will have."""
    if is_server(words[0]):
        for word, following in zip(words, [*words[1:], ""], strict=True):
            name, _, value = word.partition("=")
            if name in ("--workers", "-w"):
                return number(value or following)
    return number(environment.get("UVICORN_WORKERS") or environment.get("WEB_CONCURRENCY", ""))


def is_server(command: str) -> bool:
    """Whether a command, as a process knows it, starts uvicorn, or gunicorn with it."""
    return Path(command).name.startswith(("uvicorn", "gunicorn")) or "uvicorn" in Path(command).parts


def proxy_headers_trouble() -> str:
    """Why the address of who asks can be forged, or an empty text.

    uvicorn believes X-Forwarded-For by itself, of whoever is on this machine; our protocols undo that.
    """
    words = sys.argv
    if (
        not is_server(words[0])
        or "--no-proxy-headers" in words
        or any("BoundedRequests" in word for word in words)
    ):
        return ""
    return (
        "uvicorn believes X-Forwarded-For whatever TRUSTED_PROXIES says: start it with --no-proxy-headers,"
        " as the Procfile does."
    )


def number(text: str) -> int:
    """The number that a text is, or 1: what it is otherwise, the server says itself."""
    return int(text) if text.isascii() and text.isdigit() else 1


# -- What has to answer ------------------------------------------------------------------


def database_trouble() -> str:
    """Why the database cannot be used, or an empty text."""
    asked = fresh()
    try:
        asked.ensure_connection()
    except DatabaseError as error:
        return f"The database {database_place()} does not answer: {short_reason(error)}."
    finally:
        asked.close()
    return ""


def migrations_trouble() -> str:
    """What the database is behind with, or an empty text. For a database that answers."""
    asked = fresh()
    try:
        executor = MigrationExecutor(asked)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    finally:
        asked.close()
    behind = "1 migration" if missing == 1 else f"{missing} migrations"
    return f"The database is {behind} behind this code. Type: python manage.py migrate" if missing else ""


def redis_trouble() -> str:
    """Why Redis cannot be used, or an empty text."""
    if not settings.REDIS_URL:
        return ""
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
        ) as redis:
            redis.ping()
    except (RedisError, OSError, ValueError) as error:
        return f"Redis at {redis_place()} does not answer: {short_reason(error)}."
    return ""


def files_trouble() -> str:
    """Why the bucket of FILES_URL cannot be used, or an empty text."""
    ask = getattr(default_storage, "trouble", None)
    return ask() if ask else ""


def fresh() -> BaseDatabaseWrapper:
    """A connection of its own, which does not wait for a pool to find that there is nobody."""
    copy = connection.copy()
    if copy.vendor == "postgresql":
        options = copy.settings_dict["OPTIONS"]
        options.pop("pool", None)
        options.setdefault("connect_timeout", PATIENCE)
    return copy


def database_place() -> str:
    """Where the database is; never its password."""
    place = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(place["NAME"])
    port = f":{place['PORT']}" if place.get("PORT") else ""
    return f"{place['NAME']} at {place.get('HOST') or 'this machine'}{port}"


def redis_place() -> str:
    """Where Redis is; never its password."""
    place = urlsplit(settings.REDIS_URL)
    return f"{place.hostname or ''}{f':{place.port}' if place.port else ''}{place.path}"


# -- When a server starts ----------------------------------------------------------------


def troubles() -> list[str]:
    """Everything that a starting server should say: it starts all the same, and asks again by itself."""
    said = [
        database_trouble(), redis_trouble(), files_trouble(), version_trouble(), proxy_headers_trouble(),
    ]  # fmt: skip
    if not said[0]:
        said.append(migrations_trouble())
    return [sentence for sentence in said if sentence]


# -- As Django's checks ------------------------------------------------------------------


@register()
def check_workers(**kwargs: Any) -> list[Error]:
    """Several workers have Redis."""
    return errors("parley.E001", several_workers)


@register()
def check_uvicorn(**kwargs: Any) -> list[Warning]:
    """Frames go the fast way."""
    return [Warning(sentence, id="parley.W001") for sentence in [version_trouble()] if sentence]


@register(Tags.database)
def check_services(databases: Any = None, **kwargs: Any) -> list[Error]:
    """The database, Redis and the bucket answer. Only where Django's own checks may ask the database."""
    if not databases:
        return []
    return (
        errors("parley.E002", database_trouble)
        + errors("parley.E003", redis_trouble)
        + errors("parley.E004", files_trouble)
    )


def errors(number: str, *troubles: Callable[[], str]) -> list[Error]:
    """The sentences that there are, as Django's checks have them."""
    return [Error(sentence, id=number) for trouble in troubles if (sentence := trouble())]
