"""The files that a composer's request brings, or names."""

from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict

from rooms import access
from rooms.actions.uploads import upload_files
from rooms.models import Attachment, Membership


def keep_uploads(membership: Membership, request: HttpRequest) -> tuple[list[Attachment], list[str]]:
    """The files in a request, kept; and a sentence for each that is not."""
    uploaded = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)]
    return upload_files(membership, uploaded, held=len(attachment_ids(request.POST)))


def composer_files(membership: Membership, request: HttpRequest) -> tuple[tuple[int, ...], str]:
    """The ids of a composer's files, those it names and those that come; what is wrong with the others."""
    uploaded, problems = keep_uploads(membership, request)
    return (*attachment_ids(request.POST), *(file.pk for file in uploaded)), " ".join(problems)


def descriptions(request: HttpRequest, files: Iterable[int]) -> dict[int, str]:
    """What the composer says of what is to be seen or heard among `files`."""
    return {pk: said for pk in files if (said := request.POST.get(f"description-{pk}", ""))}


def attached_files(membership: Membership, request: HttpRequest, files: Iterable[int]) -> list[Attachment]:
    """Those of `files` that wait for a message, described as the composer describes them. One query."""
    said = descriptions(request, files := tuple(files))
    attached = access.all_waiting(membership, files)
    for file in attached:
        file.description = said.get(file.pk, "")
    return attached


def attachment_ids(fields: QueryDict) -> tuple[int, ...]:
    """The ids of the files that the fields of a composer name, each once, in their order."""
    named = fields.getlist("attachments")
    return tuple(dict.fromkeys(int(pk) for pk in named if pk.isascii() and pk.isdigit() and len(pk) < 19))
