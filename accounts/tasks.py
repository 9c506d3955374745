"""What the worker does about people: their mail, their downloads, and what is left when they leave."""

import datetime
import logging
from typing import Any
from urllib.parse import quote

from django.core.mail import EmailMultiAlternatives
from django.tasks import Task, task
from django.template.loader import render_to_string
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

log = logging.getLogger(__name__)

# A mail server that is away is asked again after so many minutes.
MINUTES_UNTIL_NEXT_TRY = (1, 5, 30, 120)

# What stands in an address for the two parts that only the worker knows.
RESET_PARTS = {"uidb36": "UID", "key": "KEY"}
RESET_KEY = "-".join(RESET_PARTS.values())


@task()
def send_mail(subject: str, body: str, to: str, html: str = "", tries: int = 0) -> None:
    """Send a mail, with `html` beside its text, if need be later. Raises OSError where there is no later."""
    try:
        _mail(subject, body, to, html).send()
    except OSError:
        if not _try_later(send_mail, tries, subject, body, to, html):
            raise


def _mail(subject: str, body: str, to: str, html: str) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(subject, body, to=[to])
    if html:
        mail.attach_alternative(html, "text/html")
    return mail


@task()
def send_reset_links(email: str, address: str, tries: int = 0) -> None:
    """Mail a link to a new password to whoever has the address `email`, if anybody has.

    The page that asked for it does the same for every address, and the key is nowhere but in the mail.
    `address` is that of the page behind the link, with RESET_KEY in it. Raises OSError as `send_mail` does.
    """
    # allauth's modules import models, which do not exist yet when this one is imported.
    from allauth.account.internal.userkit import filter_users_by_email

    people = filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)
    try:
        for person in people:
            _send_reset_link(person, email, address)
    except OSError:
        if not _try_later(send_reset_links, tries, email, address):
            raise


def _send_reset_link(person: Any, email: str, address: str) -> None:
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    from accounts.models import Community

    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    said = {
        "user": person,
        "community": Community.current(),
        "password_reset_url": address.replace(RESET_KEY, quote(key)),
    }
    _mail(
        render_to_string("account/email/password_reset_key_subject.txt").strip(),
        render_to_string("account/email/password_reset_key_message.txt", said).strip(),
        email,
        render_to_string("account/email/password_reset_key_message.html", said),
    ).send()


def _try_later(mail: Task, tries: int, *words: str) -> bool:
    """Let the worker try a mail again after a while; whether it will."""
    if tries == len(MINUTES_UNTIL_NEXT_TRY) or not mail.get_backend().supports_defer:
        return False
    log.warning("The mail server does not answer: a mail waits.", exc_info=True)
    later = timezone.now() + datetime.timedelta(minutes=MINUTES_UNTIL_NEXT_TRY[tries])
    mail.using(run_after=later).enqueue(*words, tries=tries + 1)
    return True


# -- What outlives its worker (accounts.models.Work) ---------------------------------------


@task()
def make_download(pk: int) -> None:
    """Write all that somebody wrote into one file."""
    from accounts import downloads

    downloads.make(pk)


@task()
def clear_after(pk: int) -> None:
    """Take away what somebody leaves behind who has left for good."""
    from accounts import clearing

    clearing.clear(pk)


@db_periodic_task(crontab())
def take_up_again() -> None:
    """Once a minute: give what no worker gives a sign of life of to another."""
    from accounts import downloads
    from accounts.models import Departure, Download

    downloads.fail_lost()
    for kind, work in ((Download, make_download), (Departure, clear_after)):
        for pk in kind.objects.silent().values_list("pk", flat=True):
            # What waits still is not given away again and again.
            kind.objects.filter(pk=pk, state=kind.State.WAITING).update(beat_at=timezone.now())
            let_worker(work, pk)


@db_periodic_task(crontab(minute="53"))
def sweep_downloads() -> None:
    """Once an hour: delete the downloads whose time is over."""
    from accounts import downloads

    downloads.sweep_downloads()


def let_worker(work: Task, pk: int) -> None:
    """Give work to the worker; where the queue is away, `take_up_again` does so later. Never raises."""
    try:
        work.enqueue(pk)
    except Exception:
        log.exception("The worker could not be told; it looks for what was left in a few minutes")
