"""What is counted, and who is told, when rooms or the lists of people's rooms change: by whatever door."""

from collections.abc import Collection
from itertools import batched

from django.db import transaction
from django.db.models import F
from django.dispatch import Signal

from accounts.models import Community, Person

# Sent in the transaction that changes a room: `room`, with its new revision.
room_changed = Signal()
# Sent in the transaction that changes the lists of the rooms of `people`, their ids.
lists_changed = Signal()

# People whose number is written in one query.
BATCH_LIMIT = 10_000


@transaction.atomic
def count_change_of_lists(people: Collection[int]) -> None:
    """The lists of the rooms of `people` are other ones from the end of this transaction on. Two queries.

    Whoever changes a list after this waits for the community's row, so the numbers are in the order of
    the commits.
    """
    if not people:
        return
    here = Community.objects.filter(pk=1)
    if not here.update(rooms_revision=F("rooms_revision") + 1):
        Community.objects.get_or_create(pk=1, defaults={"rooms_revision": 1})
    for some in batched(people, BATCH_LIMIT):
        Person.objects.filter(pk__in=some).update(rooms_revision=here.values("rooms_revision"))
    lists_changed.send(sender=Person, people=people)
