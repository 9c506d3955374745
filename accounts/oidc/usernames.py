"""The username of somebody new who chose none: made of what their provider calls them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from accounts import lookalikes
from accounts.models import Person

# As long as a username may be (accounts.models.Person).
LONGEST = 40
# What no username has, at its ends or anywhere.
OTHERS = re.compile(r"[^A-Za-z0-9._-]+")
# Where nothing that they are called can be one.
NOBODYS = "person"


def free_username(wishes: Iterable[str]) -> str:
    """A username that nobody has, that looks like nobody else's and sounds like no office.

    The first of `wishes` that can be one, with a number behind it where that one is taken. One query.
    """
    taken: set[str] = set()
    for name in Person.objects.names():
        taken |= lookalikes.shapes(name)
    return next(
        name for name in _numbered(_first_usable(wishes)) if taken.isdisjoint(lookalikes.shapes(name))
    )


def _first_usable(wishes: Iterable[str]) -> str:
    for wish in wishes:
        name = _plain(wish)
        if name and not lookalikes.is_reserved(name):
            return name
    return NOBODYS


def _plain(wish: str) -> str:
    """What of `wish` may stand in a username; of an address what is before the @."""
    text = unicodedata.normalize("NFKD", wish.partition("@")[0].strip() or wish)
    letters = OTHERS.sub("-", text.encode("ascii", "ignore").decode())
    return letters.strip(".-")[:LONGEST].rstrip(".-")


def _numbered(name: str) -> Iterator[str]:
    """That name, and then with 2, 3, 4 … behind it."""
    yield name
    number = 2
    while True:
        numbered = f"{name[: LONGEST - len(str(number))].rstrip('.-')}{number}"
        if not lookalikes.is_reserved(numbered):
            yield numbered
        number += 1
