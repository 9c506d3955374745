"""Downloads of what people wrote: asked for here, made by the worker, and gone after a week."""

import datetime
import logging
from functools import partial
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts import archive
from accounts.models import MOST_TRIES, Download, Overtaken, Person

log = logging.getLogger(__name__)

# How long one is there, and how soon another may be made.
KEPT = datetime.timedelta(days=7)
MADE_AGAIN_AFTER = datetime.timedelta(days=1)


def make(pk: int) -> None:
    """Make the download `pk`, in the worker; nothing happens where it is made, or somebody makes it."""
    download = Download.objects.select_related("person").filter(pk=pk).first()
    if download is None or not download.claim():
        return
    try:
        with timezone.override(download.person.zone):
            _write(download)
    except Overtaken:
        log.info("Somebody else makes download %s, or nobody asks for it", pk)
    except Exception:
        log.exception("Download %s could not be made", pk)
        _fail(download)


def _write(download: Download) -> None:
    if download.file.name:
        # What a worker left who died while storing it.
        default_storage.delete(download.file.name)
    place = f"downloads/{download.turn.hex}.zip" if download.turn else ""
    # The row first: no file is there that no row names.
    download.beat(file=place, written=0, total=archive.size_of(download.person))

    def progress(count: int) -> None:
        download.beat(written=download.written + count)

    with archive.written_of(download.person, progress) as file:
        stored = default_storage.save(place, File(file))
        try:
            download.beat(
                state=Download.State.DONE, file=stored, size=default_storage.size(stored),
                expires_at=timezone.now() + KEPT,
            )  # fmt: skip
        except BaseException:
            default_storage.delete(stored)
            raise


def _fail(download: Download) -> None:
    if download.file.name:
        default_storage.delete(download.file.name)
    mine = Download.objects.filter(pk=download.pk, turn=download.turn)
    mine.update(state=Download.State.FAILED, file="")


def fail_lost() -> None:
    """What several workers began and did not end has failed."""
    for download in Download.objects.silent().filter(tries__gte=MOST_TRIES):
        log.error("Download %s was begun %s times, and no worker ended it", download.pk, download.tries)
        _fail(download)


def sweep_downloads() -> None:
    """Delete those whose time is over."""
    for download in Download.objects.filter(expires_at__lt=timezone.now()):
        download.delete()


def forget_file(instance: Download, **kwargs: Any) -> None:
    """What is stored of a download goes with its row, however that goes."""
    if instance.file.name:
        transaction.on_commit(partial(default_storage.delete, instance.file.name), robust=True)


def newest_of(person: Person) -> Download | None:
    """The download of `person` that there is, in whichever state. One query."""
    found = Download.objects.select_related("person").filter(person=person).first()
    return None if found and found.state == Download.State.DONE and not found.is_ready else found


def may_be_made_at(download: Download | None) -> datetime.datetime | None:
    """From when on another may be made; None: now."""
    if download is None or download.state == Download.State.FAILED:
        return None
    then = download.asked_at + MADE_AGAIN_AFTER
    return then if then > timezone.now() or download.is_under_way else None
