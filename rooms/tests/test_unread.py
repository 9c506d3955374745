"""What is unread: badges on every page, what is read by opening and by looking, and what is marked."""

import asyncio
import threading
from math import ceil
from time import monotonic

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from live import server_process
from live.server_process import ServerProcess
from rooms import access
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_post import post_message
from rooms.actions.reading import read_rooms
from rooms.actions.rooms import create_room, join_room
from rooms.models import Membership, Message, Room
from rooms.render.badges import MORE, badge_for, badge_html, badge_of
from rooms.tests.saying import say
from rooms.unread import tracker
from rooms.unread.tracker import tracker_of
from tests.sockets import PATIENCE, Sockets, TestSocket

ROOM = "/ws/rooms/general/"
LIVE = "/ws/live/"

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")


def badge(room: Room, count: int, *, is_mention: bool = False) -> str:
    """The badge of a room that says so."""
    return badge_html(room.pk, badge_of(count, is_mention))


def read_by(person: Person, slug: str = "general") -> int:
    """Up to which number somebody has read."""
    return Membership.objects.get(person=person, room__slug=slug).read


@pytest.fixture
def general(alice: Person, bob: Person) -> Room:
    return Room.objects.get(slug="general")


async def page(sockets: Sockets, path: str, who: str, **frame: str) -> TestSocket:
    """A page that has come, with its badges."""
    socket = await sockets(path, who)
    await socket.resume(0, **frame)
    return socket


# -- As loaded -----------------------------------------------------------------------------


def test_the_page_says_how_many(alice, bob, general, client_of):
    for number in range(3):
        say(alice, "general", f"number {number}")

    assert badge(general, 3) in client_of(bob).get("/rooms/new/").content.decode()
    assert badge(general, 0) in client_of(alice).get("/rooms/new/").content.decode()


@pytest.mark.parametrize(("count", "shown"), [(1, ">1<"), (99, ">99<"), (100, ">99+<"), (5000, ">99+<")])
def test_a_badge_says_at_most_so_many(count, shown):
    assert shown in badge_html(1, badge_for(count, 0, 0))


def test_a_badge_of_nothing_is_empty():
    empty = '<b class="unread unread-of-1"></b>'
    assert badge_html(1, badge_for(7, 7, 7)) == badge_html(1, badge_for(7, 8, 0)) == empty


def test_who_comes_in_has_nothing_to_read(alice, bob, person, client_of):
    say(alice, "general", "before")
    room = create_room(alice, "tea")
    say(alice, "tea", "before")

    client_of(bob).post("/rooms/tea/join/")
    newcomer = person("dora")

    assert read_by(newcomer) == read_by(bob, "tea") == 1
    assert Membership.objects.get(room=room, person=bob).room.posts == 1


def test_who_is_put_in_a_room_by_an_administrator_has_nothing_to_read(alice, bob, client_of):
    alice.role = "administrator"
    alice.save()
    room = create_room(alice, "tea")
    say(alice, "tea", "before")

    form = {"room": room.pk, "person": bob.pk, "role": "member"}
    form |= {"joined_at_0": "2030-01-01", "joined_at_1": "10:00"}
    assert client_of(alice).post("/admin/rooms/membership/add/", form).status_code == 302

    assert read_by(bob, "tea") == 1


# -- By opening ----------------------------------------------------------------------------


def test_opening_reads(alice, bob, general, client_of):
    say(alice, "general", "Hello")
    client = client_of(bob)

    html = client.get("/rooms/general/").content.decode()

    assert read_by(bob) == 1
    assert badge(general, 0) in html


def test_what_is_read_is_not_written_again(alice, bob, client_of):
    say(alice, "general", "Hello")
    client = client_of(bob)
    client.get("/rooms/general/")

    with CaptureQueriesContext(connection) as asked:
        client.get("/rooms/general/")

    assert not [query for query in asked if query["sql"].startswith("UPDATE")]


def test_an_older_page_reads_nothing(alice, bob, client_of):
    first = say(alice, "general", "one")
    say(alice, "general", "two")

    client_of(bob).get("/rooms/general/", {"before": first.pk + 1})

    assert read_by(bob) == 0


def test_the_line_stands_above_what_is_new(alice, bob, client_of):
    say(alice, "general", "old")
    client = client_of(bob)
    client.get("/rooms/general/")
    new = say(alice, "general", "new")
    say(alice, "general", "newer")

    html = client.get("/rooms/general/").content.decode()

    assert html.index(f'id="message-{new.pk - 1}-new"') < html.index(f'id="message-{new.pk}"')
    assert html.index("old") < html.index("New messages") < html.index("newer")
    assert "New messages" not in client.get("/rooms/general/").content.decode()


