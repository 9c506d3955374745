"""The rows of who is connected."""

import datetime
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from live import sessions
from live.hub import RESTARTING
from live.models import GRACE, LEASE, LOG_KEPT, RESTART_GRACE, Connection, ConnectionQuerySet, Process


def renew_lease(process_id: UUID) -> None:
    """Let the sockets of this process count for another LEASE. Makes its row the first time."""
    Process.objects.update_or_create(pk=process_id, defaults={"lease_until": timezone.now() + LEASE})


def end_lease(process_id: UUID) -> None:
    """The process ends in an orderly way: its sockets count no longer than their grace."""
    now = timezone.now()
    close_abandoned(Connection.objects.filter(process=process_id, closed_at__isnull=True), now, RESTARTING)
    Process.objects.filter(pk=process_id).delete()


def open_connection(process_id: UUID, person_id: int, session_key: str, place: str) -> tuple[int, bool]:
    """Write down a socket that was accepted: its number, and whether its session is still there.

    Who signs out between the handshake and here told nobody who could have closed this socket.
    """
    row = Connection.objects.create(
        process_id=process_id, person_id=person_id, session=sessions.digest(session_key), place=place
    )
    return row.pk, Session.objects.filter(session_key=session_key).exists()


def close_connection(pk: int, session_key: str, code: int) -> Connection | None:
    """Write down that a socket ended with `code`.

    The person counts as here for a grace, because most sockets end in a reload; not when they
    have signed out.
    """
    now = timezone.now()
    signed_in = Session.objects.filter(session_key=session_key).exists()
    grace = RESTART_GRACE if code == RESTARTING else GRACE
    Connection.objects.filter(pk=pk, closed_at__isnull=True).update(
        closed_at=now, close_code=code, present_until=now + grace if signed_in else now
    )
    return Connection.objects.filter(pk=pk).first()


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
