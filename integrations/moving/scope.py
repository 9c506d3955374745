"""What an export is of: which rooms, and how much of what is in them."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Person
from rooms.models import Membership, Message, Room


@dataclass(frozen=True, slots=True)
class Scope:
    """One room, as its members see it; or, without one, everything, as who runs the site has it.

    `direct` is whether conversations between a few are in what is of everything.
    """

    room: Room | None = None
    direct: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it is of everything: with addresses of people, earlier texts, and traces of deletions."""
        return self.room is None

    def rooms(self) -> QuerySet[Room]:
        """The rooms, in the order in which they came to be."""
        if self.room is not None:
            return Room.objects.filter(pk=self.room.pk)
        rooms = Room.objects.order_by("pk")
        return rooms if self.direct else rooms.named()

    def people(self) -> QuerySet[Person]:
        """Everybody, or who is in the room and who wrote in it."""
        people = Person.objects.order_by("pk")
        if self.room is None:
            return people
        there = Exists(Membership.objects.filter(room=self.room, person=OuterRef("pk")))
        wrote = Exists(Message.objects.visible().filter(room=self.room, author=OuterRef("pk")))
        return people.filter(there | wrote)

    def messages(self, room: Room) -> QuerySet[Message]:
        """What stands in one of the rooms: of deleted ones, in what is of everything, their traces."""
        found = Message.objects.visible().filter(room=room)
        return found if self.is_whole else found.filter(deleted_at__isnull=True)
