"""Those who have left for good, in rooms: what of them stays, what goes, and what open pages show of it."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import clearing, departures, tasks
from accounts.models import SILENCE, Departure, Person
from rooms import access
from rooms.actions import former_members
from rooms.actions.direct import open_direct
from rooms.actions.following import follow
from rooms.actions.messages_post import post_message
from rooms.actions.reactions import toggle_reaction
from rooms.actions.rooms import create_room
from rooms.actions.saved import save_message
from rooms.actions.votes import toggle_vote
from rooms.models import (
    Attachment,
    Draft,
    Follower,
    Membership,
    Mention,
    Message,
    Reaction,
    Room,
    Saved,
    Vote,
)
from rooms.models.authorship import HasWritten
from rooms.tests.files import PDF, attach, posted, stored
from rooms.tests.saying import say
from tests.page import takes_away
from tests.sockets import Sockets

ROOM = "/ws/rooms/general/"


@pytest.fixture
def leaves(django_capture_on_commit_callbacks):
    """Let somebody leave, and the worker do what it does."""

    def leave(person, *, removes: bool = False) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            departures.leave(person, removes_messages=removes)

    return leave


def page(client, address: str = "/rooms/general/") -> str:
    return client.get(address).content.decode()


def test_what_they_said_stays_without_their_name(client_of, alice, bob, leaves):
    say(bob, "general", "I was here")

    leaves(bob)

    shown = page(client_of(alice))
    assert "I was here" in shown
    assert "Former member" in shown
    assert ">bob<" not in shown
    message = Message.objects.get()
    assert (message.author_id, message.deleted_at) == (bob.pk, None)


def test_what_they_said_is_removed_where_they_chose_so(client_of, alice, bob, leaves, uploads):
    his = client_of(bob)
    posted(his, attach(his, "a.pdf", PDF), text="with a file")
    say(bob, "general", "and without")
    say(alice, "general", "I stay")

    leaves(bob, removes=True)

    shown = page(client_of(alice))
    assert "with a file" not in shown
    assert "and without" not in shown
    assert "I stay" in shown
    assert not Attachment.objects.exists()
    assert stored(uploads) == 0


def test_where_others_answered_there_is_a_trace(client_of, alice, bob, leaves):
    asked = say(bob, "general", "Who comes?")
    post_message(access.membership(alice.pk, "general"), "I do", reply_to=asked.pk)

    leaves(bob, removes=True)

    shown = page(client_of(alice))
    assert "Who comes?" not in shown
    assert f'id="message-{asked.pk}"' in shown


def test_threads_and_numbers_stay(client_of, alice, bob, leaves):
    asked = say(alice, "general", "Who comes?")
    post_message(access.membership(bob.pk, "general"), "I do", reply_to=asked.pk)
    say(bob, "general", "as always")
    before = list(Message.objects.order_by("pk").values_list("number", "thread_id", "replies"))

    leaves(bob)

    assert list(Message.objects.order_by("pk").values_list("number", "thread_id", "replies")) == before


@pytest.mark.parametrize("removes", [False, True])
def test_what_was_theirs_alone_is_gone(client_of, alice, bob, leaves, uploads, removes):
    message = say(alice, "general", "@bob look")
    his = access.membership(bob.pk, "general")
    toggle_reaction(his, message, "👍")
    toggle_reaction(his, message, "🎉")
    toggle_reaction(access.membership(alice.pk, "general"), message, "👍")
    poll = say(alice, "general", "/poll Lunch? | Pizza | Soup")
    toggle_vote(his, poll, "Soup")
    toggle_vote(access.membership(alice.pk, "general"), poll, "Soup")
    save_message(his, message)
    follow(his, message)
    Draft.objects.create(person=bob, room=his.room, text="well")
    attach(client_of(bob), "later.pdf", PDF)

    leaves(bob, removes=removes)

    for kind in (Mention, Saved, Draft, Follower, Membership):
        assert not kind.objects.filter(person=bob).exists(), kind
    assert [(one.person_id, one.emoji) for one in Reaction.objects.all()] == [(alice.pk, "👍")]
    assert [(one.person_id, one.choice) for one in Vote.objects.all()] == [(alice.pk, "Soup")]
    assert not Attachment.objects.exists()
    assert stored(uploads) == 0
    # What somebody else wrote is theirs.
    assert "@bob look" in Message.objects.get(pk=message.pk).body


def test_nobody_finds_them_to_mention(client_of, alice, bob, leaves):
    leaves(bob)
    assert "former" not in page(client_of(alice), "/rooms/general/suggestions/?word=@f").lower()


def test_a_room_they_made_stays(client_of, alice, bob, leaves):
    create_room(bob, "garden")
    leaves(bob)
    assert client_of(alice).get("/rooms/garden/").status_code == 200


def test_the_administration_removes_no_messages(client_of, alice, bob, django_capture_on_commit_callbacks):
    say(bob, "general", "I was here")
    alice.role = "administrator"
    alice.save()
    with django_capture_on_commit_callbacks(execute=True):
        client_of(alice).post(f"/admin/accounts/person/{bob.pk}/delete/", {"post": "yes"})
    assert "I was here" in page(client_of(alice))


# -- The worker --------------------------------------------------------------------------------


def test_a_worker_that_dies_leaves_the_rest_to_the_next(alice, bob, monkeypatch):
    monkeypatch.setattr(former_members, "TOGETHER", 2)
    for number in range(6):
        say(bob, "general", f"number {number}")
    departures.leave(bob, removes_messages=True)
    departure = Departure.objects.get()
    with monkeypatch.context() as dying:
        beats: list[Any] = []

        def die(self, **values: Any) -> None:
            beats.append(values)
            if len(beats) == 3:
                raise KeyboardInterrupt

        dying.setattr(Departure, "beat", die)
        with pytest.raises(KeyboardInterrupt):
            clearing.clear(departure.pk)
    left = Message.objects.undeleted().count()
    assert 0 < left < 6
    # While it may still be at work, nobody takes over.
    tasks.take_up_again.call_local()
    assert Message.objects.undeleted().count() == left
    Departure.objects.update(beat_at=timezone.now() - SILENCE * 2)

    tasks.take_up_again.call_local()

    assert not Message.objects.undeleted().exists()


def test_what_arrives_after_they_have_left_goes_as_well(alice, bob, leaves):
    message = say(bob, "general", "first")
    leaves(bob, removes=True)
    # Behind the check of who may post, and stored after the worker had looked.
    late = Message.objects.create(
        room=message.room, author=bob, body="late", first_revision=9, revision=9, number=2
    )
    Membership.objects.create(room=message.room, person=bob)
    past = timezone.now() - clearing.SETTLED * 4
    Departure.objects.update(asked_at=past, beat_at=past)

    tasks.take_up_again.call_local()

    late.refresh_from_db()
    assert late.deleted_at
    assert not Membership.objects.filter(person=bob).exists()
    assert Departure.objects.get().state == "done"


def test_to_clear_twice_changes_nothing(alice, bob, leaves):
    say(bob, "general", "gone")
    leaves(bob, removes=True)
    revision = Room.objects.get().revision
    tasks.clear_after.call(Departure.objects.get().pk)
    assert Room.objects.get().revision == revision


def test_it_takes_as_many_queries_for_each_message(alice, bob):
    def queries(count: int) -> int:
        Membership.objects.get_or_create(person=bob, room=Room.objects.get())
        for number in range(count):
            say(bob, "general", f"number {number}")
        Departure.objects.all().delete()
        departure = Departure.objects.create(person=bob, removes_messages=True)
        with CaptureQueriesContext(connection) as captured:
            clearing.clear(departure.pk)
        return len(captured)

    queries(1)
    few, more = queries(10), queries(20)
    assert queries(30) - more == more - few


# -- Pages that are open -------------------------------------------------------------------------


async def test_a_name_changes_on_open_pages_and_their_own_close(sockets: Sockets, alice, bob):
    await sync_to_async(say)(bob, "general", "I was here")
    hers, his = await sockets(ROOM, "alice"), await sockets(ROOM, "bob")
    await hers.resume(0)

    await sync_to_async(departures.leave)(bob, removes_messages=False)

    # Signed out, or, where the worker was quicker than the look at the session, no longer a member.
    assert await his.closed() in (4401, 4403)
    # The list of who is here may say so first, in a frame of its own.
    everywhere = f"[data-name=&#x27;{bob.pk}&#x27;]"
    await hers.until(lambda text: "Former member" in text.partition(everywhere)[2])


async def test_messages_and_reactions_go_from_open_pages(sockets: Sockets, alice, bob):
    message = await sync_to_async(say)(bob, "general", "unkind")
    kept = await sync_to_async(say)(alice, "general", "kind")
    his = await sync_to_async(access.membership)(bob.pk, "general")
    await sync_to_async(toggle_reaction)(his, kept, "👍")
    hers = await sockets(ROOM, "alice")
    await hers.resume(0)

    await sync_to_async(departures.leave)(bob, removes_messages=True)

    html = await hers.until(takes_away(f"#message-{message.pk}"))
    assert f'hx-target="#message-{kept.pk}"' in html


@pytest.mark.parametrize(
    "delete",
    [lambda bob: bob.delete(), lambda bob: Person.objects.filter(pk=bob.pk).delete()],
    ids=["one", "several"],
)
def test_by_no_other_door_what_they_wrote_goes_with_them(alice, bob, delete):
    say(bob, "general", "stays")
    with pytest.raises(HasWritten, match="leave: an empty account"):
        delete(bob)
    assert Message.objects.undeleted().get().author == bob


def test_nor_do_they_vanish_from_what_others_wrote_to_them(alice, bob):
    room = open_direct(alice, [bob])
    say(alice, room.slug, "for you")
    with pytest.raises(HasWritten):
        bob.delete()
    assert room.memberships.count() == 2


def test_who_left_nothing_is_deleted(alice, bob):
    bob.delete()
    assert not Person.objects.filter(username="bob").exists()
