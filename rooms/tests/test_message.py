"""`/rooms/<slug>/messages/<id>/`: one message, and what one may do with it."""

import pytest

from rooms import actions
from rooms.models import Membership, Message
from rooms.tests.saying import say

DELETE = "Delete this message"


def test_shows_the_message(alice, bob, client_of):
    message = say(alice, "general", "Hello")

    response = client_of(bob).get(message.get_absolute_url())

    assert response.status_code == 200
    assert f'id="message-{message.pk}"' in response.content.decode()


def test_its_author_deletes_it(alice, bob, client_of):
    message = say(bob, "general", "regretted")
    client = client_of(bob)
    assert DELETE in client.get(message.get_absolute_url()).content.decode()

    response = client.post(message.get_absolute_url())

    assert (response.status_code, response["Location"]) == (303, "/rooms/general/")
    assert not Message.objects.standing().exists()


def test_a_trace_without_its_words_stays(alice, client_of):
    message = say(alice, "general", "regretted", token="a")

    client_of(alice).post(message.get_absolute_url())

    trace = Message.objects.get()
    assert (trace.body, trace.token, trace.first_revision, trace.revision) == ("", None, 1, 2)
    assert trace.deleted_at is not None
    assert trace.room.revision == 2


def test_a_moderator_deletes_it(alice, bob, client_of):
    message = say(bob, "general", "unkind")
    assert Membership.objects.get(person=alice).role == Membership.Role.MODERATOR

    client_of(alice).post(message.get_absolute_url())

    assert not Message.objects.standing().exists()


def test_an_administrator_deletes_it(alice, bob, person, client_of):
    message = say(bob, "general", "unkind")

    client_of(person("dora", is_superuser=True)).post(message.get_absolute_url())

    assert not Message.objects.standing().exists()


def test_others_do_not(alice, bob, client_of):
    message = say(alice, "general", "mine")
    client = client_of(bob)
    assert DELETE not in client.get(message.get_absolute_url()).content.decode()

    response = client.post(message.get_absolute_url(), follow=True)

    assert "Only its author, or a moderator, can delete that message." in response.content.decode()
    assert Message.objects.get().body == "mine"


def test_a_moderator_of_another_room_does_not(alice, bob, client_of):
    actions.create_room(bob, "attic")
    message = say(alice, "general", "mine")

    client_of(bob).post(message.get_absolute_url())

    assert Message.objects.standing().exists()


def test_the_one_after_it_opens_its_day_and_its_group(alice, client_of):
    first, second = say(alice, "general", "one"), say(alice, "general", "two")
    assert not second.starts_group

    client_of(alice).post(first.get_absolute_url())

    second.refresh_from_db()
    assert (second.starts_day, second.starts_group, second.revision) == (True, True, 3)


@pytest.mark.parametrize("method", ["get", "post"])
def test_not_through_another_room(alice, client_of, method):
    actions.create_room(alice, "attic")
    message = say(alice, "general", "Hello")

    response = getattr(client_of(alice), method)(f"/rooms/attic/messages/{message.pk}/")

    assert response.status_code == 404
    assert Message.objects.standing().exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_not_for_who_is_not_in_the_room(alice, bob, client_of, method):
    actions.create_room(alice, "attic")
    message = say(alice, "attic", "for members")

    response = getattr(client_of(bob), method)(message.get_absolute_url())

    assert response.status_code == 404
    assert b"for members" not in response.content
    assert Message.objects.standing().exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_not_when_it_is_gone_meanwhile(alice, client_of, method):
    message = say(alice, "general", "regretted")
    actions.remove_message(message)

    assert getattr(client_of(alice), method)(message.get_absolute_url()).status_code == 404
    assert Message.objects.get().room.revision == 2


def test_not_when_somebody_was_faster(alice, client_of, monkeypatch):
    message = say(alice, "general", "regretted")
    delete = actions.delete_message

    def after_another(membership, found):
        actions.remove_message(Message.objects.get(pk=found.pk))
        delete(membership, found)

    monkeypatch.setattr(actions, "delete_message", after_another)

    assert client_of(alice).post(message.get_absolute_url()).status_code == 404
    assert Message.objects.get().room.revision == 2


@pytest.mark.parametrize("pk", ["0", "99999999", "9" * 25, "-1", "one"])
def test_one_that_is_not_there(alice, client_of, pk):
    assert client_of(alice).get(f"/rooms/general/messages/{pk}/").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_asks_to_sign_in(alice, client, method):
    message = say(alice, "general", "for members")

    assert getattr(client, method)(message.get_absolute_url())["Location"].startswith("/accounts/login/")
    assert Message.objects.standing().exists()


def test_refuses_a_form_of_another_site(alice, client_of):
    message = say(alice, "general", "Hello")

    assert client_of(alice, enforce_csrf_checks=True).post(message.get_absolute_url()).status_code == 403
    assert Message.objects.standing().exists()
