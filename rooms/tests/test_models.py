"""What a message starts, which slug is free, and whose revision comes next."""

import datetime
from typing import Any

import pytest
from django.db import transaction

from rooms import actions
from rooms.actions.messages_delete import remove_message
from rooms.actions.rooms import create_room
from rooms.models import Message, Room
from rooms.models.message import GROUP_WITHIN
from rooms.models.room import free_slug
from rooms.tests.saying import say

NOON = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)


def message(author_id: int = 1, at: datetime.datetime = NOON) -> Message:
    """A message that is in no database."""
    return Message(author_id=author_id, posted_at=at)


# -- stand_after ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "starts_group"),
    [
        (message(), True),
        (message(at=NOON + GROUP_WITHIN), False),
        (message(at=NOON + GROUP_WITHIN + SECOND), True),
        (message(author_id=2), True),
    ],
    ids=["the first of all", "soon", "not so soon", "somebody else"],
)
def test_what_a_message_starts(after, starts_group, request):
    before = None if "the first of all" in request.node.name else message()

    after.stand_after(before)

    assert after.starts_group is starts_group


def test_it_knows_in_which_quarter_of_an_hour_the_one_before_was():
    after = message(at=NOON + HOUR)

    after.stand_after(message(at=NOON + 29 * MINUTE + SECOND))

    assert after.previous_at == NOON + 15 * MINUTE


def test_says_whether_anything_has_changed():
    after = message()

    assert after.stand_after(message()) is True
    assert after.stand_after(message()) is False
    # No day starts between the two anywhere.
    assert after.stand_after(message(at=NOON + MINUTE)) is False
    assert after.stand_after(message(at=NOON - MINUTE)) is True


def test_what_was_deleted_is_nothing_to_stand_after(alice):
    remove_message(say(alice, "general", "one"))

    assert say(alice, "general", "two").starts_group is True


# -- free_slug -----------------------------------------------------------------------------


def taken(*slugs: str) -> None:
    """Let there be rooms with these slugs."""
    Room.objects.bulk_create(Room(name=slug, slug=slug) for slug in slugs)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("The attic", "the-attic"),
        ("Café & Küche", "café-küche"),
        ("новости", "новости"),
        ("!?", "room"),
        ("--", "room"),
        ("new", "new-2"),
        ("NEW", "new-2"),
        ("x" * 80, "x" * 60),
    ],
)
def test_slug_of_a_name(name, slug):
    assert free_slug(name) == slug


@pytest.mark.django_db
def test_slug_is_numbered_where_it_is_taken():
    taken("attic", "attic-2", "attic-4", "attics")

    assert free_slug("attic") == "attic-3"


@pytest.mark.django_db
def test_slug_that_another_begins_with_is_free():
    taken("attic-room")

    assert free_slug("attic") == "attic"


@pytest.mark.django_db
def test_slug_of_a_long_name_that_is_taken_fits():
    taken("x" * 60)

    assert len(free_slug("x" * 80)) <= Room._meta.get_field("slug").max_length  # type: ignore[operator]


def test_a_slug_taken_meanwhile_is_no_failure(alice, monkeypatch):
    create_room(alice, "attic")
    answers = iter(["attic", "attic-2"])
    monkeypatch.setattr(actions.rooms, "free_slug", lambda name: next(answers))

    assert create_room(alice, "attic").slug == "attic-2"


# -- next_revision -------------------------------------------------------------------------


def test_revisions_count_up_whatever_the_object_knew(alice):
    stale, room = Room.objects.get(slug="general"), Room.objects.get(slug="general")

    with transaction.atomic():
        revisions = [room.next_revision(), stale.next_revision(), room.next_revision()]

    assert revisions == [1, 2, 3]
    assert (room.revision, stale.revision) == (3, 2)
    assert Room.objects.get(slug="general").revision == 3


def test_a_revision_is_given_back_when_nothing_comes_of_it(alice):
    room = Room.objects.get(slug="general")

    def fail() -> Any:
        with transaction.atomic():
            room.next_revision()
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()

    assert Room.objects.get(slug="general").revision == 0


def test_revisions_of_rooms_are_their_own(alice):
    attic = create_room(alice, "attic")
    say(alice, "general", "Hello")

    assert say(alice, "attic", "Hello").revision == 1
    assert Room.objects.get(pk=attic.pk).revision == 1
