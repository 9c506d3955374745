"""What somebody takes out of here, written by the worker; and who may have it."""

from django.db.models import Q
from django.http import Http404

from accounts import downloads
from accounts.archive import archive_file
from accounts.models import Person
from integrations.models import Export
from integrations.moving import here
from integrations.moving.layouts import WRITERS
from integrations.moving.scope import Scope
from rooms.models import Membership, Room


def make(pk: int) -> None:
    """Make the export `pk`, in the worker; nothing happens where it is made, or not theirs."""
    export = Export.objects.select_related("person", "room").filter(pk=pk).first()
    if export is None:
        return
    if not is_theirs(export):
        export.delete()
        return
    downloads.prepare(export, _content)


def _content(export: Export) -> downloads.Content:
    scope = Scope(export.room)
    write = WRITERS[export.layout]
    return downloads.Content(
        here.size_of(scope), lambda progress: archive_file(progress, lambda archive: write(archive, scope))
    )


def is_theirs(export: Export) -> bool:
    """Whether its person may have it still: they are in the room, or own the community. One query at most."""
    person = export.person
    if not person.is_active:
        return False
    if export.room_id is None:
        return person.is_owner
    return Membership.objects.filter(room=export.room_id, person=person).exists()


def newest_of(person: Person, room: Room | None) -> Export | None:
    """The export of `person` that there is, of that room or of everything, in whichever state. One query."""
    found = Export.objects.select_related("room").filter(person=person, room=room).first()
    return None if found and found.state == Export.State.DONE and not found.is_ready else found


def export_of(person: Person, pk: int) -> Export:
    """An export that is there for `person` still. Raises Http404."""
    theirs = Q(room__isnull=False, room__memberships__person=person)
    if person.is_owner:
        theirs |= Q(room__isnull=True)
    found = Export.objects.select_related("person", "room").filter(theirs, person=person, pk=pk).first()
    if found is None or not found.is_ready:
        raise Http404
    return found
