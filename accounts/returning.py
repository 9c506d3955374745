"""Somebody banned who comes back as somebody new: what they are likely to bring along.

Neither is a proof, and both can be avoided by who wants to; so nobody is refused for them. They wait until
somebody who runs the community has looked.
"""

import re
from string import digits

from django.http import HttpRequest

from accounts import browsers
from accounts.lookalikes import shapes
from accounts.models import Person

# What stands between the words of a name, and what people put to one that is taken: bob2, bob_, the-bob.
BETWEEN = re.compile(r"[\W_]+")
# Letters of a word that says whose name it is: shorter ones are in too many.
SHORTEST = 3


def banned_person_like(username: str, request: HttpRequest) -> Person | None:
    """Somebody banned of whom a new `username` reminds, or in whose browser it was chosen. One query."""
    looks = _shapes_of_words(username)
    for person in Person.objects.exclude(banned_at=None).order_by("-banned_at"):
        names = _shapes_of_words(person.username, person.display_name)
        if not looks.isdisjoint(names) or browsers.number_of(request, person.pk):
            return person
    return None


def _shapes_of_words(*names: str) -> set[str]:
    """What these names look like without what was put to them, and what each of their words does."""
    found: set[str] = set()
    for name in names:
        words = [word.strip(digits) for word in BETWEEN.split(name)]
        for word in (*words, "".join(words)):
            found |= shapes(word) if len(word) >= SHORTEST else set()
    return found