def test_the_line_is_not_for_what_one_said(alice, client_of):
    say(alice, "general", "mine")

    assert "New messages" not in client_of(alice).get("/rooms/general/").content.decode()


def test_what_is_new_may_begin_on_an_older_page(alice, bob, client_of):
    messages = [say(alice, "general", f"number {number}") for number in range(60)]

    html = client_of(bob).get("/rooms/general/").content.decode()

    there = f"/rooms/general/history/?around={messages[0].pk}#message-{messages[0].pk}"
    assert f'<a href="{there}">60 new messages since today' in html
    assert "new-line" not in html


def test_what_was_deleted_needs_no_older_page(alice, bob, client_of):
    messages = [say(alice, "general", f"number {number}") for number in range(51)]
    remove_message(messages[0])

    html = client_of(bob).get("/rooms/general/").content.decode()

    assert "?around=" not in html
    assert f'id="message-{messages[1].pk - 1}-new"' in html


# -- Live ----------------------------------------------------------------------------------


async def test_every_page_hears_of_rooms_that_nobody_has_open(sockets: Sockets, alice, bob, general):
    tea = await sync_to_async(create_room)(alice, "tea")
    await sync_to_async(join_room)(bob, tea)
    bobs, alices = await page(sockets, LIVE, "bob"), await page(sockets, LIVE, "alice")

    await sync_to_async(say)(alice, "tea", "Four o'clock")
    await sync_to_async(say)(alice, "general", "Hello")

    await bobs.until(badge(tea, 1))
    assert " unread-of-" not in await alices.quiet(0.1)


async def test_a_page_that_comes_gets_all_of_them(sockets: Sockets, alice, bob, general):
    await sync_to_async(say)(alice, "general", "Hello")
    socket = await sockets(LIVE, "bob")

    assert badge(general, 1) in await socket.resume(0)


async def test_a_storm_is_one_badge_a_look(sockets: Sockets, alice, bob, general):
    bobs = await page(sockets, LIVE, "bob")
    began = monotonic()
    for number in range(30):
        await sync_to_async(say)(alice, "general", f"number {number}")
    arrived = await bobs.until(badge(general, 30))
    # However long the thirty took on this machine: the first and the last, and one for each look.
    looks = ceil((monotonic() - began) / server_process.LOOK_INTERVAL)
    assert arrived.count(f' unread-of-{general.pk}"') <= 2 + looks


async def test_opening_reads_on_all_pages(sockets: Sockets, alice, bob, general):
    await sync_to_async(say)(alice, "general", "Hello")
    elsewhere = await sockets(LIVE, "bob")
    assert badge(general, 1) in await elsewhere.resume(0)

    await sync_to_async((await sockets.client("bob")).get)("/rooms/general/")

    await elsewhere.until(badge(general, 0))


async def test_what_is_looked_at_is_read_and_never_counted(sockets: Sockets, alice, bob, general):
    await page(sockets, ROOM, "bob", reading="1")
    elsewhere = await page(sockets, LIVE, "bob")

    await sync_to_async(say)(alice, "general", "Hello")

    assert " unread-of-" not in await elsewhere.quiet(1.5)
    await stored()
    assert await sync_to_async(read_by)(bob) == 1


async def test_what_comes_while_nobody_looks_is_counted(sockets: Sockets, alice, bob, general):
    room = await page(sockets, ROOM, "bob", reading="1")
    await room.send(type="away")
    await room.until('id="away"')

    message = await sync_to_async(say)(alice, "general", "Hello")
    await room.until(badge(general, 1))
    await room.send(type="looking")

    arrived = await room.until(badge(general, 0))
    assert f'id="message-{message.pk - 1}-new"' in arrived + await room.quiet(0.1)


async def test_a_page_that_shows_no_newest_messages_reads_nothing(sockets: Sockets, alice, bob, general):
    room = await page(sockets, ROOM, "bob")
    await room.send(type="looking")
    await sync_to_async(say)(alice, "general", "Hello")
    await room.until(badge(general, 1))


async def test_all_who_look_are_one_update(sockets: Sockets, alice, person, monkeypatch):
    names = [f"reader-{number}" for number in range(50)]
    for name in names:
        await sync_to_async(person)(name)
    for name in names:
        await page(sockets, ROOM, name, reading="1")
    asked: list[str] = []

    def counted(looked):
        with CaptureQueriesContext(connection) as captured:
            read_rooms(looked)
        asked.extend(query["sql"] for query in captured if query["sql"].startswith("UPDATE"))

    monkeypatch.setattr("rooms.unread.tracker.read_rooms", counted)
    await sync_to_async(say)(alice, "general", "Hello")
    async with asyncio.timeout(PATIENCE):
        while not asked:
            await asyncio.sleep(0.05)
    await stored()

    assert len(asked) == 1
    everybody = Membership.objects.filter(person__username__in=names, read=1)
    assert await everybody.acount() == len(names)


