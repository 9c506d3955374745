"""People keep messages for themselves: nobody else hears of it."""

from rooms.models import Membership, Message, Saved


def save_message(membership: Membership, message: Message) -> None:
    """Keep a message for a member of its room; nothing happens where it is kept already."""
    Saved.objects.get_or_create(person_id=membership.person_id, message=message)


def unsave_message(membership: Membership, message: Message) -> None:
    """Keep it no longer."""
    Saved.objects.filter(person=membership.person_id, message=message).delete()


def is_saved(membership: Membership, message: Message) -> bool:
    """Whether that member keeps it. One query."""
    return Saved.objects.filter(person=membership.person_id, message=message).exists()
