"""What tests of rooms do all the time."""

from accounts.models import Person
from rooms import access
from rooms.actions.messages_post import post_message
from rooms.actions.rooms import create_room
from rooms.models import Message, Room


def say(person: Person, slug: str, text: str, token: str = "") -> Message:
    """Let `person` say `text` in the room called `slug`, through the one door there is."""
    posted = post_message(access.membership(person.pk, slug), text, token)
    return Message.objects.select_related("room", "author").get(pk=posted.pk)


def closed_room(person: Person, name: str = "board") -> Room:
    """A room by invitation, in which `person` alone is."""
    room = create_room(person, name)
    room.kind = Room.Kind.CLOSED
    room.save(update_fields=["kind"])
    return room
