"""What several people say at once is stored in one transaction, and what goes wrong for one is their own."""

import datetime
from dataclasses import replace

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client import REGISTRY

from accounts.actions import block
from accounts.models import Community, Person
from rooms import access, broadcasts
from rooms.actions.direct import open_direct
from rooms.actions.members import put_in
from rooms.actions.messages_post import post_messages
from rooms.actions.messages_prepare import NewMessage
from rooms.actions.rejected import Rejected
from rooms.actions.rooms import create_room
from rooms.models import Membership, Message, Room
from rooms.models.values import MessageRow
from rooms.tests.saying import say


@pytest.fixture
def garden(alice, bob) -> Room:
    """A second room, with both in it."""
    room = create_room(alice, "garden")
    put_in(room, [bob])
    return room


def draft(person, slug: str, text: str, token: str = "") -> NewMessage:
    return NewMessage(access.membership(person.pk, slug).pk, person.pk, text, token)


def test_each_has_its_place_and_its_number(alice, bob, garden):
    say(bob, "general", "before")

    posted = post_messages(
        [
            draft(alice, "general", "one"),
            draft(bob, "garden", "two"),
            draft(alice, "general", "three"),
            draft(bob, "general", "four"),
        ]
    )

    messages = [one for one in posted if isinstance(one, MessageRow)]
    assert [(one.slug, one.revision, one.username, one.starts_group) for one in messages] == [
        ("general", 2, "alice", True),
        ("garden", 1, "bob", True),
        ("general", 3, "alice", False),
        ("general", 4, "bob", True),
    ]
    assert [one.pk for one in messages] == sorted(one.pk for one in messages)
    assert {one.pk: one for one in messages} == {
        one.pk: one for one in Message.objects.exclude(body="before").rows()
    }
    assert dict(Room.objects.values_list("slug", "revision")) == {"general": 4, "garden": 1}


