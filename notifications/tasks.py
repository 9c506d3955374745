"""What the worker does: once a minute, and where somebody wants a test."""

from django.tasks import task
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from notifications import delivering, digests, reminding, replies, ways
from notifications.gathering import gather
from notifications.sending import send_due


@db_periodic_task(crontab())
def tell() -> None:
    """Once a minute: note who is to be told of what, and send what is due."""
    now = timezone.now()
    gather(now)
    send_due(now)
    reminding.send_due_mails(now)
    digests.send_due(now)
    # Last: these servers may take their time, and no mail waits for one.
    delivering.send_due(now)
    reminding.send_due_deliveries(now)


@task()
def send_missed() -> None:
    """Send the mails that are due, because somebody asked."""
    send_due(timezone.now())


@task()
def test_way(way_id: int) -> None:
    """Post a test, and note what was answered."""
    ways.send_test(way_id, timezone.now())


@db_periodic_task(crontab(minute="17", hour="3"))
def sweep_reply_addresses() -> None:
    """Once a day: forget the addresses of mails that nobody answers any longer."""
    replies.sweep_addresses(timezone.now())
