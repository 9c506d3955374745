"""What is counted in the database is not turned back by saving an object that was read before."""

from accounts.models import Person
from rooms import access
from rooms.actions.messages_post import post_message
from rooms.actions.reading import open_room
from rooms.models import Membership, Message, Room
from rooms.tests.saying import say


def test_a_room_that_is_saved_keeps_what_was_posted_meanwhile(alice):
    stale = Room.objects.get()
    say(alice, "general", "@room Hello")

    stale.save()

    room = Room.objects.get()
    assert (room.revision, room.posts, room.called) == (1, 1, 1)
    assert (stale.revision, stale.posts) == (1, 1)
    after = say(alice, "general", "the next")
    assert (after.revision, after.number) == (2, 2)


def test_a_room_that_is_saved_with_its_counters_named(alice):
    stale = Room.objects.get()
    say(alice, "general", "Hello")

    stale.save(update_fields=["for_everyone", "revision", "posts"])

    assert Room.objects.values_list("revision", "posts").get() == (1, 1)


def test_what_is_posted_while_the_administration_stores_a_room(alice, bob, client_of, monkeypatch):
    alice.role = "administrator"
    alice.save()
    monkeypatch.setattr(Room, "full_clean", lambda stale, **how: say(bob, "general", "meanwhile"))
    form = {"name": "general", "topic": "Tea", "kind": "open", "for_everyone": "on"}

    client_of(alice).post(f"/admin/rooms/room/{Room.objects.get().pk}/change/", form)

    assert Room.objects.values_list("topic", "posts", "revision").get() == ("Tea", 1, 2)


def test_a_membership_that_is_saved_keeps_what_was_read(alice, bob):
    stale = Membership.objects.get(person=bob)
    say(alice, "general", "Hello @bob")
    open_room(bob, Room.objects.get(), 0)

    stale.role = Membership.Role.MODERATOR
    stale.save()

    stored = Membership.objects.get(person=bob)
    assert (stored.role, stored.read, stored.mentioned) == ("moderator", 1, 1)


def test_a_message_that_is_saved_keeps_its_answers(alice, bob):
    first = say(alice, "general", "first")
    stale = Message.objects.get(pk=first.pk)
    post_message(access.membership(bob.pk, "general"), "an answer", reply_to=first.pk)

    stale.save()

    assert Message.objects.get(pk=first.pk).replies == 1


def test_a_person_who_is_saved_keeps_the_number_of_their_list(alice):
    stale = Person.objects.get(pk=alice.pk)
    Person.objects.filter(pk=alice.pk).update(rooms_revision=7)

    stale.save()

    assert Person.objects.get(pk=alice.pk).rooms_revision == 7


def test_a_new_row_has_the_numbers_it_is_given(alice, bob):
    room = Room.objects.create(name="tea", slug="tea", revision=3, posts=2)
    Membership.objects.create(room=room, person=bob, read=2)

    assert Membership.objects.values_list("read", "room__revision").get(room=room) == (2, 3)
