"""The only way from an id in a request to what somebody's programs have."""

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Departure, Person
from integrations.models import Hook, OutgoingHook, Token
from rooms import access
from rooms.models import Membership, Room


def token_of(person: Person, pk: int) -> Token:
    """One of the tokens of `person`, or of a bot. One query. Raises Http404."""
    found = Token.objects.of(person).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def bots_of(person: Person) -> QuerySet[Person]:
    """The bots that `person` looks after: their own, and all that there are for who runs the community."""
    there = Person.objects.filter(is_bot=True).exclude(pk__in=Departure.objects.values("person"))
    mine = there if person.administers else there.filter(bot_owner=person)
    return mine.select_related("bot_owner").by_name()


def bot_of(person: Person, pk: int) -> Person:
    """One of these. One query. Raises Http404."""
    found = bots_of(person).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def rooms_to_add_to(person: Person, bot: Person) -> QuerySet[Room]:
    """The rooms that `person` may put a bot in, where it is not: those that they are in, and may write in."""
    there = Room.objects.of(bot).values("pk")
    return Room.objects.of(person).named().current().exclude(pk__in=there).by_name()


def places_of(bot: Person) -> QuerySet[Membership]:
    """Where a bot is, by the names of the rooms."""
    return Membership.objects.filter(person=bot).select_related("room", "person").order_by("room__name", "pk")


def place_of(bot: Person, pk: int) -> Membership:
    """One of these. One query. Raises Http404."""
    found = places_of(bot).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def moderated_room(person_id: int, slug: str) -> Membership:
    """The membership of a moderator of a room that has a name. One query. Raises NotFound."""
    membership = access.membership(person_id, slug)
    if membership.room.is_direct or not access.moderates(membership):
        raise access.NotFound
    return membership


def hook(membership: Membership, pk: int) -> Hook:
    """A hook of that room. One query. Raises NotFound."""
    found = Hook.objects.select_related("bot", "maker", "room").filter(room=membership.room_id, pk=pk).first()
    if found is None:
        raise access.NotFound
    return found


def outgoing(membership: Membership, pk: int) -> OutgoingHook:
    """An outgoing hook of that room. One query. Raises NotFound."""
    of_room = OutgoingHook.objects.select_related("bot", "maker", "room").filter(room=membership.room_id)
    found = of_room.filter(pk=pk).first()
    if found is None:
        raise access.NotFound
    return found


def hook_at(key: str) -> Hook:
    """The hook that has this key. One query. Raises NotFound."""
    found = Hook.objects.select_related("bot", "maker", "room").filter(key=key).first()
    if found is None:
        raise access.NotFound
    return found
