"""What the worker does about people: their mail, their downloads, and what is left when they leave."""

import logging
from typing import Any

from django.tasks import Task, task
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

log = logging.getLogger(__name__)

# -- Mails wait in the database, and the worker is told of each (accounts/mails.py) --------


def mail_later(subject: str, body: str, to: str, html: str = "") -> None:
    """Let the worker send a mail, with `html` beside its text. Never raises for queue or mail server."""
    _queue(to, subject=subject, body=body, html=html)


def reset_links_later(email: str, address: str) -> None:
    """Let the worker mail a link to a new password to whoever has the address `email`, if anybody has.

    The page that asks does the same for every address. `address` is that of the page behind the link, with
    mails.RESET_KEY in it.
    """
    _queue(email, kind="reset", details={"address": address})


def code_later(email: str, code: str) -> None:
    """Let the worker mail a code to whoever has confirmed the address `email`, if anybody has."""
    _queue(email, kind="code", details={"code": code})


def _queue(to: str, **what: Any) -> None:
    # Models do not exist yet when this module is imported.
    from accounts.models import Mail

    let_worker(send_mail_of, Mail.objects.create(to=to, **what).pk)


@task()
def send_mail_of(pk: int) -> None:
    """Send the mail with that number."""
    from accounts import mails

    mails.send(pk, timezone.now())


@db_periodic_task(crontab())
def send_mails_that_wait() -> None:
    """Once a minute: send what is due."""
    from accounts import mails

    mails.send_due(timezone.now())


@db_periodic_task(crontab(minute="47"))
def sweep_mails() -> None:
    """Once an hour: forget what was given up long ago."""
    from accounts import mails

    mails.sweep(timezone.now())


@task()
def send_waiting_mails() -> None:
    """Send what is due, because somebody asked."""
    from accounts import mails

    mails.send_due(timezone.now())


@task()
def send_mail(subject: str, body: str, to: str, html: str = "", tries: int = 0) -> None:
    """A mail that an earlier version left in the queue."""
    mail_later(subject, body, to, html)


@task()
def send_reset_links(email: str, address: str, tries: int = 0) -> None:
    """A link that an earlier version left in the queue."""
    reset_links_later(email, address)


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


@db_periodic_task(crontab())
def remove_files() -> None:
    """Once a minute: delete the files that nothing names any longer, where they are not on this disk."""
    from accounts import stored_files

    stored_files.remove_forgotten()


def let_worker(work: Task, pk: int) -> None:
    """Give work to the worker; where the queue is away, what looks for it does so later. Never raises."""
    enqueue(work, pk)


def enqueue(work: Task, *words: object) -> None:
    """Give the worker something to do that is done later all the same. Never raises."""
    try:
        work.enqueue(*words)
    except Exception:
        log.exception("The worker could not be told; it looks for what was left in a few minutes")
