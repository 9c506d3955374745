"""What the worker does, once a minute."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from notifications.gathering import gather
from notifications.sending import send_due


@db_periodic_task(crontab())
def tell() -> None:
    """Once a minute: note who is to be told of what, and send what is due."""
    now = timezone.now()
    gather(now)
    send_due(now)
