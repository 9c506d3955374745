"""What is read of messages and memberships, by a query or from an object: each value under its own name."""

import datetime
from typing import NamedTuple

import pytest
from django.core.exceptions import FieldError

from accounts.models import Community, Person
from database.rows import read_rows, row_of
from rooms.models import Membership, Message, Room
from rooms.models.values import AuthorRef, ReadState, RoomLink

DAY = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)


def day(number: int) -> datetime.datetime:
    return DAY + datetime.timedelta(days=number)


@pytest.fixture
def expected(alice) -> dict[str, object]:
    """The values of the one message that there is: no two are the same, but for true and false."""
    Community.objects.get_or_create(pk=1)
    Person.objects.filter(pk=alice.pk).update(display_name="Ana Lee", hue=7, avatar="a1b2", is_bot=True)
    room = Room.objects.get(slug="general")
    Community.objects.filter(pk=1).update(people_revision=901)
    parent = Message.objects.create(room=room, author=alice, first_revision=101, revision=102, body="parent")
    values: dict[str, object] = {
        "revision": 203, "first_revision": 202, "posted_at": day(1), "deleted_at": day(2),
        "removed_at": day(3), "body": "what was written", "html": "<p>shown</p>", "number": 204,
        "edited_at": day(4), "pinned_at": day(5), "edited_revision": 207, "reacted_revision": 208,
        "calls": "here", "replies": 205, "files": 206,
        "thread_id": parent.pk, "reply_to_id": parent.pk, "previous_at": day(7), "starts_group": True,
        "is_action": True, "notice": "left", "shown_name": "Called so", "shown_icon": "🤖",
        "shown_picture": "c3d4", "buttons": "Yes\nNo",
    }  # fmt: skip
    message = Message.objects.create(pk=parent.pk + 1000, room=room, author=alice, **values)
    return values | {
        "pk": message.pk, "reply_to_revision": 102, "room_id": room.pk, "slug": "general",
        "author_id": alice.pk, "username": "alice", "display_name": "Ana Lee", "hue": 7, "avatar": "a1b2",
        "is_bot": True, "people_revision": 901,
    }  # fmt: skip


def the_message() -> Message:
    return Message.objects.with_author().select_related("room", "reply_to").get(body="what was written")


def test_by_a_query(expected):
    (row,) = Message.objects.filter(pk=expected["pk"]).rows()
    assert row._asdict() == expected


def test_from_an_object(expected):
    assert the_message().row._asdict() == expected


def test_from_an_object_and_its_author(alice, expected):
    membership = Membership.objects.get(person=alice)
    author = Membership.objects.authors([membership.pk])[membership.pk]
    assert the_message().row_by(author)._asdict() == expected


def test_an_answer_to_nothing_has_no_revision_of_it(expected):
    Message.objects.update(reply_to=None)
    assert the_message().row.reply_to_revision is None


def test_an_author(alice, expected):
    Person.objects.filter(pk=alice.pk).update(time_zone="Asia/Tokyo")
    Room.objects.update(
        kind="closed", who_posts="moderators", slow_seconds=30, archived_at=day(6), is_listened=True
    )
    membership = Membership.objects.get(person=alice)
    author = Membership.objects.authors([membership.pk])[membership.pk]
    shared = {name: expected[name] for name in AuthorRef._fields if name in expected}
    own = {
        "membership_id": membership.pk, "role": "moderator", "community_role": "member",
        "muted_until": None, "time_zone": "Asia/Tokyo", "kind": "closed",
        "who_posts": "moderators", "who_calls": "members", "slow_seconds": 30, "archived_at": day(6),
        "is_listened": True,
    }  # fmt: skip
    assert author._asdict() == own | shared


def test_how_far_somebody_has_read(alice):
    Room.objects.update(posts=11, called=9)
    Membership.objects.filter(person=alice).update(read=5, mentioned=7)
    room = Room.objects.get()
    ((state, link),) = Membership.objects.filter(person=alice).how_far()
    assert state == ReadState(
        alice.pk,
        room.pk,
        read=5,
        mentioned=7,
        posts=11,
        called=9,
        kind="open",
        involvement="everything",
        gone=0,
    )
    assert link == RoomLink(room.pk, "general", "general", "open", "everything", is_favourite=False)


class Misspelt(NamedTuple):
    """A row with a field that is nowhere."""

    pk: int
    resolved: bool


def test_a_field_that_is_nowhere_is_an_error_that_names_it(expected):
    with pytest.raises(FieldError, match="resolved"):
        read_rows(Misspelt, Message.objects.all())
    with pytest.raises(AttributeError, match="resolved"):
        row_of(Misspelt, the_message())
