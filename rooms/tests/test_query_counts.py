"""How many queries a page asks: so many, whatever the number of rooms, members and messages.

Every test runs on a small site and on a large one with the same number in it. A number that
has to grow is a decision; one that may shrink is a gift.
"""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from demo.management.commands import demo
from live.models import GRACE, Connection
from rooms.actions.messages_edit import edit_state
from rooms.actions.rooms import edit_room
from rooms.models import Attachment, Follower, Membership, Mention, Message, Room
from rooms.tests.files import HTMX, PNG, named

# The session and the person who asks.
WHO = 2
# The community; the rooms at the side; who is here, and the names of those who are online.
AROUND = 1 + 1 + 2
# Messages that have changed: how they are now, their previews and their reactions.
ROW = 3
# The room beside which something is open: it, its messages, and the names of those who are in it.
ROOM = 3

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture(scope="module", params=[10, 1000], ids=["small", "large"])
def built(request, django_db_setup, django_db_blocker) -> Iterator[None]:
    """A site of each size, built once: what a test does to it is rolled back behind the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        build(request.param)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def site(built, db) -> None:
    """A site with so many rooms, members and messages in a room, all of the members in it now."""


def build(size: int) -> None:
    """Fill an empty site."""
    demo.fill(0, rooms=size, members=size, now=timezone.now())
    general, people = Room.objects.get(slug="general"), list(Person.objects.all())
    write(general, people, size)
    until = timezone.now() + GRACE + datetime.timedelta(hours=1)
    Connection.objects.bulk_create(
        Connection(person=person, session="", place=general.group, present_until=until) for person in people
    )


def write(room: Room, people: list[Person], count: int) -> None:
    """So many messages in `room`, by everybody in turn."""
    Message.objects.bulk_create(
        Message(room=room, author=people[n % len(people)], body=f"number {n}", first_revision=n, revision=n)
        for n in range(1, count + 1)
    )
    Room.objects.filter(pk=room.pk).update(revision=count)


@pytest.fixture
def client(client_of) -> Client:
    """The browser of alice, who is in every room."""
    return client_of(Person.objects.get(username="alice"))


@pytest.fixture
def queries(django_capture_on_commit_callbacks) -> Callable[..., list[str]]:
    """What a request asks the database, what follows its commit included."""

    def count(request: Callable[..., Any], *args: Any, status: int = 200, **options: Any) -> list[str]:
        with CaptureQueriesContext(connection) as captured, django_capture_on_commit_callbacks(execute=True):
            response = request(*args, **options)
        assert response.status_code == status
        # In life these are BEGIN and COMMIT; here a test is a transaction already.
        marks = ("SAVEPOINT", "RELEASE SAVEPOINT")
        return [query["sql"] for query in captured if not query["sql"].startswith(marks)]

    return count


def oldest_shown() -> int:
    """A place in the history from which to read on."""
    return Message.objects.order_by("-pk")[5].pk


def test_sign_in(queries):
    asked = queries(
        Client().post, "/accounts/login/", {"login": "bob", "password": "parley-demo"}, status=302
    )

    # Whether there is anybody; who that is, by what was typed, and whether they may come in (3);
    # a new session (2), when they came (1), the list of their sessions (3), and which it is (1).
    assert len(asked) == 11, "\n".join(asked)


def test_side(client, queries):
    asked = queries(client.get, "/rooms/new/")

    assert len(asked) == WHO + AROUND, "\n".join(asked)


def test_home(client, queries):
    asked = queries(client.get, "/", status=302)

    assert len(asked) == WHO + 1, "\n".join(asked)


def test_rooms(client, queries):
    asked = queries(client.get, "/rooms/")

    # How many rooms there are, which are on the page, these, and how many are in each.
    assert len(asked) == WHO + AROUND + 4, "\n".join(asked)


def test_rooms_found(client, queries):
    asked = queries(client.get, "/rooms/", {"q": "room"})

    # The names of all: a database does not compare them as people do. A page of those, and who is in each.
    assert len(asked) == WHO + AROUND + 3, "\n".join(asked)


def test_go(client, queries):
    asked = queries(client.get, "/go/", {"q": "o"}, headers={"HX-Request": "true"})

    # Conversations, of which there are none here, else another; rooms; people.
    assert len(asked) == WHO + 3, "\n".join(asked)


def test_involvement(client, queries):
    asked = queries(client.get, "/rooms/general/involvement/")

    assert len(asked) == WHO + AROUND + 1, "\n".join(asked)


def test_involvement_chosen(client, queries):
    asked = queries(client.post, "/rooms/general/involvement/", {"involvement": "nothing"}, status=303)

    # The membership, twice; that the list of one's rooms is another (2).
    assert len(asked) == WHO + 4, "\n".join(asked)


def test_room(client, queries):
    asked = queries(client.get, "/rooms/general/")

    # The room, its messages, and the names of those who are in it.
    assert len(asked) == WHO + AROUND + 3, "\n".join(asked)


def test_room_again(client, queries):
    client.get("/rooms/general/")

    asked = queries(client.get, "/rooms/general/")

    # The room; of what is around it, the names are known.
    assert len(asked) == WHO + AROUND - 1 + 1, "\n".join(asked)


def test_room_from_outside(client, queries):
    client.post("/rooms/general/leave/")

    asked = queries(client.get, "/rooms/general/")

    assert len(asked) == WHO + AROUND + 1, "\n".join(asked)


def test_history_page(client, queries):
    asked = queries(client.get, "/rooms/general/", {"before": oldest_shown()})

    assert len(asked) == WHO + AROUND + 3, "\n".join(asked)


def test_history_to_htmx(client, queries):
    asked = queries(client.get, "/rooms/general/", {"before": oldest_shown()}, headers={"HX-Request": "true"})

    # The room, the community and the messages.
    assert len(asked) == WHO + 3, "\n".join(asked)


def test_history_again(client, queries):
    older = {"before": oldest_shown()}
    client.get("/rooms/general/", older)

    asked = queries(client.get, "/rooms/general/", older, headers={"HX-Request": "true"})

    # The room and the community.
    assert len(asked) == WHO + 2, "\n".join(asked)


def test_post(client, queries):
    asked = queries(client.post, "/rooms/general/", {"body": "Hello", "token": "a"}, status=303)

    # The membership, how much anybody may say, and the membership with those of all who post now; the room's
    # next revision, what stands before, the message, and what its author has read; the others are told
    # without a query.
    assert len(asked) == WHO + 7, "\n".join(asked)


def test_post_refused(client, queries):
    asked = queries(client.post, "/rooms/general/", {"body": " "}, status=422)

    # The membership, twice, how much anybody may say, the messages, and the names of those in the room.
    assert len(asked) == WHO + AROUND + 5, "\n".join(asked)


def test_message(client, queries):
    asked = queries(client.get, f"/rooms/general/messages/{oldest_shown()}/")

    # The membership, the message, those before and after it, whether one has saved it, and follows it.
    assert len(asked) == WHO + AROUND + 6, "\n".join(asked)


def test_menu(client, queries):
    asked = queries(client.get, f"/rooms/general/messages/{oldest_shown()}/", headers={"HX-Request": "true"})

    assert len(asked) == WHO + 4, "\n".join(asked)


def test_reactions(client, queries):
    asked = queries(client.get, f"/rooms/general/messages/{oldest_shown()}/reactions/")

    # The membership, the message, and who reacted.
    assert len(asked) == WHO + AROUND + ROOM + 3, "\n".join(asked)


def test_reactions_again(client, queries):
    address = f"/rooms/general/messages/{oldest_shown()}/reactions/"
    asked = queries(client.get, address, {"given": ""}, headers=HTMX)

    assert len(asked) == WHO + 3, "\n".join(asked)


def test_palette(client, queries):
    asked = queries(
        client.get, f"/rooms/general/messages/{oldest_shown()}/reactions/", headers={"HX-Request": "true"}
    )

    assert len(asked) == WHO + 2, "\n".join(asked)


def test_reaction(client, queries):
    address = f"/rooms/general/messages/{oldest_shown()}/reactions/"
    asked = queries(client.post, address, {"emoji": "👍"}, headers={"HX-Request": "true"})

    # The membership and the message; the revision, the message's, whether it is taken back, what else
    # there is, the reaction, what that person gives most, where that is other than it was, and the message
    # and its reactions as they are now, for pages and for programs.
    assert len(asked) == WHO + 2 + 5 + 2 + ROW + 1, "\n".join(asked)


def test_reply(client, queries):
    asked = queries(
        client.get, f"/rooms/general/messages/{oldest_shown()}/reply/", headers={"HX-Request": "true"}
    )

    assert len(asked) == WHO + 2, "\n".join(asked)


def test_thread(client, queries):
    first = Message.objects.earliest("pk")
    Message.objects.exclude(pk=first.pk).update(thread=first, reply_to=first)

    asked = queries(client.get, f"/rooms/general/messages/{first.pk}/thread/")

    # The membership, the first message, its answers, and what they quote.
    assert len(asked) == WHO + AROUND + ROOM + 4, "\n".join(asked)


def test_thread_to_htmx(client, queries):
    first = Message.objects.earliest("pk")
    Message.objects.exclude(pk=first.pk).update(thread=first, reply_to=first)
    Message.objects.filter(pk=first.pk).update(replies=9)

    asked = queries(client.get, f"/rooms/general/messages/{first.pk}/thread/", headers=HTMX)

    # Besides, who answered.
    assert len(asked) == WHO + 4 + 1, "\n".join(asked)


def test_answer(client, queries):
    # Somebody else's, who is told.
    first = Message.objects.exclude(author__username="alice").earliest("pk")
    Message.objects.exclude(pk=first.pk).update(thread=first, reply_to=first)
    Message.objects.filter(pk=first.pk).update(replies=9)
    thread = f"/rooms/general/messages/{first.pk}/thread/"

    asked = queries(client.post, thread, {"body": "Yes"}, status=303)

    # The membership and the first message; the community's limits, the author and what is answered; the
    # room's revision, what stands before, the message, how far its author has read, whom it means (2); the
    # count of the thread (2), who follows it (2), what the answer quotes, and the rows, of which one says who
    # answered.
    assert len(asked) == WHO + 2 + 3 + 6 + 2 + 3 + ROW, "\n".join(asked)


def test_edit(client, queries):
    mine = Message.objects.filter(author__username="alice").latest("pk")

    asked = queries(
        client.post, f"/rooms/general/messages/{mine.pk}/edit/", {"body": "other words"}, status=303
    )

    # The membership and the message; the revision, the message as it is behind that lock, what it said, what
    # it says; whom it names, and what is behind its links; its row.
    assert len(asked) == WHO + 8 + ROW, "\n".join(asked)


def test_versions(client, queries):
    client.post("/rooms/general/", {"body": "the newest"})
    message = Message.objects.latest("pk")
    for number in range(30):
        edit = {"body": f"text {number}", "seen": edit_state(message)}
        client.post(f"/rooms/general/messages/{message.pk}/edit/", edit)
        message.refresh_from_db()

    asked = queries(client.get, f"/rooms/general/messages/{message.pk}/versions/")

    # The membership and the message, how many texts it had, and a page of them; in the room it has changed.
    assert len(asked) == WHO + AROUND + ROOM + 4 + ROW - 1, "\n".join(asked)


def test_pins(client, queries):
    for message in Message.objects.all()[:30]:
        client.post(f"/rooms/general/messages/{message.pk}/pin/")
    asked = queries(client.get, "/rooms/general/pins/")

    # The membership, how many pins there are, and their rows.
    assert len(asked) == WHO + AROUND + ROOM + 2 + ROW, "\n".join(asked)


def test_pins_again(client, queries):
    for message in Message.objects.all()[:30]:
        client.post(f"/rooms/general/messages/{message.pk}/pin/")
    asked = queries(client.get, "/rooms/general/pins/", {"list": ""}, headers=HTMX)

    assert len(asked) == WHO + 2 + ROW, "\n".join(asked)


def test_pin(client, queries):
    asked = queries(client.post, f"/rooms/general/messages/{oldest_shown()}/pin/", status=303)

    # The membership and the message; the revision, how many pins there are, the pin; the row.
    assert len(asked) == WHO + 5 + ROW, "\n".join(asked)


def test_saved(client, queries):
    for message in Message.objects.all()[:30]:
        client.post(f"/rooms/general/messages/{message.pk}/save/")
    asked = queries(client.get, "/saved/")

    # How many there are, a page of them, and their rooms.
    assert len(asked) == WHO + AROUND + 3, "\n".join(asked)


def test_deletion(client, queries):
    asked = queries(client.post, f"/rooms/general/messages/{oldest_shown()}/", status=303)

    # The membership and the message, the revision, whether it was answered, the deletion, six kinds of
    # what goes with it, the message after it, the one before, and the one after it again, which opens a
    # group now; the rows.
    assert len(asked) == WHO + 14 + ROW, "\n".join(asked)


def test_join_and_leave(client, queries):
    # The membership, its room's lock, how far they had read (3), its row, a mail about it that waits, what
    # waits to go other ways, the feed of it; that the list of somebody's rooms has changed, and whose (2);
    # whether anybody is left, and the line that says it (5).
    assert len(queries(client.post, "/rooms/general/leave/", status=303)) == WHO + 9 + 2 + 6
    # The room and its lock, whether they are in it, how far they had read (3), the membership (2); that the
    # list of somebody's rooms has changed, and whose (2); the line that says it (5).
    assert len(queries(client.post, "/rooms/general/join/", status=303)) == WHO + 8 + 2 + 5


def test_a_room_is_renamed(client, queries):
    general = Room.objects.get(slug="general")
    general.name = "Everybody"

    # What it was called, its revision, and what it is called; its members, and that their lists have changed.
    assert len(queries(lambda: rename(general))) == 3 + 3


def test_a_room_is_deleted(client, queries):
    general = Room.objects.get(slug="general")
    few = len(queries(lambda: delete(Room.objects.create(name="empty", slug="empty"))))

    # One query more for its members, two for their lists; and what goes with messages, hundreds at a time.
    assert len(queries(lambda: delete(general))) < few + 60


def rename(room: Room) -> HttpResponse:
    """Store the name that `room` has."""
    edit_room(room, ["name"])
    return HttpResponse()


def delete(room: Room) -> HttpResponse:
    """Delete `room`, and all that is in it."""
    room.delete()
    return HttpResponse()


def mention_everywhere() -> None:
    """Name alice in all that was said in `general`, and call everybody with every other message."""
    general, alice = Room.objects.get(slug="general"), Person.objects.get(username="alice")
    messages = list(general.messages.exclude(author=alice).values_list("pk", flat=True))
    Message.objects.filter(pk__in=messages[::2]).update(calls="room")
    Mention.objects.bulk_create(Mention(message_id=message, person=alice) for message in messages[1::2])
    general.messages.update(number=F("revision"))
    Room.objects.update(posts=F("revision"), called=F("revision"))


def test_side_with_mentions(client, queries):
    mention_everywhere()

    asked = queries(client.get, "/rooms/new/")

    # How many of them are unread, by name and by calls to the room.
    assert len(asked) == WHO + AROUND + 2, "\n".join(asked)


def test_mentions(client, queries):
    mention_everywhere()
    client.get("/mentions/")

    asked = queries(client.get, "/mentions/")

    # By name and by calls, the messages, and how far they were read; and those of the side. Nobody is here.
    assert len(asked) == WHO + AROUND - 1 + 4 + 2, "\n".join(asked)


def test_threads(client, queries):
    alice, messages = Person.objects.get(username="alice"), list(Message.objects.order_by("pk"))
    Message.objects.filter(pk__in=[one.pk for one in messages[5:]]).update(thread=messages[0])
    Follower.objects.bulk_create(Follower(person=alice, thread=one) for one in messages[:800])
    client.get("/threads/")

    asked = queries(client.get, "/threads/")

    # How many there are, a page of them, what is new there, the newest answers, the messages, and the rooms.
    # Nobody is here.
    assert len(asked) == WHO + AROUND - 1 + 6, "\n".join(asked)


def test_opening_what_is_unread(client, queries):
    mention_everywhere()
    client.get("/rooms/general/")
    Membership.objects.update(read=1)

    asked = queries(client.get, "/rooms/general/")
    asked_before = queries(client.get, "/rooms/general/")

    # That it is read; where that began, if it is not on the page (with 10 messages it is).
    assert 1 <= len(asked) - len(asked_before) <= 2, "\n".join(asked)


def test_all_read(client, queries):
    mention_everywhere()

    assert len(queries(client.post, "/read/", status=303)) == WHO + 1


def test_files(client, queries, uploads):
    # The membership, how much a file may have, how many wait already, and the row.
    assert (
        len(queries(client.post, "/rooms/general/files/", {"files": named("a.png", PNG)}, status=303))
        == WHO + 4
    )
    file = Attachment.objects.get()
    assert len(queries(client.get, file.get_absolute_url())) == WHO + 1
    assert len(queries(client.get, file.thumbnail_url)) == WHO + 1
    # The membership and the file; what is stored of it, and its row.
    remove = f"/rooms/general/files/{file.pk}/remove/"
    assert len(queries(client.post, remove, headers=HTMX)) == WHO + 4


def test_suggestions(client, queries):
    # The membership, and who may be meant.
    assert len(queries(client.post, "/rooms/general/suggestions/", {"body": "@m"})) == WHO + 2


def test_connection(client, queries):
    asked = queries(client.get, "/connection/")

    assert len(asked) == WHO + AROUND + 1, "\n".join(asked)
