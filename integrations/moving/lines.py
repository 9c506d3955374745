"""Our own archive, which is complete: a line of JSON for each record, and files beside it.

    parley.ndjson       {"type": "parley", …}, then people, rooms, and the messages of each room
    files/…             where a person's `picture`, a message's `shown_picture` and a file's `path` say

Fields are those of integrations/moving/records.py; one that has nothing in it is left out.
"""

import datetime
import json
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import IO, Any

from django.utils import timezone

from accounts.archive import Archive
from accounts.models import Community
from accounts.models.values import stored_pictures
from integrations.moving import here
from integrations.moving.scope import Scope

# The member that has the lines, and the form that they have.
LINES = "parley.ndjson"
FORM = 1


def write(archive: Archive, scope: Scope) -> None:
    """All that is in `scope`."""
    with archive.member(LINES) as file:
        put = _writer(file)
        about = {"form": FORM, "community": Community.current().name, "made_at": timezone.now()}
        put("parley", about)
        for person in here.people_in(scope):
            put("person", person)
        for room_record in here.rooms_in(scope):
            put("room", room_record)
        for room in scope.rooms():
            # In the order of their ids: what is answered comes first.
            for messages in here.messages_in(scope, room, "pk"):
                for message in here.records_of(scope, messages):
                    put("message", message)
                archive.progress(len(messages))
    copy_files(archive, scope)


def copy_files(archive: Archive, scope: Scope) -> None:
    """The files of messages, and the pictures of people and beside messages, where they are here still."""
    for person in scope.people().exclude(avatar="").iterator(chunk_size=here.READ_AT_ONCE):
        archive.copy(here.picture_path(person), person.stored_pictures[-1])
    for picture in here.shown_in(scope):
        archive.copy(here.shown_path(picture), stored_pictures(picture)[-1])
    for file in here.attachments_in(scope):
        archive.copy(here.file_path(file), str(file.file.name))
        archive.progress(1)


def _writer(file: IO[bytes]) -> Callable[[str, Any], None]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

    def put(kind: str, value: Any) -> None:
        line = encode({"type": kind} | plain(value))
        file.write(line.encode(errors="replace") + b"\n")

    return put


def plain(value: Any) -> Any:
    """A record as JSON has it, without the fields that are as they are where nobody says anything."""
    if is_dataclass(value) and not isinstance(value, type):
        named = {name: getattr(value, name) for name, default in _defaults(type(value)).items()
                 if default is MISSING or getattr(value, name) != default}  # fmt: skip
        return {name: plain(one) for name, one in named.items()}
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    return value


@cache
def _defaults(record: type) -> dict[str, Any]:
    return {field.name: field.default for field in fields(record)}
