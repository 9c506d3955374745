"""What is done to keep order is written down, in the transaction that does it."""

from contextlib import AbstractContextManager

from django.db.models import Q, QuerySet
from django.utils import translation

from accounts.models import AuditEntry, Person
from accounts.plain_text import shortened

What = AuditEntry.What
# As long as a name is kept.
ROOM_NAME = AuditEntry._meta.get_field("room_name").max_length or 0
PERSON_NAME = AuditEntry._meta.get_field("person_name").max_length or 0


def in_english() -> AbstractContextManager[None]:
    """Words meanwhile are the program's own: what is written down reads alike, whoever did it."""
    return translation.override(None)


def record(
    actor: Person,
    what: AuditEntry.What,
    person: Person | None = None,
    *,
    name: str = "",
    room: str = "",
    details: str = "",
) -> None:
    """Write down that `actor` did `what` to `person`, or to whoever is called `name`. One query."""
    AuditEntry.objects.create(
        actor=actor,
        actor_name=actor.username,
        what=what,
        person=person,
        person_name=shortened(person.username if person else name, PERSON_NAME),
        room_name=shortened(room, ROOM_NAME),
        details=details,
    )


def entries(words: str = "", what: str = "") -> QuerySet[AuditEntry]:
    """What was done, the newest first: of that kind, and with each of `words` somewhere in it."""
    found = AuditEntry.objects.order_by("-at", "-pk")
    if what:
        found = found.filter(what=what)
    for word in words.split():
        found = found.filter(
            Q(actor_name__icontains=word)
            | Q(person_name__icontains=word)
            | Q(room_name__icontains=word)
            | Q(details__icontains=word)
        )
    return found
