"""Archives that administrators upload (integrations/actions/imports.py), moved in by the worker.

Its death does not end that: another goes on where it was.
"""

import logging

from django.utils.translation import gettext as _

from accounts import stored_files
from accounts.models import Overtaken
from integrations.models import ArchiveImport
from integrations.moving.archives import open_archive
from integrations.moving.records import BadArchive
from integrations.moving.report import Report
from integrations.moving.writer import move_in

log = logging.getLogger(__name__)
State = ArchiveImport.State


def newest() -> ArchiveImport | None:
    """What is being moved in, or was last, by whomever. One query."""
    return ArchiveImport.objects.select_related("person").order_by("-asked_at").first()


def run(pk: int) -> None:
    """Move the archive of an import in, in the worker; nothing happens where somebody does, or it is done."""
    job = ArchiveImport.objects.select_related("person").filter(pk=pk).first()
    if job is None or not job.claim():
        return
    report = Report(job.report)
    try:
        with job.person.locale.used():
            _move(job, report)
    except Overtaken:
        log.info("Import %s was cancelled, or somebody else goes on with it", pk)
    except BadArchive as bad:
        _fail(job, str(bad), report)
    except Exception:
        log.exception("Import %s failed", pk)
        _fail(job, "", report)


def _move(job: ArchiveImport, report: Report) -> None:
    stored = str(job.file.name)
    with stored_files.on_this_disk(stored) as path, open_archive(job.program, path) as archive:

        def beat() -> None:
            # What gets on is not given up, however often its worker was ended.
            job.beat(read=archive.read, total=archive.total, report=report.values(), tries=1)

        move_in(archive, report, beat)
    if report.is_empty:
        raise BadArchive(_("There is no message in that archive that could be kept."))
    job.beat(state=State.DONE, read=job.total, report=report.values(), file="")
    stored_files.remove(stored)


def _fail(job: ArchiveImport, why: str, report: Report) -> None:
    """It ends here: what came stays, and the archive goes."""
    mine = ArchiveImport.objects.filter(pk=job.pk, turn=job.turn, state=State.RUNNING)
    if mine.update(state=State.FAILED, why=why, report=report.values(), file="") and job.file.name:
        stored_files.remove(job.file.name)
