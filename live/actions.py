"""The rows of who is connected."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from live import bus, sessions
from live.hub import COME_BACK, RESTARTING
from live.models import GRACE, LEASE, LOG_KEPT, RESTART_GRACE, Connection, ConnectionQuerySet, Process


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


def reopen_connections(process_id: UUID, pks: Collection[int]) -> None:
    """Let sockets count again that others took for abandoned; their process is alive, and has them."""
    rows = Connection.objects.filter(pk__in=pks)
    rows.update(process=process_id, closed_at=None, close_code=None, present_until=None)
    bus.connections_changed(rows.values_list("pk", "session"))


def end_lease(process_id: UUID) -> None:
    """The process ends in an orderly way: its sockets count no longer than their grace."""
    now = timezone.now()
    close_abandoned(Connection.objects.filter(process=process_id, closed_at__isnull=True), now, RESTARTING)
    Process.objects.filter(pk=process_id).delete()


def open_connections(rows: Iterable[Connection]) -> list[Connection]:
    """Write down sockets that were let in."""
    opened = Connection.objects.bulk_create(rows)
    bus.connections_changed((row.pk, row.session) for row in opened)
    return opened


class Departure(NamedTuple):
    """A socket that has ended: the number of its row, the key of its session, its close code."""

    pk: int
    session_key: str
    code: int


@transaction.atomic
def close_connections(departures: Sequence[Departure]) -> list[None]:
    """Write down that sockets ended; few queries, whatever their number.

    A person counts as here for a grace, because most sockets end in a reload; not when they have
    signed out. Whose session was renewed is about to return in the new one.
    """
    now = timezone.now()
    keys = {departure.session_key for departure in departures}
    signed_in = set(Session.objects.filter(pk__in=keys).values_list("pk", flat=True))
    alike = defaultdict(list)
    for pk, session_key, code in departures:
        grace = RESTART_GRACE if code == RESTARTING else GRACE
        returns = code == COME_BACK or session_key in signed_in
        alike[code, now + grace if returns else now].append(pk)
    for (code, present_until), pks in alike.items():
        Connection.objects.filter(pk__in=pks, closed_at__isnull=True).update(
            closed_at=now, close_code=code, present_until=present_until
        )
    rows = [(pk, sessions.digest(session_key)) for pk, session_key, _ in departures]
    transaction.on_commit(partial(bus.connections_changed, rows))
    return [None] * len(departures)


def end_grace(session_key: str) -> None:
    """Somebody signed out: what this session has closed no longer counts."""
    now = timezone.now()
    Connection.objects.filter(session=sessions.digest(session_key), present_until__gt=now).update(
        present_until=now
    )


def close_abandoned(rows: ConnectionQuerySet, now: datetime.datetime, code: int = 1006) -> int:
    """Close the rows that nobody will: their process is gone. How many."""
    return rows.update(closed_at=now, close_code=code, present_until=now)


@transaction.atomic
def sweep() -> int:
    """Close what dead processes left open, forget those processes and an old log. How many were closed."""
    now = timezone.now()
    closed = close_abandoned(Connection.objects.abandoned(now), now)
    closed += close_abandoned(Connection.objects.filter(process__isnull=True, closed_at__isnull=True), now)
    Process.objects.filter(lease_until__lte=now - LEASE).delete()
    Connection.objects.filter(closed_at__lt=now - LOG_KEPT).delete()
    return closed
