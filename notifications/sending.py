"""The mails whose time has come are sent, of what is unread still.

A mail is taken by putting its time off for as long as LEASE: what a worker took that ended comes up again.
It is sent outside of a transaction, and forgotten afterwards; a worker that ends in between sends it twice,
with one Message-ID. What is in it is what stands in the room, and is unread, at that moment.
"""

import datetime
import logging
import smtplib

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Block
from live.limits import FixedWindowLimit
from notifications import mails
from notifications.models import PendingMail
from notifications.preferences import address_of, preferences_of, stop_refused
from notifications.quiet import end_of_quiet
from rooms.models import Mention, Message
from rooms.models.values import DIRECT

log = logging.getLogger(__name__)

# Longer than a mail server may take for one mail.
LEASE = datetime.timedelta(minutes=5)
# Until a mail server is asked again, by how often it has failed; and when nobody asks any more.
PAUSES = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
GIVE_UP = datetime.timedelta(days=1)
# Such mails for one person in an hour; the others wait.
MAIL_LIMIT = FixedWindowLimit("notification-mails", 12, 3600)
WAIT_FOR_LIMIT = datetime.timedelta(minutes=10)
# Mails that are sent in one go of the worker.
AT_ONCE = 500


def send_due(now: datetime.datetime) -> None:
    """Send what is due `now`. Never raises for a mail that cannot be sent."""
    due = PendingMail.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        if pending := _taken(pk, now):
            _send(pending, now)


def _taken(pk: int, now: datetime.datetime) -> PendingMail | None:
    """The mail, if nobody else has taken it."""
    mine = PendingMail.objects.filter(pk=pk, due_at__lte=now)
    if not mine.update(due_at=now + LEASE):
        return None
    with_room = PendingMail.objects.select_related("membership__room", "membership__person")
    return with_room.filter(pk=pk).first()


def _send(pending: PendingMail, now: datetime.datetime) -> None:
    person = pending.membership.person
    wishes = preferences_of(person)
    zone = person.zone or timezone.get_default_timezone()
    if quiet := end_of_quiet(now, zone, wishes.quiet_from, wishes.quiet_until):
        _put_off(pending, quiet)
        return
    to = address_of(person)
    is_wanted = wishes.after_minutes is not None and not wishes.refused and person.is_active
    missed = _missed(pending) if to and is_wanted else []
    if not missed:
        _forget(pending, now)
    elif not pending.tries and not MAIL_LIMIT.take(person.pk):
        _put_off(pending, now + WAIT_FOR_LIMIT)
    else:
        _try(pending, missed, to, now)


def _missed(pending: PendingMail) -> list[Message]:
    """What is unread of it, and stands, oldest first."""
    membership = pending.membership
    there = Message.objects.undeleted().select_related("author", "room").order_by("number")
    there = there.filter(
        room=membership.room, number__gt=membership.read, number__gte=pending.first, number__lte=pending.last
    )
    there = there.exclude(author=membership.person)
    there = there.exclude(author__in=Block.objects.blocked_by(membership.person))
    if membership.room.kind != DIRECT:
        named = Mention.objects.filter(message=OuterRef("pk"), person=membership.person)
        there = there.filter(Q(Exists(named)) | Q(calls=Message.Calls.ROOM))
    return list(there)


def _try(pending: PendingMail, missed: list[Message], to: str, now: datetime.datetime) -> None:
    try:
        mails.compose(pending, missed, to).send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()), (0, b""))
        if code < 500:
            _try_later(pending, refused, now)
            return
        reason = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
        stop_refused(pending.membership.person, f"{code} {reason}")
        PendingMail.objects.filter(membership__person=pending.membership.person).delete()
    except OSError as error:
        _try_later(pending, error, now)
    else:
        _forget(pending, now)


def _try_later(pending: PendingMail, error: OSError, now: datetime.datetime) -> None:
    """The mail server did not take it: it may later, for a day."""
    since = pending.failing_since or now
    if now - since >= GIVE_UP:
        log.error("A mail to %s is given up: %s", pending.membership.person, error)
        pending.delete()
        return
    log.warning("The mail server did not take a mail, which waits: %s", error)
    pause = PAUSES[min(pending.tries, len(PAUSES) - 1)]
    PendingMail.objects.filter(pk=pending.pk).update(
        due_at=now + pause, failing_since=since, tries=pending.tries + 1, problem=str(error)[:1000]
    )


def _put_off(pending: PendingMail, until: datetime.datetime) -> None:
    PendingMail.objects.filter(pk=pending.pk).update(due_at=until)


def _forget(pending: PendingMail, now: datetime.datetime) -> None:
    """It is done; what was said since is another mail, as long after as this one was."""
    mine = PendingMail.objects.filter(pk=pending.pk)
    if mine.filter(last=pending.last).delete()[0]:
        return
    wait = datetime.timedelta(minutes=preferences_of(pending.membership.person).after_minutes or 0)
    mine.update(first=pending.last + 1, due_at=now + wait, failing_since=None, tries=0, problem="")
