"""Who and what is called so: names are compared as words are, whatever their case, accents and script.

A database knows the case of ASCII letters alone (SQLite), or has rules of its own. So it picks the names
that are ASCII by itself, and all others are looked at here.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db.models import F, Func, IntegerField, Q, QuerySet
from django.db.models.functions import Length, Lower
from django.db.models.lookups import GreaterThan

from accounts.models import Person
from rooms.models import Membership, Room
from rooms.words import RUN, normalised

# As many as one can mean with a name in a question.
MEANT = 50
# As many names in other scripts are looked at here when somebody goes somewhere: the first in order.
LOOKED_AT = 2_000
DISPLAY_NAME = "person__display_name"


class Octets(Func):
    """How many bytes a text has: more than characters where it is not ASCII."""

    function = "octet_length"
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The same, for versions before 3.43."""
        context["template"] = "length(CAST(%(expressions)s AS BLOB))"
        return self.as_sql(compiler, connection, **context)


def people_called(names: Iterable[str]) -> list[int]:
    """The ids of those who are called one of `names`, as a username or as others see them. One query."""
    sought = _normalised_names(names)
    is_called = Q()
    for name in sought:
        is_called |= Q(username__iexact=name) | Q(display_name__iexact=name)
    people = Person.objects.alias(octets=Octets(F("display_name")))
    found = people.filter(is_called | Q(octets__gt=Length("display_name")))
    return _those_called(sought, found.values_list("pk", "username", "display_name"))


def people_matching(viewer: Person, text: str) -> list[int]:
    """The ids of the people whom `viewer` may know of that have each word of `text` in their names, by name.

    A name, a username or a title may have it, anywhere in a word. One query: for those whom the database
    knows, and for all those whom only we do.
    """
    words = normalised(text).split()
    people = Person.objects.visible_to(viewer).alias(
        octets=Octets(F("display_name")) + Octets(F("title")),
        characters=Length("display_name") + Length("title"),
    )
    has_all = Q()
    for word in words:
        has_all &= Q(username__icontains=word) | Q(display_name__icontains=word) | Q(title__icontains=word)
    found = people.filter(is_active=True).filter(has_all | Q(octets__gt=F("characters"))).by_name()
    return [
        pk
        for pk, *names in found.values_list("pk", "username", "display_name", "title")
        if words and all(any(word in _normalised_name(name) for name in names) for word in words)
    ]


def rooms_called(person: Person, names: Iterable[str]) -> list[int]:
    """The ids of the rooms of `person` that are called one of `names`. One query."""
    sought = _normalised_names(names)
    return _those_called(sought, Room.objects.of(person).values_list("pk", "slug", "name"))


def room_like(person: Person, name: str, but: int | None = None) -> Room | None:
    """A room that `person` may know of and that is called so, however the name is written. One query.

    Not the one with the id `but`.
    """
    sought = normalised(name)
    rooms = Room.objects.visible_to(person).named().order_by("pk")
    others = (room for room in rooms if room.pk != but)
    return next((room for room in others if sought and normalised(room.name) == sought), None)


def _normalised_names(names: Iterable[str]) -> set[str]:
    # Nobody means those who have no name for others to see.
    return {normalised(name) for name in names} - {""}


def _those_called(sought: set[str], found: Iterable[tuple[int, str, str]]) -> list[int]:
    return [pk for pk, *names in found if not sought.isdisjoint(map(_normalised_name, names))][:MEANT]


