"""The administration's pages about rooms."""

import pytest

from rooms.models import Message, Room
from rooms.tests.saying import say


@pytest.fixture
def admin(person, client_of):
    """The browser of an administrator."""
    return client_of(person("root", is_staff=True, is_superuser=True))


@pytest.mark.parametrize("model", ["room", "membership", "message"])
def test_lists_and_finds(admin, alice, model):
    say(alice, "general", "Hello")

    response = admin.get(f"/admin/rooms/{model}/", {"q": "general"})

    assert response.status_code == 200
    assert "general" in response.content.decode()


def test_the_revision_of_a_room_is_not_in_the_form(admin, alice):
    say(alice, "general", "Hello")
    room = Room.objects.get()
    form = {
        "name": "Everybody",
        "topic": "",
        "kind": "open",
        "for_everyone": "on",
        "revision": "0",
        "slug": "x",
    }

    assert admin.post(f"/admin/rooms/room/{room.pk}/change/", form).status_code == 302

    room.refresh_from_db()
    assert (room.name, room.slug, room.revision) == ("Everybody", "general", 2)


@pytest.mark.parametrize("address", ["room/add", "message/add"])
def test_rooms_and_messages_are_not_made_here(admin, address):
    assert admin.get(f"/admin/rooms/{address}/").status_code == 403


def test_a_message_is_not_changed_here(admin, alice):
    message = say(alice, "general", "Hello")

    assert admin.post(f"/admin/rooms/message/{message.pk}/change/", {"body": "Bye"}).status_code == 403
    assert Message.objects.get().body == "Hello"


def test_deleting_a_message_leaves_a_trace(admin, alice):
    message = say(alice, "general", "unkind")

    response = admin.post(f"/admin/rooms/message/{message.pk}/delete/", {"post": "yes"})

    assert response.status_code == 302
    trace = Message.objects.get()
    assert (trace.body, trace.deleted_at is not None, trace.revision) == ("", True, 2)


def test_deleting_several_leaves_a_trace_of_each(admin, alice):
    messages = [say(alice, "general", f"unkind {n}") for n in range(3)]
    form = {"action": "delete_selected", "_selected_action": [m.pk for m in messages], "post": "yes"}

    assert admin.post("/admin/rooms/message/", form).status_code == 302

    assert not Message.objects.visible().exists()
    assert sorted(Message.objects.values_list("revision", flat=True)) == [4, 5, 6]


def test_deleting_what_is_deleted_changes_nothing(admin, alice):
    message = say(alice, "general", "unkind")
    for _ in range(2):
        admin.post(f"/admin/rooms/message/{message.pk}/delete/", {"post": "yes"})

    assert Message.objects.get().revision == 2


def test_pages_hear_of_a_deletion(admin, alice, monkeypatch, django_capture_on_commit_callbacks):
    message = say(alice, "general", "unkind")
    told = []
    monkeypatch.setattr("live.bus.publish_fragment", lambda group, html, **more: told.append((group, html)))

    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"/admin/rooms/message/{message.pk}/delete/", {"post": "yes"})

    assert [group for group, _ in told] == [message.room.group]
    assert f'hx-target="#message-{message.pk}" hx-swap="delete"' in told[0][1]


def test_nothing_in_a_name_or_a_topic_deceives(admin, alice):
    room = Room.objects.get()
    form = {"name": "\u202elareneG\u200b", "topic": "a\u2066b", "kind": "open", "for_everyone": "on"}

    assert admin.post(f"/admin/rooms/room/{room.pk}/change/", form).status_code == 302

    room.refresh_from_db()
    assert (room.name, room.topic) == ("lareneG", "ab")


def test_is_for_administrators(alice, client_of):
    assert client_of(alice).get("/admin/rooms/message/").status_code == 302
