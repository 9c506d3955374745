"""The files that a composer's request brings, or names."""

from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from rooms.actions.uploads import upload_files
from rooms.models import Attachment, Membership


def keep_uploads(membership: Membership, request: HttpRequest) -> tuple[list[Attachment], list[str]]:
    """The files in a request, kept; and a sentence for each that is not."""
    uploaded = [file for file in request.FILES.getlist("files") if isinstance(file, UploadedFile)]
    return upload_files(membership, uploaded, held=len(attachment_ids(request)))


def composer_files(membership: Membership, request: HttpRequest) -> tuple[tuple[int, ...], str]:
    """The ids of a composer's files, those it names and those that come; what is wrong with the others."""
    uploaded, problems = keep_uploads(membership, request)
    return (*attachment_ids(request), *(file.pk for file in uploaded)), " ".join(problems)


def descriptions(request: HttpRequest, files: Iterable[int]) -> dict[int, str]:
    """What the composer says of the pictures among `files`."""
    return {pk: said for pk in files if (said := request.POST.get(f"description-{pk}", ""))}


def attachment_ids(request: HttpRequest) -> tuple[int, ...]:
    """The ids of the files that the composer names, each once, in their order."""
    named = request.POST.getlist("attachments")
    return tuple(dict.fromkeys(int(pk) for pk in named if pk.isascii() and pk.isdigit() and len(pk) < 19))
