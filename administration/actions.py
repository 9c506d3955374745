"""The community is changed: by administrators, written down."""

import uuid
from typing import Any

from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mails, stored_files
from accounts.actions import Rejected
from accounts.audit import What, record
from accounts.models import Community, Person
from accounts.pictures import BadImage
from accounts.tasks import enqueue, mail_later, send_waiting_mails
from live.limits import FixedWindowLimit
from notifications.models import PendingMail
from notifications.tasks import send_missed
from rooms.actions.rooms import edit_room
from rooms.files import images
from rooms.models import Room

# Tests of mail that somebody may ask for in an hour.
TEST_LIMIT = FixedWindowLimit("mail-tests", 10, 3600)


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
        raise Rejected(str(bad)) from None
    # Before anything is held for it: where it is stored may take its time.
    name = default_storage.save(f"community/{uuid.uuid4().hex}.webp", ContentFile(logo.content))
    try:
        _show_logo(actor, name)
    except BaseException:
        stored_files.remove(name)
        raise


@transaction.atomic
def remove_logo(actor: Person) -> None:
    """Let Parley's own mark stand for it again."""
    community = Community.hold()
    if community.logo:
        _replace(community, "")
        record(actor, What.COMMUNITY, details="logo")


@transaction.atomic
def _show_logo(actor: Person, name: str) -> None:
    _replace(Community.hold(), name)
    record(actor, What.COMMUNITY, details="logo")


def _replace(community: Community, name: str) -> None:
    """The logo is the file called `name`; the one before goes with the commit."""
    if former := community.logo.name:
        stored_files.forget(former)
    community.logo.name = name
    community.save(update_fields=["logo"])


def mail_test(actor: Person) -> str:
    """Let the worker mail a test to `actor`: the address it goes to. Raises Rejected with a sentence."""
    to = EmailAddress.objects.get_primary_email(actor) or actor.email
    if not to:
        raise Rejected(_("There is no address in your account: add one first."))
    if not TEST_LIMIT.take(actor.pk):
        raise Rejected(_("That was a lot for one hour. Try again later."))
    name = Community.current().name
    said = {"community": name}
    mail_later(_("A test from %(community)s") % said, _("Mail from %(community)s reaches you.") % said, to)
    return to


def try_mails_now() -> None:
    """Let the worker try all mails that wait, or were given up. Never raises for a queue that is away."""
    now = timezone.now()
    mails.try_all_now(now)
    PendingMail.objects.exclude(failing_since=None).update(due_at=now)
    for task in (send_waiting_mails, send_missed):
        enqueue(task)


@transaction.atomic
def let_new_people_find(actor: Person, room: Room, found: bool) -> None:
    """Put everybody who comes in from now on into `room`, or no longer."""
    if room.for_everyone != found:
        room.for_everyone = found
        edit_room(room, ["for_everyone"])
        record(actor, What.ROOM, room=room.name, details="found" if found else "not found")
