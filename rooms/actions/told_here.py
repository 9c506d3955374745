"""How somebody is told, while a page of theirs is open, that something is for them."""

from functools import partial

from django.db import transaction

from accounts.models import Person
from rooms import events


def set_sound(person: Person, sound: Person.Sound) -> None:
    """Let `person` hear that one, on the pages that are open as well; or none. One query."""
    _set(person, sound=sound)


def set_on_desktop(person: Person, choice: Person.OnDesktop) -> None:
    """Let the pages of `person` show that much on their desktop, those that are open as well. One query."""
    _set(person, on_desktop=choice)


@transaction.atomic
def _set(person: Person, **chosen: str) -> None:
    Person.objects.filter(pk=person.pk).update(**chosen)
    transaction.on_commit(partial(events.publish_rooms_changed, [person.pk]))
