"""Reminders are set, put off and done; when one is due the worker lets it ring, once."""

import datetime

from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from accounts.models import Person
from live.frames import storage_problem
from rooms.actions.rejected import Rejected
from rooms.models import Message, Reminder
from rooms.models.reminder import TEXT_LIMIT
from rooms.models.room_lists import count_change_of_lists

# Of one person: more than anybody looks through.
REMINDERS_AT_MOST = 200
# Those that ring in one go of the worker; the others do in the next.
RUNG_AT_ONCE = 500

# Sent in the transaction in which a reminder rings: `reminder`.
reminder_rung = Signal()


@transaction.atomic
def set_reminder(
    person: Person, at: datetime.datetime, text: str = "", message: Message | None = None
) -> Reminder:
    """Remind `person` of a message, of `text`, or of both. Raises Rejected with a sentence."""
    text = clean_text(text)
    if not text and message is None:
        raise Rejected(_("Say what you want to be reminded of."))
    Person.objects.select_for_update().get(pk=person.pk)
    if Reminder.objects.filter(person=person).count() >= REMINDERS_AT_MOST:
        raise Rejected(_("You have %(number)d reminders: remove some first.") % {"number": REMINDERS_AT_MOST})
    return Reminder.objects.create(person=person, message=message, text=text, due_at=at)


def clean_text(text: str) -> str:
    """What somebody notes, as it is stored. Raises Rejected."""
    text = text.strip()
    if len(text) > TEXT_LIMIT:
        raise Rejected(
            _("That has %(count)s characters; %(most)s is the most.")
            % {"count": f"{len(text):,}", "most": TEXT_LIMIT}
        )
    if why := storage_problem(text):
        raise Rejected(why)
    return text


@transaction.atomic
def put_off(reminder: Reminder, at: datetime.datetime) -> None:
    """Let it ring at another time; one that has rung rings anew."""
    mine = Reminder.objects.filter(pk=reminder.pk)
    was_due = mine.due().exists()
    mine.update(due_at=at, rung_at=None, seen_at=None)
    if was_due:
        _count_due(reminder.person_id)


def change_text(reminder: Reminder, text: str) -> None:
    """Note another line. Raises Rejected."""
    text = clean_text(text)
    if not text and reminder.message_id is None:
        raise Rejected(_("Say what you want to be reminded of."))
    Reminder.objects.filter(pk=reminder.pk).update(text=text)


@transaction.atomic
def forget_reminder(reminder: Reminder) -> None:
    """It is done, or not wanted any longer."""
    mine = Reminder.objects.filter(pk=reminder.pk)
    was_due = mine.due().exists()
    mine.delete()
    if was_due:
        _count_due(reminder.person_id)


def note_seen(person: Person, now: datetime.datetime) -> None:
    """`person` has looked at what is due. One query."""
    Reminder.objects.due().filter(person=person, seen_at__isnull=True).update(seen_at=now)


@transaction.atomic
def remind_now(person_id: int, text: str, now: datetime.datetime) -> None:
    """Let somebody know what became of something that they are not here to see: it is due at once."""
    reminder = Reminder.objects.create(person_id=person_id, text=text[:TEXT_LIMIT], due_at=now)
    _ring(reminder, now)


def ring_due(now: datetime.datetime) -> None:
    """Let ring what is due `now`. Each is a transaction: wherever a worker ends, it has rung or will."""
    due = Reminder.objects.coming().filter(due_at__lte=now).order_by("due_at", "pk")
    for reminder in list(due[:RUNG_AT_ONCE]):
        with transaction.atomic():
            _ring(reminder, now)


def _ring(reminder: Reminder, now: datetime.datetime) -> None:
    """Say that it is due, unless somebody else has, or it was put off meanwhile."""
    mine = Reminder.objects.coming().filter(pk=reminder.pk, due_at__lte=now)
    if mine.update(rung_at=now):
        reminder.rung_at = now
        _count_due(reminder.person_id)
        reminder_rung.send(sender=Reminder, reminder=reminder)


def _count_due(person_id: int) -> None:
    """Their pages show how many are due: within a second, whichever process has them (unread/room_list.py).

    Counted behind the lock of the person's row: of two who change it at once, the second counts both.
    """
    count_change_of_lists([person_id])
    due = Reminder.objects.due().filter(person=person_id).count()
    Person.objects.filter(pk=person_id).update(reminders_due=due)
