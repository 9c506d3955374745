"""From what an address says to what the token may have of it: as `rooms.access`, less what it is not for."""

from accounts.access import visible_person
from accounts.models import Person
from integrations import access as programs
from integrations.api.bearer import ProgramRequest
from rooms import access
from rooms.models import Attachment, Membership, Message, Room


def membership(request: ProgramRequest, slug: str) -> Membership:
    """The place of the token's person in a room that it is for. One query. Raises NotFound."""
    mine = access.membership(request.user.pk, slug)
    _refuse_others(request, mine.room)
    return mine


def named_room(request: ProgramRequest, slug: str) -> Membership:
    """The same, of a room that has a name."""
    mine = membership(request, slug)
    if mine.room.is_direct:
        raise access.NotFound
    return mine


def moderated_room(request: ProgramRequest, slug: str) -> Membership:
    """The same, of a room that the token's person moderates."""
    mine = programs.moderated_room(request.user.pk, slug)
    _refuse_others(request, mine.room)
    return mine


def message(request: ProgramRequest, slug: str, pk: int) -> tuple[Membership, Message]:
    """A message that stands in such a room, with that place. Two queries. Raises NotFound."""
    mine, found = access.message(request.user.pk, slug, pk)
    _refuse_others(request, mine.room)
    return mine, found


def room(request: ProgramRequest, slug: str) -> Room:
    """A room that the token's person may know of, `joined` or not. One query. Raises NotFound."""
    found, found_joined = access.room_and_place(request.user, slug)
    found.joined = found_joined
    _refuse_others(request, found)
    return found


def attachment(request: ProgramRequest, pk: int) -> Attachment:
    """A file that the token's person may see. One query. Raises NotFound."""
    found = access.attachment(request.user.pk, pk)
    if not request.auth.is_for(found.room_id):
        raise access.NotFound
    return found


def somebody(request: ProgramRequest, username: str) -> Person:
    """Somebody of whom the token's person may know; where it is for some rooms, who is in these."""
    found = visible_person(request.user, username)
    limited = request.auth.rooms
    if limited is not None and not Membership.objects.filter(person=found, room__in=limited).exists():
        raise access.NotFound
    return found


def _refuse_others(request: ProgramRequest, room: Room) -> None:
    """Raise NotFound where the token is not for that room."""
    if not request.auth.is_for(room.pk):
        raise access.NotFound
