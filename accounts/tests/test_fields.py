"""A name is cleaned by whatever door it comes."""

from collections.abc import Callable

import pytest

from accounts.models import Community, Person

TYPED, STORED = "\u202eecilA\u200b", "ecilA"


def save(person: Person) -> None:
    person.display_name = TYPED
    person.save(update_fields=["display_name"])
    assert person.name == STORED


def create(person: Person) -> None:
    person.delete()
    Person.objects.bulk_create([Person(username="alice", display_name=TYPED)])


def update_several(person: Person) -> None:
    person.display_name = TYPED
    Person.objects.bulk_update([person], ["display_name"])


DOORS: dict[str, Callable[[Person], object]] = {
    "an object": save,
    "a query": lambda person: Person.objects.update(display_name=TYPED),
    "new objects": create,
    "changed objects": update_several,
}


@pytest.mark.parametrize("door", DOORS)
def test_a_name_is_stored_clean(alice, door):
    DOORS[door](alice)

    assert Person.objects.get().display_name == STORED


def test_a_search_is_left_as_it_is(alice):
    Community(name="Crew two").save()

    assert Community.objects.filter(name__contains="w t").exists()
    assert not Community.objects.filter(name__contains=" \u202e").exists()


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("\U0001f1e9\U0001f1ea", "\U0001f1e9\U0001f1ea"),
        ("श्री निवास", "श्रीनि"),
        ("g̃ora", "G̃"),
    ],
)
def test_initials_are_visible_characters(name, initials):
    assert Person(display_name=name).initials == initials
