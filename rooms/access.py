"""The only way from what a request or a frame names to an object: scoped to who asks, or not found."""

from django.http import Http404

from accounts.models import Person
from rooms.models import Membership, Message, Room


class NotFound(Http404):
    """There is no such thing, or not for this person: nobody can tell which."""


def visible_room(person: Person, slug: str) -> Room:
    """The room called `slug`, if `person` may know of it."""
    room = Room.objects.visible_to(person).filter(slug=slug).first()
    if room is None:
        raise NotFound
    return room


def room_and_place(person: Person, slug: str) -> tuple[Room, bool]:
    """The room called `slug`, if `person` may know of it, and whether they are in it. One query."""
    room = visible_room(person, slug)
    return room, bool(getattr(room, "joined", False))


def membership(person_id: int, slug: str) -> Membership:
    """The membership of that person in the room called `slug`, with both. One query."""
    found = (
        Membership.objects.filter(person=person_id, person__is_active=True, room__slug=slug)
        .select_related("room", "person")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def message(person_id: int, slug: str, pk: int) -> tuple[Membership, Message]:
    """A message that stands, in a room that person is in, with their membership."""
    mine = membership(person_id, slug)
    found = mine.room.messages.standing().filter(pk=pk).select_related("author").first()
    if found is None:
        raise NotFound
    return mine, found


def may_delete(membership: Membership, message: Message) -> bool:
    """One's own; a moderator of the room, and an administrator, anybody's."""
    return (
        message.author_id == membership.person_id
        or membership.role == Membership.Role.MODERATOR
        or membership.person.is_superuser
    )
