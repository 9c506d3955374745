"""Several people are chosen: those who are, as chips, and those who may be, as buttons."""

from functools import cached_property

from django.db.models import QuerySet

from accounts.access import PersonRequest
from accounts.models import Person
from rooms import access
from rooms.name_lookup import people_like

# As many as one looks through faster than one types another letter.
OFFERED = 8


class PeoplePicker:
    """What a form says of people: `person` are the usernames chosen, `with` and `without` change that.

    `q` is looked for among `people`; `first`, which Enter presses, takes the first that is found. At most
    `most` can be chosen.
    """

    def __init__(self, request: PersonRequest, people: QuerySet[Person], most: int) -> None:
        self._asked = request.POST if request.method == "POST" else request.GET
        self._people, self._viewer = people, request.user
        self.most = most

    @cached_property
    def typed(self) -> str:
        """What is looked for."""
        return self._asked.get("q", "").replace("\x00", "").strip()[:60]

    @cached_property
    def query(self) -> str:
        """What is in the box: nothing, once somebody was chosen by it."""
        return "" if {"with", "without"} & self._asked.keys() or self._is_first_taken else self.typed

    @cached_property
    def _is_first_taken(self) -> bool:
        return "first" in self._asked and bool(self.typed) and bool(self._found)

    @cached_property
    def _found(self) -> list[Person]:
        return people_like(self._people, self.typed, OFFERED + self.most)

    @cached_property
    def chosen(self) -> list[Person]:
        """Those who are chosen. One query, or none."""
        names = dict.fromkeys([*self._asked.getlist("person"), *self._asked.getlist("with")])
        if self._is_first_taken:
            names[self._found[0].username] = None
        for name in self._asked.getlist("without"):
            names.pop(name, None)
        wanted = list(names)[: self.most]
        return access.people_named(self._viewer, wanted) if wanted else []

    @cached_property
    def offered(self) -> list[Person]:
        """Those who may be chosen besides. One query."""
        there = {person.pk for person in self.chosen}
        found = (
            self._found if self.query == self.typed else people_like(self._people, "", OFFERED + self.most)
        )
        return [person for person in found if person.pk not in there][:OFFERED]

    @property
    def is_full(self) -> bool:
        """Whether nobody more can be chosen."""
        return len(self.chosen) >= self.most