async def stored() -> None:
    """Wait until what was read by looking is written down."""
    await tracker_of(ServerProcess.current()).store()


# -- Marked --------------------------------------------------------------------------------


def unread_from(client, message: Message, **options):
    """Mark `message` as unread."""
    return client.post(f"/rooms/general/messages/{message.pk}/unread/", **options)


def test_unread_from_here(alice, bob, general, client_of):
    first, second = say(alice, "general", "one"), say(alice, "general", "two")
    client = client_of(bob)
    client.get("/rooms/general/")

    response = unread_from(client, second)

    assert (response.status_code, response["Location"]) == (303, "/rooms/")
    assert read_by(bob) == first.number
    assert badge(general, 1) in client.get("/rooms/").content.decode()


def test_unread_from_here_to_htmx_is_the_line_and_no_menu(alice, bob, client_of):
    message = say(alice, "general", "one")

    html = unread_from(client_of(bob), message, headers={"HX-Request": "true"}).content.decode()

    assert f'id="message-{message.pk - 1}-new"' in html
    assert f'hx-target="#menu:has(#menu-{message.pk})" hx-swap="innerHTML"></hx-partial>' in html


def test_opening_anew_reads_what_was_marked(alice, bob, client_of):
    message = say(alice, "general", "one")
    client = client_of(bob)
    unread_from(client, message)

    assert "New messages" in client.get("/rooms/general/").content.decode()
    assert read_by(bob) == message.number


async def test_the_page_on_which_it_was_marked_leaves_it_so(sockets: Sockets, alice, bob, general):
    message = await sync_to_async(say)(alice, "general", "Hello")
    room = await page(sockets, ROOM, "bob", reading="1")

    await sync_to_async(unread_from)(await sockets.client("bob"), message)
    await room.until('id="reading" name="reading" value=""')
    await sync_to_async(say)(alice, "general", "Hello again")
    await room.send(type="looking")

    await room.until(badge(general, 2))
    await stored()
    assert await sync_to_async(read_by)(bob) == message.number - 1
    # Nor does it after a lost connection.
    returned = await page(sockets, ROOM, "bob", reading="")
    await sync_to_async(say)(alice, "general", "And again")
    await returned.until(badge(general, 3))


async def test_a_mark_stands_that_meets_what_is_being_written_down(
    sockets: Sockets, alice, bob, general, monkeypatch
):
    begun, may_go_on = threading.Event(), threading.Event()

    def slowly(looked):
        begun.set()
        assert may_go_on.wait(PATIENCE)
        read_rooms(looked)

    monkeypatch.setattr(tracker, "read_rooms", slowly)
    message = await sync_to_async(say)(alice, "general", "Hello")
    room = await page(sockets, ROOM, "bob", reading="1")
    bobs = await sockets.client("bob")
    assert await asyncio.to_thread(begun.wait, PATIENCE)
    await sync_to_async(unread_from)(bobs, message)
    may_go_on.set()

    await sync_to_async(say)(alice, "general", "Hello again")
    await room.until(badge(general, 2))
    await stored()
    assert await sync_to_async(read_by)(bob) == message.number - 1


def test_all_is_read(alice, bob, general, client_of):
    join_room(bob, create_room(alice, "tea"))
    say(alice, "tea", "one")
    say(alice, "general", "one")
    client = client_of(bob)

    response = client.post("/read/")

    assert (response.status_code, response["Location"]) == (303, "/rooms/")
    assert read_by(bob) == read_by(bob, "tea") == 1
    assert client.post("/read/", headers={"HX-Request": "true"}).status_code == 204


def test_all_is_read_by_nobody_else(alice, bob, charlie, client_of):
    say(alice, "general", "one")

    client_of(bob).post("/read/")

    assert read_by(charlie) == 0


async def test_all_is_read_on_all_pages(sockets: Sockets, alice, bob, general):
    await sync_to_async(say)(alice, "general", "Hello")
    elsewhere = await page(sockets, LIVE, "bob")

    await sync_to_async((await sockets.client("bob")).post)("/read/")

    await elsewhere.until(badge(general, 0))


