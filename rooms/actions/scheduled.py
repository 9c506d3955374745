"""Messages are written to be sent later, changed meanwhile, and sent by the worker, each once.

One is taken out of those that wait in the transaction that posts it, so it is posted or waits still, wherever
a worker ends; the token that it has besides makes one message of two tries.
"""

import datetime
import logging
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from rooms.access import NotFound
from rooms.actions.drafts import save_draft
from rooms.actions.messages_post import TOO_MANY, post_message
from rooms.actions.messages_prepare import clean_body
from rooms.actions.rejected import Rejected
from rooms.actions.reminders import remind_now
from rooms.actions.uploads import keep_for_later, pending_uploads, release_kept, take_uploads
from rooms.commands import command_in
from rooms.models import Membership, Message, Scheduled
from rooms.models.values import MessageRow

log = logging.getLogger(__name__)

# Of one person that wait.
SCHEDULED_AT_MOST = 100
# Those that are sent in one go of the worker; the others go in the next.
SENT_AT_ONCE = 500

NOT_IN = gettext_lazy("You are not in that room any longer.")
NOT_HERE = gettext_lazy("It is not here any longer: it was sent, or removed, meanwhile.")
NO_COMMAND = gettext_lazy(
    "A command cannot be sent later. To say it as text, begin with a space, or with a second slash."
)
FILE_GONE = gettext_lazy("A file of it is no longer there.")
ANSWER_GONE = gettext_lazy("The message that you answer is no longer there.")


@transaction.atomic
def schedule(
    membership: Membership,
    text: str,
    at: datetime.datetime,
    token: str,
    reply_to: Message | None = None,
    attachments: Sequence[int] = (),
    descriptions: Mapping[int, str] = MappingProxyType({}),
) -> Scheduled:
    """Let `text` be sent then, with files that wait for a message; it is no draft in the box any longer.

    The same form sent twice is one. Raises Rejected with a sentence.
    """
    body, person_id = _body(text, has_files=bool(attachments)), membership.person_id
    Person.objects.select_for_update().get(pk=person_id)
    mine = Scheduled.objects.filter(person=person_id)
    if there := mine.filter(token=token).first():
        return there
    if mine.count() >= SCHEDULED_AT_MOST:
        raise Rejected(
            _("%(number)d messages of yours wait already: send or remove some first.")
            % {"number": SCHEDULED_AT_MOST}
        )
    waiting = pending_uploads(attachments)
    files = take_uploads(attachments, waiting, room_id=membership.room_id, person_id=person_id, token=None)
    _body(body, has_files=bool(files))
    save_draft(membership, "")
    one = Scheduled.objects.create(
        person_id=person_id, room_id=membership.room_id, is_answer=reply_to is not None, reply_to=reply_to,
        text=body, due_at=at, token=token, files=len(files),
    )  # fmt: skip
    keep_for_later(one, files, descriptions)
    return one


def _body(text: str, *, has_files: bool) -> str:
    """`text` as it is stored. Raises Rejected."""
    if command_in(text):
        raise Rejected(NO_COMMAND)
    return clean_body(text, may_be_empty=has_files)


def change_scheduled(scheduled: Scheduled, text: str, at: datetime.datetime) -> None:
    """Let another text be sent, or at another time; what could not be sent is tried again then.

    Raises Rejected, also where it was sent meanwhile: nothing is sent a second time.
    """
    changed = {"text": _body(text, has_files=scheduled.files > 0), "due_at": at, "problem": ""}
    if not Scheduled.objects.filter(pk=scheduled.pk).update(**changed):
        raise Rejected(NOT_HERE)


@transaction.atomic
def remove_scheduled(scheduled: Scheduled) -> None:
    """Let it be sent never; its files go with it. Raises Rejected where it was sent meanwhile."""
    # Locked: whoever sends it just now has its files, or it is gone with them.
    there = Scheduled.objects.select_for_update().filter(pk=scheduled.pk).first()
    if there is None:
        raise Rejected(NOT_HERE)
    there.delete()


def send_scheduled(pk: int, before: datetime.datetime | None = None) -> MessageRow:
    """Post the one with that id; with `before`, if it is due then. Where it raises, it waits still.

    Raises Rejected, NotFound.
    """
    with transaction.atomic():
        waiting = Scheduled.objects.select_for_update().filter(pk=pk)
        if before is not None:
            waiting = waiting.filter(due_at__lte=before, problem="")
        one = waiting.first()
        if one is None:
            raise Rejected(NOT_HERE)
        place = (
            Membership.objects.filter(room=one.room_id, person=one.person_id).first() if one.room_id else None
        )
        if place is None:
            raise Rejected(NOT_IN)
        if one.is_answer and one.reply_to_id is None:
            raise Rejected(ANSWER_GONE)
        files = release_kept(one)
        if len(files) < one.files:
            raise Rejected(FILE_GONE)
        Scheduled.objects.filter(pk=pk).delete()
        return post_message(
            place, one.text, one.token, reply_to=one.reply_to_id, attachments=tuple(files), descriptions=files
        )


def send_due(now: datetime.datetime) -> None:
    """Send what is due `now`. Never raises: what cannot be sent stays, and its author is told why."""
    due = Scheduled.objects.filter(due_at__lte=now, problem="").order_by("due_at", "pk")
    for pk, language in list(due.values_list("pk", "person__language")[:SENT_AT_ONCE]):
        # Why something stays is for its author alone, who reads it in their language.
        with translation.override(language or settings.LANGUAGE_CODE):
            _send_or_stay(pk, now)


def _send_or_stay(pk: int, now: datetime.datetime) -> None:
    """Send one of them, or note why not, in the current language."""
    try:
        send_scheduled(pk, before=now)
    except Rejected as why:
        # That was a lot for one minute: it goes in one of the next.
        if str(why) not in (str(TOO_MANY), str(NOT_HERE)):
            _stay(pk, str(why), now)
    except NotFound:
        _stay(pk, str(NOT_IN), now)
    except IntegrityError:
        log.exception("A message could not be sent later")
        _stay(pk, _("Something went wrong here as it was sent."), now)
    except DatabaseError:
        log.exception("A message could not be sent now; it is tried again")


@transaction.atomic
def _stay(pk: int, why: str, now: datetime.datetime) -> None:
    """Note why it stays, and tell its author: as of a reminder that is due."""
    mine = Scheduled.objects.filter(pk=pk, due_at__lte=now, problem="")
    one = mine.first()
    if one is not None and mine.update(problem=why):
        words = " ".join(one.text.split()) or ", ".join(one.attachments.values_list("name", flat=True))
        begun = words if len(words) <= 80 else f"{words[:79]}…"
        sentence = _("Not sent, and kept under “Scheduled”: %(why)s") % {"why": why}
        remind_now(one.person_id, f"{sentence}\n\n{begun}", now)
