"""Archives of other chats are moved in: administrators upload them, and the worker does it."""

import uuid
from functools import partial

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from accounts import stored_files
from accounts.actions import Rejected
from accounts.audit import What, record
from accounts.models import Community, Person
from integrations.models import ArchiveImport
from integrations.moving.archives import READERS
from rooms.files.names import clean_name

# Sent after the commit: `pk`.
import_waits = Signal()


def start(person: Person, program: str, uploaded: UploadedFile) -> ArchiveImport:
    """Let the worker move an archive in. Raises Rejected with a sentence."""
    if program not in READERS:
        raise Rejected(_("Choose the program that the archive is of."))
    if not uploaded.size:
        raise Rejected(_("That file is empty."))
    stored = default_storage.save(f"imports/{uuid.uuid4().hex}", uploaded)
    try:
        return _start(person, program, stored, clean_name(uploaded.name or ""))
    except BaseException:
        stored_files.remove(stored)
        raise


@transaction.atomic
def _start(person: Person, program: str, stored: str, name: str) -> ArchiveImport:
    # Of two at once, one is second.
    Community.hold()
    if ArchiveImport.objects.under_way().exists():
        raise Rejected(_("An archive is being moved in already. Wait until it is, or cancel that."))
    for before in ArchiveImport.objects.filter(person=person):
        before.delete()
    job = ArchiveImport.objects.create(person=person, program=program, file=stored, name=name)
    record(person, What.IMPORT, name=name, details=f"an archive of {program}")
    transaction.on_commit(partial(import_waits.send, sender=ArchiveImport, pk=job.pk))
    return job


@transaction.atomic
def cancel(person: Person) -> None:
    """End what is being moved in: what came until now stays. Raises Rejected."""
    job = ArchiveImport.objects.under_way().select_for_update().first()
    if job is None:
        raise Rejected(_("Nothing is being moved in."))
    ArchiveImport.objects.filter(pk=job.pk).update(
        state=ArchiveImport.State.FAILED, was_cancelled=True, file=""
    )
    record(person, What.IMPORT, name=job.name, details="cancelled")
    if job.file.name:
        stored_files.forget(job.file.name)
