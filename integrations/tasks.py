"""What the worker does for programs, and for who moves in or out."""

from typing import Any

from django.tasks import task
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from accounts.models import MOST_TRIES
from accounts.tasks import let_worker
from integrations.actions import hook_messages, icons, outgoing_calls


@task()
def make_export(pk: int) -> None:
    """Write what somebody takes out of here into one file."""
    from integrations.moving import exporting

    exporting.make(pk)


def let_export(pk: int, **kwargs: Any) -> None:
    """Let the worker write an export."""
    let_worker(make_export, pk)


@db_periodic_task(crontab())
def take_up_exports() -> None:
    """Once a minute: give what no worker gives a sign of life of to another."""
    from accounts import downloads
    from integrations.models import Export

    downloads.fail_lost(Export)
    for pk in Export.objects.all().silent().values_list("pk", flat=True):
        # What waits still is not given away again and again.
        Export.objects.filter(pk=pk, state=Export.State.WAITING).update(beat_at=timezone.now())
        let_worker(make_export, pk)


@db_periodic_task(crontab(minute="54"))
def sweep_exports() -> None:
    """Once an hour: delete the exports whose time is over."""
    from accounts import downloads
    from integrations.models import Export

    downloads.sweep_downloads(Export)


@task()
def move_archive_in(pk: int) -> None:
    """Move an archive in."""
    from integrations.moving import imports

    imports.run(pk)


def let_move_in(pk: int, **kwargs: Any) -> None:
    """Let the worker move an archive in."""
    let_worker(move_archive_in, pk)


@db_periodic_task(crontab())
def go_on_moving_in() -> None:
    """Once a minute: give what no worker gives a sign of life of to another."""
    from integrations.models import ArchiveImport

    silent = ArchiveImport.objects.silent()
    silent.filter(tries__gte=MOST_TRIES).update(state=ArchiveImport.State.FAILED)
    for pk in silent.values_list("pk", flat=True):
        # What waits still is not given away again and again.
        waiting = ArchiveImport.objects.filter(pk=pk, state=ArchiveImport.State.WAITING)
        waiting.update(beat_at=timezone.now())
        let_worker(move_archive_in, pk)


@task()
def claim_placeholders(person_id: int) -> None:
    """Give somebody what they wrote elsewhere, under an address that is theirs."""
    from integrations.moving import claiming

    claiming.claim_all(person_id)


@db_periodic_task(crontab(minute="31"))
def claim_left_over() -> None:
    """Once an hour: the same for who came while no worker was there."""
    from integrations.moving import claiming

    for person_id in claiming.who_may_claim():
        claiming.claim_all(person_id)


@task()
def look_at_feed(pk: int) -> None:
    """Look at a feed for the first time: what is there already is not said."""
    from integrations.feeds import read
    from integrations.models import IncomingFeed

    for feed in IncomingFeed.objects.filter(pk=pk):
        read.look_at(feed)


def let_look_at_feed(pk: int, **kwargs: Any) -> None:
    """Let the worker look at a feed for the first time."""
    let_worker(look_at_feed, pk)


@db_periodic_task(crontab())
def look_at_feeds() -> None:
    """Once a minute: look at the feeds that are due."""
    from integrations.feeds import read

    read.look_at_due(timezone.now())


@db_periodic_task(crontab())
def say_what_feeds_have() -> None:
    """Once a minute: say what begins soon, and what was left unsaid."""
    from integrations.feeds import saying

    saying.say_due(timezone.now())


@task()
def tell_hook(call_id: int) -> None:
    """Tell a hook of a message that was just said."""
    outgoing_calls.send(call_id, timezone.now())


def let_tell(call_id: int, **kwargs: Any) -> None:
    """Let the worker tell a hook of a message."""
    tell_hook.enqueue(call_id)


@db_periodic_task(crontab())
def tell_hooks_again() -> None:
    """Once a minute: tell what was not taken at once."""
    outgoing_calls.send_due(timezone.now())


@task()
def fetch_icon(icon_id: int) -> None:
    """Fetch a picture that a program shows beside its messages."""
    icons.fetch(icon_id)


def let_fetch_icon(icon_id: int, **kwargs: Any) -> None:
    """Let the worker fetch a picture."""
    let_worker(fetch_icon, icon_id)


@db_periodic_task(crontab())
def fetch_icons() -> None:
    """Once a minute: fetch what a worker that died has left."""
    icons.fetch_waiting()


@db_periodic_task(crontab(minute="29", hour="3"))
def sweep_hooks() -> None:
    """Once a day: forget what hooks have said nothing of for long, and where there was no picture."""
    hook_messages.sweep_subjects(timezone.now())
    icons.sweep(timezone.now())
