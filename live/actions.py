"""The rows of who is connected."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import NamedTuple
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from live import sessions
from live.hub import COME_BACK, RESTARTING
from live.models import (
    GRACE,
    LEASE,
    LOG_KEPT,
    RESTART_GRACE,
    UNLOGGED_KEPT,
    Connection,
    ConnectionQuerySet,
    PresenceRevision,
    Process,
)

# Rows that are closed or deleted in one transaction, and how many such pieces a sweep does: the next one,
# a third of a lease later, goes on.
SWEPT_TOGETHER = 1000
PIECES = 10


def renew_lease(process_id: UUID) -> bool:
    """Let the sockets of this process count for another LEASE; whether they have counted until now.

    They have not the first time, which makes the row of the process, and where it stood still for longer
    than its lease: others may have closed the rows of its sockets by then.
    """
    now = timezone.now()
    until = now + LEASE
    if Process.objects.filter(pk=process_id, lease_until__gt=now).update(lease_until=until):
        return True
    Process.objects.update_or_create(pk=process_id, defaults={"lease_until": until})
    return False


def return_process(process_id: UUID) -> None:
    """Let a process have a row again that others have swept; its next renewal is like its first."""
    Process.objects.get_or_create(pk=process_id, defaults={"lease_until": timezone.now()})


@transaction.atomic
def reopen_connections(process_id: UUID, pks: Collection[int]) -> None:
    """Let sockets count again that others took for abandoned; their process is alive, and has them."""
    Connection.objects.filter(pk__in=pks).change(
        process=process_id, closed_at=None, close_code=None, present_until=None, is_logged=True
    )


@transaction.atomic
def end_lease(process_id: UUID) -> None:
    """The process ends in an orderly way: its sockets count no longer than their grace."""
    close_abandoned(
        Connection.objects.filter(process=process_id, closed_at__isnull=True), timezone.now(), RESTARTING
    )
    Process.objects.filter(pk=process_id).delete()


@transaction.atomic
def open_connections(rows: Iterable[Connection]) -> list[Connection]:
    """Write down sockets that were let in. Two queries, where there are some."""
    opened = list(rows)
    if opened:
        revision = PresenceRevision.advance()
        for row in opened:
            row.revision = revision
    return Connection.objects.bulk_create(opened)


@transaction.atomic
def mark_away(pks: Collection[int], *, is_away: bool) -> None:
    """Write down that nobody looks at the pages of these sockets, or somebody does again."""
    Connection.objects.filter(pk__in=pks).change(is_away=is_away)


class Departure(NamedTuple):
    """A socket that has ended: the number of its row, the key of its session, its close code.

    And whether that is written into the log.
    """

    pk: int
    session_key: str
    code: int
    is_logged: bool = True


@transaction.atomic
def close_connections(departures: Sequence[Departure]) -> list[None]:
    """Write down that sockets ended; few queries, whatever their number.

    A person counts as here for a grace, because most sockets end in a reload; not when they have
    signed out. Whose session was renewed is about to return in the new one.
    """
    now = timezone.now()
    keys = {departure.session_key for departure in departures}
    signed_in = set(Session.objects.filter(pk__in=keys).values_list("pk", flat=True))
    UserSession.objects.filter(session_key__in=signed_in).update(last_seen_at=now)
    alike = defaultdict(list)
    for pk, session_key, code, is_logged in departures:
        grace = RESTART_GRACE if code == RESTARTING else GRACE
        returns = code == COME_BACK or session_key in signed_in
        alike[code, now + grace if returns else now, is_logged].append(pk)
    revision = PresenceRevision.advance()
    for (code, present_until, is_logged), pks in alike.items():
        Connection.objects.filter(pk__in=pks, closed_at__isnull=True).update(
            process=None,
            closed_at=now,
            close_code=code,
            present_until=present_until,
            is_logged=is_logged,
            revision=revision,
        )
    return [None] * len(departures)


@transaction.atomic
def end_grace(session_key: str) -> None:
    """Somebody signed out: what this session has closed no longer counts."""
    now = timezone.now()
    rows = Connection.objects.filter(session=sessions.digest(session_key), present_until__gt=now)
    if rows.exists():
        rows.change(present_until=now)


def close_abandoned(rows: ConnectionQuerySet, now: datetime.datetime, code: int = 1006) -> int:
    """Close the rows that nobody will: their process is gone. In a transaction; how many."""
    return rows.filter(closed_at__isnull=True).change(
        process=None, closed_at=now, close_code=code, present_until=now
    )


def sweep() -> int:
    """Close what dead processes left open, forget those processes and an old log. How many were closed.

    A piece at a time: what thousands of sockets leave is no long transaction.
    """
    now = timezone.now()
    abandoned = Connection.objects.abandoned(now)
    orphaned = Connection.objects.filter(process__isnull=True, closed_at__isnull=True)
    closed = sum(_in_pieces(rows, partial(close_abandoned, now=now)) for rows in (abandoned, orphaned))
    still_open = Connection.objects.filter(process=OuterRef("pk"), closed_at__isnull=True)
    Process.objects.filter(~Exists(still_open), lease_until__lte=now - LEASE).delete()
    _in_pieces(_unlocked(Connection.objects.filter(closed_at__lt=now - LOG_KEPT)), _delete)
    unlogged = Connection.objects.filter(closed_at__lt=now - UNLOGGED_KEPT, is_logged=False)
    _in_pieces(_unlocked(unlogged), _delete)
    return closed


def _in_pieces(rows: ConnectionQuerySet, do: Callable[[ConnectionQuerySet], int]) -> int:
    """Do something with `rows`, so many at a time, each time in a transaction of its own; with how many."""
    done = 0
    for _ in range(PIECES):
        with transaction.atomic():
            piece = list(rows.values_list("pk", flat=True)[:SWEPT_TOGETHER])
            done += do(Connection.objects.filter(pk__in=piece)) if piece else 0
        if len(piece) < SWEPT_TOGETHER:
            break
    return done


def _unlocked(rows: ConnectionQuerySet) -> ConnectionQuerySet:
    """Those of `rows` at which no other process is."""
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True)
    return rows


def _delete(rows: ConnectionQuerySet) -> int:
    return rows.delete()[0]