def test_a_room_is_told_once(alice, bob, garden, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(
        "live.bus.publish_fragment",
        lambda group, html, **more: told.append(
            (group, html.count("<li"), more["changes"], more["revision"])
        ),
    )

    with django_capture_on_commit_callbacks(execute=True):
        post_messages(
            [draft(alice, "general", "one"), draft(bob, "garden", "two"), draft(bob, "general", "three")]
        )

    general = Room.objects.get(slug="general")
    assert told == [(general.group, 2, 2, 2), (garden.group, 1, 1, 1)]


@pytest.mark.parametrize("times", [1, 40])
def test_so_many_queries_whatever_their_number(alice, bob, garden, times):
    drafts = [draft(alice, "general", "a"), draft(bob, "garden", "b")] * times

    with CaptureQueriesContext(connection) as captured:
        posted = post_messages(drafts)

    assert all(isinstance(one, MessageRow) for one in posted)
    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    # How much anybody may say; the memberships; the rooms' revisions, for which PostgreSQL locks the rooms
    # first; what stands before; the messages; what their authors have read.
    assert len(asked) == 6 + connection.features.has_select_for_update, "\n".join(asked)


def test_what_cannot_be_said_leaves_the_others_alone(alice, bob):
    gone = draft(bob, "general", "I was just leaving")
    Membership.objects.filter(pk=gone.membership_id).delete()

    first, empty, left, last = post_messages(
        [draft(alice, "general", "one"), draft(alice, "general", " "), gone, draft(alice, "general", "two")]
    )

    assert isinstance(first, MessageRow)
    assert isinstance(last, MessageRow)
    assert isinstance(empty, Rejected)
    assert isinstance(left, access.NotFound)
    assert [one.body for one in Message.objects.order_by("pk")] == ["one", "two"]


def test_a_frame_that_came_before_is_what_it_was(alice, bob):
    before = say(alice, "general", "Hello", token="a")

    new, again = post_messages([draft(bob, "general", "Hi"), draft(alice, "general", "Hello", token="a")])

    assert isinstance(new, MessageRow)
    assert isinstance(again, MessageRow)
    assert again.pk == before.pk
    assert Message.objects.count() == 2


def test_a_frame_twice_at_once_is_one_message(alice, bob):
    once = draft(alice, "general", "Hello", token="a")

    first, again, other = post_messages([once, once, draft(bob, "general", "Hi")])

    assert first == again
    assert isinstance(other, MessageRow)
    assert Message.objects.count() == 2


def test_somebody_whose_account_was_closed_says_nothing(alice, bob):
    wanted = draft(bob, "general", "Hello")
    bob.is_active = False
    bob.save()

    (refused,) = post_messages([wanted])

    assert isinstance(refused, access.NotFound)


def test_one_who_says_too_much_is_asked_to_wait(alice, bob):
    Community(messages_a_minute=3).save()

    *said, refused, other = post_messages(
        [*(draft(alice, "general", f"{number}") for number in range(4)), draft(bob, "general", "mine")]
    )

    assert all(isinstance(one, MessageRow) for one in (*said, other))
    assert isinstance(refused, Rejected)
    assert str(refused).startswith("That was a lot")


def test_each_is_charged_for_what_they_said_and_once(alice, bob):
    """A frame that comes again makes the batch fall apart: that costs nobody but who sent it."""
    Community(messages_a_minute=3).save()
    say(alice, "general", "Hello", token="a")

    post_messages([draft(alice, "general", "Hello", token="a"), draft(bob, "general", "Hi")])

    alices = post_messages([draft(alice, "general", str(number)) for number in range(2)])
    bobs = post_messages([draft(bob, "general", str(number)) for number in range(3)])
    assert [isinstance(one, MessageRow) for one in alices] == [True, False]
    assert [isinstance(one, MessageRow) for one in bobs] == [True, True, False]


def test_the_time_it_took_is_observed_once_for_each(alice, bob):
    def observed() -> float:
        return REGISTRY.get_sample_value("parley_post_seconds_count") or 0

    say(alice, "general", "Hello", token="a")
    before = observed()

    post_messages([draft(alice, "general", "Hello", token="a"), draft(bob, "general", "Hi")])

    assert observed() == before + 2


def test_nobody_posts_in_the_place_of_another(alice, bob):
    (refused,) = post_messages([replace(draft(alice, "general", "It was me"), person_id=bob.pk)])
    assert isinstance(refused, access.NotFound)


def _mute(alice, bob, room: Room) -> None:
    Person.objects.filter(pk=bob.pk).update(muted_until=timezone.now() + datetime.timedelta(hours=1))


def _block(alice, bob, room: Room) -> None:
    block(alice, bob)


def _archive(alice, bob, room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(archived_at=timezone.now())


def _slow_down(alice, bob, room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(slow_seconds=3600)


def _leave_to_moderators(alice, bob, room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(who_posts=Room.Who.MODERATORS)


def _allow_no_more(alice, bob, room: Room) -> None:
    Community.objects.update(messages_a_minute=1)


@pytest.mark.parametrize(
    "refuse", [_mute, _block, _archive, _slow_down, _leave_to_moderators, _allow_no_more]
)
def test_what_is_sent_again_is_what_it_was_whatever_would_refuse_it_now(alice, bob, refuse):
    room = open_direct(bob, [alice])
    Membership.objects.filter(room=room).update(role="member")
    (before,) = post_messages([draft(bob, room.slug, "Hello", token="a")])
    refuse(alice, bob, room)
    again, new = post_messages(
        [draft(bob, room.slug, "Hello", token="a"), draft(bob, room.slug, "Hello, you", token="b")]
    )
    assert isinstance(new, Rejected)
    assert isinstance(before, MessageRow)
    assert again == before
    assert Message.objects.count() == 1


def test_what_somebody_else_sent_with_a_token_is_not_ones_own(alice, bob, garden):
    post_messages([draft(alice, "garden", "Hello", token="a")])
    Room.objects.filter(pk=garden.pk).update(archived_at=timezone.now())
    (mine,) = post_messages([draft(bob, "garden", "Hello", token="a")])
    assert isinstance(mine, Rejected)


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite is reached without a line")
def test_a_commit_whose_answer_is_lost_is_looked_up(alice, monkeypatch):
    commit = connection.commit

    def lost() -> None:
        monkeypatch.undo()
        commit()
        raise OperationalError("the line is gone")

    monkeypatch.setattr(connection, "commit", lost)
    (posted,) = post_messages([draft(alice, "general", "stored", "t1")])

    assert isinstance(posted, MessageRow)
    assert Message.objects.get().body == "stored"


@pytest.mark.usefixtures("transactional_db")
def test_what_is_stored_is_acknowledged_though_it_cannot_be_told(alice, monkeypatch):
    """To render it asks the database, which may be away by then: other processes find it when they look."""

    def away(*args: object) -> None:
        raise OperationalError("the line is gone")

    monkeypatch.setattr(broadcasts, "messages_posted", away)
    (posted,) = post_messages([draft(alice, "general", "stored")])
    assert isinstance(posted, MessageRow)
