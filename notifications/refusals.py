"""Mail to somebody ends where their address takes none: until they ask for it again, or have another address.

Their server may say so at once, or by a mail that comes back; or a provider tells of their complaint.
"""

import datetime
import smtplib

from accounts.mail_problems import words_about
from accounts.models import Person
from notifications.bounce_reading import STATUS
from notifications.models import MailPreferences, PendingMail
from notifications.outcomes import COMPLAINED, RETURNED

# RFC 3463, 3.2 and 3.3, and RFC 7505: there is no such address, or it is closed. Others that last are of a
# full mailbox, of a mail's size, or of what a server takes for spam, and may be over tomorrow.
OF_ADDRESS = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
# Those end it when they have come on so many days, and were never away for a week: what Mailman does, whose
# DEFAULT_BOUNCE_SCORE_THRESHOLD is 5 (one a day counts), and DEFAULT_BOUNCE_INFO_STALE_AFTER seven days.
DAYS = 5
A_DAY = datetime.timedelta(days=1)
STALE = datetime.timedelta(days=7)


def stop_if_refused(person: Person, error: smtplib.SMTPRecipientsRefused) -> bool:
    """Whether the mail server says that there is no such address: then nothing more goes there."""
    code, said = next(iter(error.recipients.values()), (0, b""))
    words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    status = STATUS.search(words)
    is_of_address = code >= 500 and (status is None or status[0] in OF_ADDRESS)
    if is_of_address:
        _stop(person, words_about(error))
    return is_of_address


def note_bounce(person: Person, status: str, words: str, now: datetime.datetime) -> None:
    """A mail to `person` came back, for a reason that lasts: their mail ends, or will if that goes on."""
    wishes, _ = MailPreferences.objects.get_or_create(person=person)
    if wishes.refused:
        return
    last = wishes.bounced_at
    if status not in OF_ADDRESS:
        if last is not None and now - last < A_DAY:
            return
        wishes.bounces = wishes.bounces + 1 if last is not None and now - last <= STALE else 1
        wishes.bounced_at = now
        wishes.save(update_fields=["bounces", "bounced_at"])
    if status in OF_ADDRESS or wishes.bounces >= DAYS:
        _stop(person, RETURNED % {"answer": words or status})


def stop_complained(person: Person) -> None:
    """Their provider says that they reported one of our mails."""
    _stop(person, COMPLAINED)


def begin_again(person: Person) -> None:
    """Let `person` be mailed again. One query."""
    stopped = MailPreferences.objects.filter(person=person)
    stopped.update(refused="", bounces=0, bounced_at=None)


def _stop(person: Person, reason: str) -> None:
    MailPreferences.objects.update_or_create(person=person, defaults={"refused": reason})
    PendingMail.objects.filter(membership__person=person).delete()
