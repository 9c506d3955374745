"""People keep messages for themselves: nobody else hears of it."""

from accounts.models import Person
from rooms.models import Message, Saved


def save_message(person: Person, message: Message) -> None:
    """Keep a message; nothing happens where it is kept already."""
    Saved.objects.get_or_create(person=person, message=message)


def unsave_message(person: Person, message: Message) -> None:
    """Keep it no longer."""
    Saved.objects.filter(person=person, message=message).delete()
