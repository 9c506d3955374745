"""What may happen later: the worker does it."""

from typing import Any

from django.tasks import task
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from rooms.actions import link_previews_fetch, reminders, removals, retention, scheduled, uploads


@task()
def preview_links(message_id: int) -> None:
    """Look behind the links of a message that was posted or edited."""
    link_previews_fetch.preview_links(message_id)


def look_behind_links(message_id: int, **kwargs: Any) -> None:
    """Let the worker look behind the links of a message."""
    preview_links.enqueue(message_id)


@db_periodic_task(crontab(minute="23"))
def sweep_files() -> None:
    """Once an hour: delete the files that no message took."""
    uploads.sweep_uploads()


@db_periodic_task(crontab(minute="41"))
def sweep_messages() -> None:
    """Once an hour: delete the messages that are older than their rooms keep them."""
    retention.sweep_old_messages()


@task()
def remove_messages(removal_id: int) -> None:
    """Remove all that somebody said in a period."""
    removals.remove_messages(removal_id)


def let_remove(removal_id: int, **kwargs: Any) -> None:
    """Let the worker remove all that somebody said in a period."""
    remove_messages.enqueue(removal_id)


@db_periodic_task(crontab(minute="*/5"))
def go_on_removing() -> None:
    """Every five minutes: go on with what a worker that died has left."""
    for removal_id in removals.undone_removals():
        removals.remove_messages(removal_id)


@db_periodic_task(crontab())
def ring_reminders() -> None:
    """Once a minute: let ring what people want to be reminded of now."""
    reminders.ring_due(timezone.now())


@db_periodic_task(crontab())
def send_scheduled() -> None:
    """Once a minute: send what is to be sent now."""
    scheduled.send_due(timezone.now())
