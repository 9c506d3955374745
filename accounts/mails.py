"""The mails that wait are sent by the worker: tried again for a day, then given up, and kept for a week.

What waits is in the database: a queue that forgets, a worker that ends and a mail server that is away lose
none of it. Who tries one takes it by putting its time off as long as LEASE.
"""

import datetime
import logging
from urllib.parse import quote

from allauth.account import app_settings
from allauth.account.forms import default_token_generator
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.mail_problems import is_of_server, words_about
from accounts.models import Community, Mail, Person

log = logging.getLogger(__name__)

# Longer than a mail server may take for one.
LEASE = datetime.timedelta(minutes=5)
# Until it is asked again, by how often it has failed; and when nobody asks any more.
PAUSES = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
GIVE_UP = datetime.timedelta(days=1)
# For how long one that was given up can be tried again.
KEPT = datetime.timedelta(days=7)
# Mails that are sent in one go of the worker.
AT_ONCE = 500

# What stands in an address for the two parts that only the worker knows.
RESET_PARTS = {"uidb36": "UID", "key": "KEY"}
RESET_KEY = "-".join(RESET_PARTS.values())


def send(pk: int, now: datetime.datetime) -> None:
    """Send the mail with that number, if it waits and nobody else has it. Never raises for a mail."""
    if mail := _taken(pk, now):
        _try(mail, now)


def send_due(now: datetime.datetime) -> None:
    """Send what is due; where the server takes nothing, the first that meets that is the last tried."""
    for pk in list(Mail.objects.due(now).values_list("pk", flat=True)[:AT_ONCE]):
        mail = _taken(pk, now)
        if mail is not None and not _try(mail, now):
            return


def try_all_now(now: datetime.datetime) -> int:
    """Let everything be due; what was given up as if it came just now, for a day. How many those are."""
    waiting = Mail.objects.filter(given_up_at=None).update(due_at=now)
    return waiting + Mail.objects.given_up().order_by().update(due_at=now, queued_at=now, given_up_at=None)


def sweep(now: datetime.datetime) -> None:
    """Forget what was given up long ago."""
    Mail.objects.filter(given_up_at__lt=now - KEPT).delete()


def _taken(pk: int, now: datetime.datetime) -> Mail | None:
    if not Mail.objects.filter(pk=pk, given_up_at=None, due_at__lte=now).update(due_at=now + LEASE):
        return None
    return Mail.objects.filter(pk=pk).first()


def _try(mail: Mail, now: datetime.datetime) -> bool:
    """Send it, or note why it waits; whether the server may take others."""
    try:
        for message in composed(mail, now):
            message.send()
    except Exception as error:
        # Whatever it is, the mail is kept, and who runs the site reads why.
        _failed(mail, error, now)
        return not is_of_server(error)
    mail.delete()
    return True


def _failed(mail: Mail, error: Exception, now: datetime.datetime) -> None:
    mail.problem, mail.tried_at = words_about(error), now
    pause = PAUSES[min(mail.tries, len(PAUSES) - 1)]
    mail.tries += 1
    if now - mail.queued_at >= GIVE_UP:
        mail.given_up_at = now
        log.error("A mail is given up: %s", mail.problem)
    else:
        mail.due_at = now + pause
        log.warning("A mail waits: %s", mail.problem)
    mail.save(update_fields=["problem", "tried_at", "tries", "given_up_at", "due_at"])


# -- What stands in them -----------------------------------------------------------------


def composed(mail: Mail, now: datetime.datetime) -> list[EmailMultiAlternatives]:
    """The mail as it goes out: none, where there is nobody to write to."""
    match mail.kind:
        case Mail.Kind.RESET:
            return _reset_links(mail)
        case Mail.Kind.CODE:
            return _code(mail, now)
    return [_message(mail.subject, mail.body, mail.to, mail.html)]


def _message(subject: str, body: str, to: str, html: str = "") -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(subject, body, to=[to])
    if html:
        message.attach_alternative(html, "text/html")
    return message


def _reset_links(mail: Mail) -> list[EmailMultiAlternatives]:
    """To whoever has the address; the key is nowhere but in what is sent."""
    people = filter_users_by_email(mail.to, is_active=True, prefer_verified=True, for_login=True)
    return [_reset_link(person, mail) for person in people]


def _reset_link(person: Person, mail: Mail) -> EmailMultiAlternatives:
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    said = {
        "user": person,
        "community": Community.current(),
        "password_reset_url": mail.details["address"].replace(RESET_KEY, quote(key)),
    }
    return _rendered("password_reset_key", mail.to, said, person)


def _code(mail: Mail, now: datetime.datetime) -> list[EmailMultiAlternatives]:
    """To whoever has confirmed the address, while the code can still be used."""
    is_over = now - mail.queued_at > datetime.timedelta(seconds=app_settings.LOGIN_BY_CODE_TIMEOUT)
    person = None if is_over else person_with_confirmed(mail.to)
    if person is None:
        return []
    said = {"code": mail.details["code"], "community": Community.current()}
    return [_rendered("login_code", mail.to, said, person)]


def _rendered(name: str, to: str, said: dict[str, object], reader: Person) -> EmailMultiAlternatives:
    where = f"account/email/{name}"
    with reader.locale.used():
        return _message(
            render_to_string(f"{where}_subject.txt", said).strip(),
            render_to_string(f"{where}_message.txt", said).strip(),
            to,
            render_to_string(f"{where}_message.html", said),
        )


def person_with_confirmed(email: str) -> Person | None:
    """Whoever can come in and has confirmed that address. One query."""
    found = EmailAddress.objects.select_related("user").filter(email=email.lower(), verified=True)
    address = found.filter(user__is_active=True).first()
    return address.user if address else None


def nobody_tries(now: datetime.datetime) -> bool:
    """Whether mails have been due for so long that no worker can be there. One query."""
    return Mail.objects.due(now - LEASE).exists()
