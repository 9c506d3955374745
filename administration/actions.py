"""The community is changed: by administrators, written down."""

import uuid
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.actions import Rejected
from accounts.audit import What, record
from accounts.models import Community, Person
from accounts.pictures import BadImage
from rooms.actions.rooms import edit_room
from rooms.files import images
from rooms.models import Room


@transaction.atomic
def edit_community(actor: Person, values: dict[str, Any]) -> None:
    """Store these settings of the community."""
    community = Community.hold()
    changed = [name for name, value in values.items() if getattr(community, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(community, name, values[name])
    community.save(update_fields=changed)
    record(actor, What.COMMUNITY, details=", ".join(name.replace("_", " ") for name in changed))


def change_logo(actor: Person, uploaded: UploadedFile) -> None:
    """Let a picture, encoded anew, stand for the community. Raises Rejected with a sentence."""
    try:
        logo = images.logo(uploaded.read())
    except BadImage as bad:
        raise Rejected(f"That {bad}") from None
    _store_logo(actor, logo.content)


@transaction.atomic
def remove_logo(actor: Person) -> None:
    """Let Parley's own mark stand for it again."""
    community = Community.hold()
    if community.logo:
        _replace(community, "")
        record(actor, What.COMMUNITY, details="logo")


@transaction.atomic
def _store_logo(actor: Person, content: bytes) -> None:
    community = Community.hold()
    name = default_storage.save(f"community/{uuid.uuid4().hex}.webp", ContentFile(content))
    _replace(community, name)
    record(actor, What.COMMUNITY, details="logo")


def _replace(community: Community, name: str) -> None:
    """The logo is the file called `name`; the one before goes with the commit."""
    if former := community.logo.name:
        transaction.on_commit(partial(default_storage.delete, former), robust=True)
    community.logo.name = name
    community.save(update_fields=["logo"])


@transaction.atomic
def let_new_people_find(actor: Person, room: Room, found: bool) -> None:
    """Put everybody who comes in from now on into `room`, or no longer."""
    if room.for_everyone != found:
        room.for_everyone = found
        edit_room(room, ["for_everyone"])
        record(actor, What.ROOM, room=room.name, details="found" if found else "not found")
