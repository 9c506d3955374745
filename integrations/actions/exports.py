"""Exports are asked for: by a member of a room, and by an owner."""

import datetime
from functools import partial

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import Rejected
from accounts.audit import What, record
from accounts.models import Person
from integrations.models import Export
from rooms.models import Membership, Room

# How soon the same person may ask for another.
AGAIN_AFTER = datetime.timedelta(minutes=5)
# Sent after the commit: `pk`.
export_waits = Signal()


def export_room(membership: Membership, layout: str) -> Export:
    """Let the worker write a room for one of its members. Raises Rejected with a sentence."""
    return _export(membership.person, layout, membership.room)


def export_everything(owner: Person, layout: str) -> Export:
    """Let the worker write all rooms that have a name, for an owner. Raises Rejected with a sentence."""
    if not owner.is_owner:
        raise Rejected(_("That is for an owner alone."))
    return _export(owner, layout, None)


@transaction.atomic
def _export(person: Person, layout: str, room: Room | None) -> Export:
    if layout not in Export.Layout.values:
        raise Rejected(_("Choose one of these."))
    # Of two at once, one is second.
    Person.objects.select_for_update().get(pk=person.pk)
    there = Export.objects.filter(person=person).first()
    if there is not None and there.is_under_way:
        raise Rejected(_("An export of yours is being prepared already."))
    if there is not None and there.asked_at > timezone.now() - AGAIN_AFTER:
        raise Rejected(_("You have just asked for an export. Wait a few minutes."))
    if there is not None:
        there.delete()
    export = Export.objects.create(person=person, layout=layout, room=room)
    # Of a direct conversation nobody else is told between whom it is.
    name = room.name or "a direct conversation" if room else "everything"
    record(person, What.EXPORT, room=name, details=f"as {layout}")
    transaction.on_commit(partial(export_waits.send, sender=Export, pk=export.pk))
    return export
