"""Mails leave from an address that is of one person, so that what comes back to it says of whom it is.

It is signed and not stored, ends, and holds only for the address that was mailed: who has another by then is
not stopped by what comes back from the old one. Nothing that comes in here is ever answered.
"""

import datetime
import logging
import re

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36

from accounts.models import Person
from notifications import refusals
from notifications.bounce_reading import Report, read_report
from notifications.preferences import address_of

log = logging.getLogger(__name__)

# Days in which something may come back: servers try for five (RFC 5321, 4.5.4.1), people complain later.
LIFETIME = 30
DAY = datetime.timedelta(days=1)
# Hexadecimal digits that sign an address: all of it stays below the 64 characters of RFC 5321, 4.5.3.1.1.
SIGNATURE = 32
ADDRESS = re.compile(
    rf"bounce\+([0-9a-z]{{1,13}})-([0-9a-z]{{1,6}})-([0-9a-f]{{{SIGNATURE}}})@([\w.-]+)", re.IGNORECASE
)
# Where providers send complaints that do not know of these addresses.
COMPLAINTS = "complaints@"
# Bytes: a report quotes our mail, and ours are small. What is larger is none.
LARGEST = 1024 * 1024


def sender(person: Person, to: str) -> str:
    """The address from which a mail to `to` of `person` leaves; an empty text where none comes back to us."""
    if not settings.MAIL_BOUNCES or not settings.MAIL_IN_DOMAIN:
        return ""
    day = _today(timezone.now())
    signed = f"{int_to_base36(person.pk)}-{int_to_base36(day)}-{_signature(person.pk, day, to)}"
    return f"bounce+{signed}@{settings.MAIL_IN_DOMAIN}"


def is_known(address: str, now: datetime.datetime) -> bool:
    """Whether something may come back to that address, or complaints come to it. Two queries at most."""
    return _is_for_complaints(address) or person_at(address, now) is not None


def person_at(address: str, now: datetime.datetime) -> Person | None:
    """Whom a mail went to that left from that address; None where it is forged, old or of an old address."""
    found = ADDRESS.fullmatch(address.strip())
    if found is None or found[4].lower() != settings.MAIL_IN_DOMAIN.lower():
        return None
    pk, day = (base36_to_int(found[part].lower()) for part in (1, 2))
    person = Person.objects.filter(pk=pk, is_active=True).first() if pk < 2**63 else None
    is_genuine = person is not None and constant_time_compare(
        found[3].lower(), _signature(pk, day, address_of(person))
    )
    if is_genuine and 0 <= _today(now) - day <= LIFETIME:
        return person
    log.info("What comes back to an address that is forged, old, or of an old address is dropped")
    return None


def take(address: str, content: bytes, now: datetime.datetime) -> None:
    """Stop mail to whom it concerns, if that is what came back says. Answers nothing, whatever it is."""
    if len(content) > LARGEST:
        log.warning("What came back is dropped: %d bytes are no report", len(content))
        return
    report = read_report(content)
    if report is None:
        log.info("What came back is dropped: it tells of no failure that lasts, and of no complaint")
        return
    person = _complained(report, content, now) if _is_for_complaints(address) else person_at(address, now)
    if person is None:
        return
    if report.is_complaint:
        refusals.stop_complained(person)
    else:
        refusals.note_bounce(person, report.status, report.words, now)


def _complained(report: Report, content: bytes, now: datetime.datetime) -> Person | None:
    """Who complained: a report has the mail that it is about, or its sender."""
    found = ADDRESS.search(content.decode("ascii", "replace")) if report.is_complaint else None
    if found is None:
        log.info("What came with complaints is dropped: it has no address of ours")
        return None
    return person_at(found[0], now)


def _is_for_complaints(address: str) -> bool:
    ours = f"{COMPLAINTS}{settings.MAIL_IN_DOMAIN}".lower()
    return bool(settings.MAIL_BOUNCES) and address.strip().lower() == ours


def _signature(pk: int, day: int, to: str) -> str:
    signed = salted_hmac("notifications.bounces", f"{pk} {day} {to.lower()}", algorithm="sha256")
    return signed.hexdigest()[:SIGNATURE]


def _today(now: datetime.datetime) -> int:
    return int(now.timestamp() // DAY.total_seconds())
