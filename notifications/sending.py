"""The mails whose time has come are sent, of what is unread still.

It is sent outside of a transaction, and forgotten afterwards; a worker that ends in between sends it twice,
with one Message-ID. What is in it is what stands in the room, and is unread, at that moment.
"""

import datetime
import logging
import smtplib

from django.db.models import Q

from accounts.mail_problems import words_about
from live.limits import FixedWindowLimit
from notifications import mails, models, refusals, waiting
from notifications.models import PendingMail
from notifications.preferences import address_of, preferences_of
from notifications.replies import reply_address
from rooms.models import Message

log = logging.getLogger(__name__)

# Such mails for one person in an hour; the others wait.
MAIL_LIMIT = FixedWindowLimit("notification-mails", 12, 3600)
# Mails that are sent in one go of the worker.
AT_ONCE = 500


def send_due(now: datetime.datetime) -> None:
    """Send what is due `now`. Never raises for a mail that cannot be sent."""
    due = PendingMail.objects.filter(due_at__lte=now)
    waiting.hold_back(due, Q(membership__person__mail_preferences__after_minutes=models.AT_ONCE), now)
    due = due.order_by("due_at", "pk")
    for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        if pending := _taken(pk, now):
            _send(pending, now)


def _taken(pk: int, now: datetime.datetime) -> PendingMail | None:
    """The mail, if nobody else has taken it."""
    return waiting.take(PendingMail.objects.all(), pk, now)


def _send(pending: PendingMail, now: datetime.datetime) -> None:
    person = pending.membership.person
    wishes = preferences_of(person)
    if quiet := waiting.quiet_until(person, wishes, now):
        waiting.put_off(pending, quiet)
        return
    to = address_of(person)
    is_wanted = wishes.after_minutes is not None and not wishes.refused and person.is_active
    missed = waiting.missed(pending, wishes) if to and is_wanted else []
    if not missed:
        _forget(pending, now)
    elif not pending.tries and not MAIL_LIMIT.take(person.pk):
        waiting.put_off(pending, now + waiting.WAIT_FOR_LIMIT)
    else:
        _try(pending, missed, to, now)


def _try(pending: PendingMail, missed: list[Message], to: str, now: datetime.datetime) -> None:
    try:
        mails.compose(pending, missed, to, reply_address(pending.membership, missed, now)).send()
    except smtplib.SMTPRecipientsRefused as refused:
        if not refusals.stop_if_refused(pending.membership.person, refused):
            _try_later(pending, refused, now)
    except OSError as error:
        _try_later(pending, error, now)
    else:
        _forget(pending, now)


def _try_later(pending: PendingMail, error: OSError, now: datetime.datetime) -> None:
    """The mail server did not take it: it may later, for a day."""
    if waiting.fail(pending, words_about(error), now):
        log.warning("The mail server did not take a mail, which waits: %s", error)
    else:
        log.error("A mail to %s is given up: %s", pending.membership.person, error)


def _forget(pending: PendingMail, now: datetime.datetime) -> None:
    waiting.forget(pending, now, preferences_of(pending.membership.person).after_minutes or 0)
