"""Files: sent for a message, and had."""

from typing import Any

from django.http import HttpResponseBase
from django.utils.http import content_disposition_header
from ninja import File as FromForm
from ninja import Router, Status
from ninja.files import UploadedFile

from integrations.api import places
from integrations.api.bearer import ProgramRequest, Scope, call
from integrations.api.message_rows import File, shown_file
from integrations.api.values import IdInPath, Slug
from rooms import access
from rooms.actions.uploads import keep_upload, remove_attachment
from rooms.views.files import file_response

router = Router(tags=["Files"])

# What openapi.json says of a file itself.
CONTENT = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}


@call(router, "POST", "/rooms/{slug}/files", Scope.WRITE, response={201: File}, summary="Send a file")
def upload_file(request: ProgramRequest, slug: Slug, file: FromForm[UploadedFile]) -> Any:
    """It waits for a message of this room, for a day."""
    return Status(201, shown_file(keep_upload(places.membership(request, slug), file)))


@call(
    router, "DELETE", "/rooms/{slug}/files/{id}", Scope.WRITE, response={204: None},
    summary="Take a file back that waits",
)  # fmt: skip
def remove_file(request: ProgramRequest, slug: Slug, id: IdInPath) -> Any:
    """One that is in no message yet."""
    places.membership(request, slug)
    _, file = access.waiting(request.user.pk, slug, id)
    remove_attachment(file)
    return Status(204, None)


@call(router, "GET", "/files/{id}", Scope.READ, response=File, summary="What a file is")
def get_file(request: ProgramRequest, id: IdInPath) -> Any:
    """One in a message that one may read, or one's own that waits."""
    return shown_file(places.attachment(request, id))


@call(
    router, "GET", "/files/{id}/content", Scope.READ, response={200: None}, done=CONTENT,
    summary="A file itself",
)  # fmt: skip
def get_content(request: ProgramRequest, id: IdInPath) -> HttpResponseBase:
    """Whole, or the part that `Range` asks for."""
    file = places.attachment(request, id)
    response = file_response(request, file.file, file.content_type)
    response["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    return response
