"""Files that the worker prepares for one person: asked for, made, and gone after a week.

Downloads of what people wrote are such, and exports (integrations).
"""

import datetime
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import IO, Any, NamedTuple

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import archive, stored_files
from accounts.models import MOST_TRIES, Download, Overtaken, Person, PreparedFile

log = logging.getLogger(__name__)

# How long one is there, and how soon another may be made.
KEPT = datetime.timedelta(days=7)
MADE_AGAIN_AFTER = datetime.timedelta(days=1)


class Content(NamedTuple):
    """What is written into a file: how much there is, and all of it, in a file that is open meanwhile.

    The function that it is written by is told after each step how much that was.
    """

    total: int
    written: Callable[[Callable[[int], None]], AbstractContextManager[IO[bytes]]]


def make(pk: int) -> None:
    """Make the download `pk`, in the worker; nothing happens where it is made, or somebody makes it."""
    download = Download.objects.select_related("person").filter(pk=pk).first()
    if download is not None:
        prepare(download, _all_that_they_wrote)


def _all_that_they_wrote(download: Download) -> Content:
    return Content(archive.size_of(download.person), partial(archive.written_of, download.person))


def prepare[Kind: PreparedFile](work: Kind, content_of: Callable[[Kind], Content]) -> None:
    """Write a file of what `content_of` says; nothing happens where it is made, or somebody makes it."""
    if not work.claim():
        return
    try:
        with work.person.locale.used():
            _write(work, content_of(work))
    except Overtaken:
        log.info("Somebody else makes %s, or nobody asks for it", work)
    except Exception:
        log.exception("This could not be made: %s", work)
        _fail(work)


def _write(work: PreparedFile, content: Content) -> None:
    if work.file.name:
        # What a worker left who died while storing it.
        stored_files.remove(work.file.name)
    place = f"downloads/{work.turn.hex}.zip" if work.turn else ""
    # The row first: no file is there that no row names.
    work.beat(file=place, written=0, total=content.total)

    def progress(count: int) -> None:
        work.beat(written=work.written + count)

    with content.written(progress) as file:
        stored = default_storage.save(place, File(file))
        try:
            work.beat(
                state=work.State.DONE, file=stored, size=default_storage.size(stored),
                expires_at=timezone.now() + KEPT,
            )  # fmt: skip
        except BaseException:
            stored_files.remove(stored)
            raise


def _fail(work: PreparedFile) -> None:
    if work.file.name:
        stored_files.remove(work.file.name)
    mine = type(work)._default_manager.filter(pk=work.pk, turn=work.turn)
    mine.update(state=work.State.FAILED, file="")


def fail_lost(kind: type[PreparedFile] = Download) -> None:
    """What several workers began and did not end has failed."""
    for work in kind._default_manager.all().silent().filter(tries__gte=MOST_TRIES):
        log.error("%s was begun %s times, and no worker ended it", work, work.tries)
        _fail(work)


def sweep_downloads(kind: type[PreparedFile] = Download) -> None:
    """Delete those whose time is over."""
    for work in kind._default_manager.filter(expires_at__lt=timezone.now()):
        work.delete()


def forget_file(instance: PreparedFile, **kwargs: Any) -> None:
    """What is stored of a prepared file goes with its row, however that goes."""
    if instance.file.name:
        stored_files.forget(instance.file.name)


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
