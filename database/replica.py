"""A copy of the database that is a moment behind (DATABASE_REPLICA_URL), for what may be read there.

Nothing is read there by itself: `from_replica` says what is, and whoever calls it knows why that may be.
Where the copy is away, or too far behind, the same is read from the database itself.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import Any

from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
    transaction,
)

logger = logging.getLogger(__name__)

REPLICA = "replica"
# Seconds. A standby that keeps up is typically less than one behind:
# https://www.postgresql.org/docs/15/warm-standby.html#STREAMING-REPLICATION
MOST_BEHIND = 2.0
# Seconds for which it is believed to be as it was; and after which one that was away is asked again.
FRESH, AGAIN_AFTER = 1.0, 10.0
# Seconds for a look at it, after which nobody else waits for one.
PATIENCE = 2.0
# Threads that may read there at once, of the eight that answer requests (site_config/handler.py): one that no
# longer answers keeps no more than these.
AT_ONCE = 4

# It has all that was written down here, or applied last what was committed so many seconds ago.
# NULL where it is no replica.
SECONDS_BEHIND = """
SELECT CASE WHEN NOT pg_is_in_recovery() THEN NULL WHEN pg_last_wal_replay_lsn() >= %s::pg_lsn THEN 0
ELSE COALESCE(EXTRACT(EPOCH FROM now() - pg_last_xact_replay_timestamp())::float, 'infinity') END"""

_current: ContextVar[str] = ContextVar("current_database", default=DEFAULT_DB_ALIAS)


class Router:
    """Which database Django's queries are for (DATABASE_ROUTERS)."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """The one that is being read from: whatever an object came from, it is followed there alone."""
        return _current.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Never the replica."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """They are one database."""
        return True

    def allow_migrate(self, database: str, app_label: str, **hints: Any) -> bool:
        """What is migrated here is there by itself."""
        return database != REPLICA


class Replica:
    """What this process knows of the replica. Called from any thread."""

    def __init__(self) -> None:
        # Why it is not read, or an empty text.
        self.why_not = "it was not asked yet"
        self._was_said = False
        self._is_away = False
        self._asked_at = float("-inf")
        self._looking = Lock()
        self._places = BoundedSemaphore(AT_ONCE)

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Whether it may be read meanwhile: it is there, and not too far behind, and few others do."""
        if not self._is_fit() or not self._places.acquire(blocking=False):
            yield False
            return
        try:
            yield True
        finally:
            self._places.release()

    def _is_fit(self) -> bool:
        """Whoever comes first after a while looks; the others go by what was known before."""
        age = monotonic() - self._asked_at
        if age > (AGAIN_AFTER if self._is_away else FRESH) and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
            return not self.why_not
        # Somebody looks, and has no answer.
        return not self.why_not and age < FRESH + PATIENCE

    def _look(self) -> None:
        try:
            seconds = seconds_behind()
        except DatabaseError as error:
            self.failed(error)
            return
        if seconds is None:
            self._note("it is none, but a database of its own")
        elif seconds > MOST_BEHIND:
            self._note(f"it is {seconds:.0f} s behind")
        else:
            self._note("")

    def failed(self, error: BaseException) -> None:
        """It did not answer: for a while nobody tries."""
        lines = str(error).strip().splitlines()
        self._note(f"it does not answer: {lines[0] if lines else type(error).__name__}", is_away=True)

    def _note(self, why_not: str, *, is_away: bool = False) -> None:
        """Say in the log what was so twice: to one that is idle a record may just be on its way."""
        if why_not and self.why_not and not self._was_said:
            logger.warning("The replica of the database is not read: %s", why_not)
            self._was_said = True
        elif not why_not and self._was_said:
            logger.warning("The replica of the database is read again")
            self._was_said = False
        self.why_not, self._is_away, self._asked_at = why_not, is_away, monotonic()


replica = Replica()


def has_replica() -> bool:
    """Whether there is one at all."""
    return REPLICA in connections.settings


def seconds_behind() -> float | None:
    """How far it is behind; None where it is no replica. A query of each. Raises DatabaseError."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn()")
        (written,) = cursor.fetchone()
    with connections[REPLICA].cursor() as cursor:
        cursor.execute(SECONDS_BEHIND, [written])
        (seconds,) = cursor.fetchone()
    return seconds


def trouble() -> str:
    """Why the replica is not read, or an empty text; for a thread of its own, which keeps no connection."""
    try:
        with replica.place():
            return replica.why_not
    finally:
        connections.close_all()


def from_replica[Result](
    read: Callable[[], Result],
    *,
    alike: Callable[[], object] | None = None,
    confirm: Callable[[Result], Result] | None = None,
) -> Result:
    """What `read` gives, which asks by querysets: from the replica where that may be, else from the database.

    With `alike` only where that gives the same in both. What came from the replica goes through `confirm`,
    which asks the database.
    """
    if has_replica():
        with replica.place() as is_fit:
            if is_fit and (found := _read_there(read, alike)):
                return confirm(found[0]) if confirm else found[0]
    return read()


def _read_there[Result](
    read: Callable[[], Result], alike: Callable[[], object] | None
) -> tuple[Result] | None:
    """What `read` gives there; None where it cannot be had, or is not as it is here."""
    here = alike() if alike else None
    try:
        # In one transaction, so of one server, whatever is between.
        with _reading_there(), transaction.atomic(using=REPLICA):
            if alike and alike() != here:
                return None
            return (read(),)
    except (OperationalError, InterfaceError) as error:
        replica.failed(error)
        return None


@contextmanager
def _reading_there() -> Iterator[None]:
    token = _current.set(REPLICA)
    try:
        yield
    finally:
        _current.reset(token)