def members_called(room: Room, word: str, by: int, most: int) -> list[tuple[str, str, bool]]:
    """Usernames and names of those in `room` but `by`, of whose names a word begins with `word`.

    And of each whether they are a bot.

    By username, `most` at most. One query: for the first of those whom the database knows, and for all
    those whom only we do.
    """
    plain = normalised(word)
    begins = (
        Q(person__username__istartswith=plain)
        | Q(person__display_name__istartswith=plain)
        | Q(person__display_name__icontains=f" {plain}")
    )
    members = (
        Membership.objects.filter(room=room, person__is_active=True)
        .exclude(person=by)
        .order_by("person__username")
    )
    may_be = Q(pk__in=members.filter(begins).values("pk")[:most])
    if plain:
        members = members.alias(octets=Octets(F(DISPLAY_NAME)))
        may_be |= Q(octets__gt=Length(DISPLAY_NAME))
    found = members.filter(may_be).values_list("person__username", DISPLAY_NAME, "person__is_bot")
    return [one for one in found if any(_has_word(name, plain) for name in one[:2])][:most]


def people_like(people: QuerySet[Person], text: str, most: int) -> list[Person]:
    """Those of `people` of whose names a word begins with `text`, by what they are called; `most` at most.

    One query: for the first of those whom the database knows, and for all those whom only we do.
    """
    plain, ordered = normalised(text), people.order_by(Lower("username"))
    begins = (
        Q(username__istartswith=plain)
        | Q(display_name__istartswith=plain)
        | Q(display_name__icontains=f" {plain}")
    )
    may_be = Q(pk__in=ordered.filter(begins).values("pk")[:most])
    if plain:
        ordered = ordered.alias(octets=Octets(F("display_name")))
        may_be |= Q(octets__gt=Length("display_name"))
    found = ordered.filter(may_be)
    return [one for one in found if any(_has_word(name, plain) for name in (one.username, one.display_name))][
        :most
    ]


def _has_word(name: str, plain: str) -> bool:
    """Whether a word of `name` begins with `plain`; in a script without spaces, whether it is in there."""
    called = _normalised_name(name)
    return (
        called.startswith(plain)
        or f" {plain}" in called
        or (RUN.match(plain) is not None and plain in called)
    )


@lru_cache(32_768)
def _normalised_name(name: str) -> str:
    """The same as anybody's text; names are few, and asked for with each letter that somebody writes."""
    return normalised(name)


def rooms_with(rooms: QuerySet[Room], text: str, most: int) -> list[Room]:
    """Those of `rooms` whose names have each word of `text` in them, in their order; `most` at most.

    One query: for the first of those whom the database knows, and for all those whom only we do.
    """
    words = normalised(text).split()
    may_be = _may_have(rooms, words, ("name",), most)
    found = rooms.filter(may_be)[: LOOKED_AT + most]
    return [room for room in found if has_words((room.name,), words)][:most]


def people_with(people: QuerySet[Person], text: str, most: int) -> list[Person]:
    """Those of `people` whose names have each word of `text` in them, by username; `most` at most.

    One query, as in rooms_with.
    """
    words, ordered = normalised(text).split(), people.order_by(Lower("username"))
    may_be = _may_have(ordered, words, ("username", "display_name"), most)
    found = ordered.filter(may_be)[: LOOKED_AT + most]
    return [one for one in found if has_words((one.username, one.display_name), words)][:most]


def _may_have(found: QuerySet[Any], words: Sequence[str], fields: Sequence[str], most: int) -> Q:
    """The first of those whose names have these words as the database sees it, and those it cannot read."""
    has_all = Q()
    for word in words:
        has_word = Q()
        for field in fields:
            has_word |= Q(**{f"{field}__icontains": word})
        has_all &= has_word
    may_be = Q(pk__in=found.filter(has_all).values("pk")[:most])
    for field in fields if words else ():
        may_be |= Q(GreaterThan(Octets(F(field)), Length(field)))
    return may_be


def has_words(names: Iterable[str], words: Iterable[str]) -> bool:
    """Whether each of the normalised `words` is in one of `names`, anywhere in it."""
    called = [_normalised_name(name) for name in names]
    return all(any(word in name for name in called) for word in words)


def begins_word(names: Iterable[str], text: str) -> bool:
    """Whether a word of one of `names` begins with `text`."""
    return any(_has_word(name, normalised(text)) for name in names)
