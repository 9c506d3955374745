"""Reminders that are due reach people who do not look: by mail and the other ways, as they chose for these.

They are noted in the transaction in which a reminder rings, wait for the minutes that somebody gave, and for
the end of quiet hours; what was seen, done or put off meanwhile is not told.
"""

import datetime
import logging
import smtplib
from time import monotonic
from typing import Any

from django.db.models import QuerySet

from live.limits import FixedWindowLimit
from notifications import mails, messengers, refusals, waiting
from notifications.delivering import WAY_LIMIT
from notifications.models import ReminderDelivery, ReminderMail, Waiting, Way
from notifications.posting import post
from notifications.preferences import address_of, preferences_of
from rooms.models import Reminder

log = logging.getLogger(__name__)

# Such mails for one person in an hour; the others wait.
REMINDER_LIMIT = FixedWindowLimit("reminder-mails", 30, 3600)
# Those of each kind in one go of the worker, and the seconds after which servers elsewhere wait.
AT_ONCE = 200
PATIENCE = 20.0


def note(reminder: Reminder, **kwargs: Any) -> None:
    """Let a mail, and each other way, wait for a reminder that rings. In its transaction; four queries."""
    person, rung_at = reminder.person, reminder.rung_at
    wishes = preferences_of(person)
    if rung_at is None or not person.is_active:
        return
    if wishes.after_minutes is not None and not wishes.refused and address_of(person):
        due_at = rung_at + datetime.timedelta(minutes=wishes.after_minutes)
        ReminderMail.objects.update_or_create(
            reminder=reminder, defaults={"due_at": due_at, "tries": 0, "failing_since": None}
        )
    for way in Way.objects.filter(person=person, refused=""):
        due_at = rung_at + datetime.timedelta(minutes=way.after_minutes)
        ReminderDelivery.objects.update_or_create(
            reminder=reminder, way=way, defaults={"due_at": due_at, "tries": 0, "failing_since": None}
        )


def send_due_mails(now: datetime.datetime) -> None:
    """Send the mails that are due `now`. Never raises for one that cannot be sent."""
    for pk in _due(ReminderMail.objects.all(), now):
        mail = _taken(ReminderMail.objects.select_related("reminder__person"), pk, now)
        if mail is not None:
            _send(mail, now)


def send_due_deliveries(now: datetime.datetime) -> None:
    """Post what is due `now` by the other ways, for as long as PATIENCE. Never raises."""
    begun = monotonic()
    for pk in _due(ReminderDelivery.objects.all(), now):
        if monotonic() - begun > PATIENCE:
            break
        delivery = _taken(ReminderDelivery.objects.select_related("reminder__person", "way"), pk, now)
        if delivery is not None:
            _deliver(delivery, now)


def _due(of: QuerySet, now: datetime.datetime) -> list[int]:
    return list(of.filter(due_at__lte=now).order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE])


def _taken[Kind: (ReminderMail, ReminderDelivery)](
    of: QuerySet[Kind], pk: int, now: datetime.datetime
) -> Kind | None:
    """The one with that number, where nobody else has taken it and it is to be told now."""
    if not waiting.claim(of, pk, now):
        return None
    found = of.filter(pk=pk).first()
    if found is None:
        return None
    reminder = found.reminder
    if reminder.rung_at is None or reminder.seen_at is not None or not reminder.person.is_active:
        found.delete()
        return None
    if quiet := waiting.quiet_until(reminder.person, preferences_of(reminder.person), now):
        waiting.put_off(found, quiet)
        return None
    return found


def _send(mail: ReminderMail, now: datetime.datetime) -> None:
    person = mail.reminder.person
    wishes, to = preferences_of(person), address_of(person)
    if not to or wishes.after_minutes is None or wishes.refused:
        mail.delete()
        return
    if not mail.tries and not REMINDER_LIMIT.take(person.pk):
        waiting.put_off(mail, now + waiting.WAIT_FOR_LIMIT)
        return
    try:
        mails.compose_reminder(mail, to).send()
    except smtplib.SMTPRecipientsRefused as refused:
        if refusals.stop_if_refused(person, refused):
            mail.delete()
        else:
            _try_later(mail, str(refused), now)
    except OSError as error:
        _try_later(mail, str(error), now)
    else:
        mail.delete()


def _deliver(delivery: ReminderDelivery, now: datetime.datetime) -> None:
    way = delivery.way
    if way.refused:
        delivery.delete()
        return
    if not delivery.tries and not WAY_LIMIT.take(way.pk):
        waiting.put_off(delivery, now + waiting.WAIT_FOR_LIMIT)
        return
    answer = post(messengers.reminder_request(delivery, now))
    if answer.is_taken:
        delivery.delete()
    elif answer.is_gone:
        Way.objects.filter(pk=way.pk).update(refused=answer.words)
        delivery.delete()
    else:
        _try_later(delivery, answer.words, now)


def _try_later(pending: Waiting, problem: str, now: datetime.datetime) -> None:
    if waiting.fail(pending, problem, now):
        log.warning("A reminder could not be told, which waits: %s", problem)
    else:
        log.error("A reminder is told to nobody: %s", problem)