async def test_who_leaves_a_room_has_no_badge_of_it(sockets: Sockets, alice, bob, general):
    await sync_to_async(say)(alice, "general", "Hello")
    elsewhere = await page(sockets, LIVE, "bob")

    await sync_to_async((await sockets.client("bob")).post)("/rooms/general/leave/")

    await elsewhere.until(badge(general, 0))


async def test_who_comes_into_a_room_has_one(sockets: Sockets, alice, bob):
    tea = await sync_to_async(create_room)(alice, "tea")
    elsewhere = await page(sockets, LIVE, "bob")

    await sync_to_async((await sockets.client("bob")).post)("/rooms/tea/join/")
    await asyncio.sleep(0)
    await sync_to_async(say)(alice, "tea", "Hello")

    await elsewhere.until(badge(tea, 1))


# -- What keeps it right -------------------------------------------------------------------


async def test_what_no_event_told_of_is_found(sockets: Sockets, alice, bob, general):
    elsewhere = await page(sockets, LIVE, "bob")
    await Room.objects.filter(pk=general.pk).aupdate(posts=5)
    await Membership.objects.filter(person=bob).aupdate(read=3)

    await elsewhere.until(badge(general, 2))


async def test_nothing_is_kept_of_who_has_left(sockets: Sockets, alice, bob):
    elsewhere = await page(sockets, LIVE, "bob")
    unread = tracker_of(ServerProcess.current())
    assert bob.pk in unread.readers

    await elsewhere.leave()
    unread.forget_those_who_left()

    assert not unread.readers
    assert not unread.rooms


async def test_who_has_more_rooms_than_the_side_gets_their_sum(sockets: Sockets, alice, bob, side_has):
    side_has(1)
    for name in ("tea", "milk"):
        room = await sync_to_async(create_room)(alice, name)
        await sync_to_async(join_room)(bob, room)
    elsewhere = await page(sockets, LIVE, "bob")

    await sync_to_async(say)(alice, "tea", "one")
    await sync_to_async(say)(alice, "milk", "one")

    await elsewhere.until(badge_html(MORE, badge_of(2, False)))


@pytest.mark.parametrize("members", [10, 1000])
def test_a_post_costs_the_same_for_many_as_for_few(
    alice, members, monkeypatch, django_capture_on_commit_callbacks
):
    general = Room.objects.get(slug="general")
    crowd = Person.objects.bulk_create(Person(username=f"member-{number}") for number in range(members))
    Membership.objects.bulk_create(Membership(room=general, person=one) for one in crowd)
    membership = access.membership(alice.pk, "general")
    told = []
    monkeypatch.setattr("live.bus.publish", lambda kind, **values: told.append(kind))

    with CaptureQueriesContext(connection) as asked, django_capture_on_commit_callbacks(execute=True):
        post_message(membership, "Hello @room and @member-1")

    # How much, place, names, revision, what stands before, the message, what its author has read, the call.
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) == 8
    assert told == ["fragment", "posted"]
    assert not Message.objects.get().mentions.exists()


# -- Refused -------------------------------------------------------------------------------


def test_only_a_member_marks(alice, bob, client_of):
    message = say(alice, "general", "one")
    client = client_of(bob)
    client.post("/rooms/general/leave/")

    assert unread_from(client, message).status_code == 404


def test_only_messages_of_the_room_are_marked(alice, bob, client_of):
    create_room(alice, "tea")
    message = say(alice, "tea", "one")

    assert unread_from(client_of(bob), message).status_code == 404


def test_a_message_deleted_meanwhile_is_not_marked(alice, bob, client_of):
    message = say(alice, "general", "one")
    remove_message(message)

    response = unread_from(client_of(bob), message, headers={"HX-Request": "true"})

    assert response.status_code == 404
    assert "no longer there" in response.content.decode()


@pytest.mark.parametrize("path", ["/read/", "/rooms/general/messages/1/unread/"])
def test_a_link_marks_nothing(alice, client_of, path):
    assert client_of(alice).get(path).status_code == 405


@pytest.mark.parametrize("path", ["/read/", "/rooms/general/messages/1/unread/"])
def test_asks_to_sign_in(alice, client, path):
    assert client.post(path)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["/read/", "/rooms/general/messages/1/unread/"])
def test_refuses_a_form_of_another_site(alice, client_of, path):
    assert client_of(alice, enforce_csrf_checks=True).post(path).status_code == 403


async def test_looking_at_a_room_that_one_has_left_reads_nothing(sockets: Sockets, alice, bob):
    room = await page(sockets, ROOM, "bob", reading="1")
    await Membership.objects.filter(person=bob).adelete()
    await sync_to_async(say)(alice, "general", "Hello")
    await room.send(type="looking")
    await stored()
