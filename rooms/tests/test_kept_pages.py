"""What is kept rendered of a room's page: right the moment that anything changes, and nobody's own."""

import datetime
import re
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts import departures
from accounts.models import Community, Person
from hypermedia import precompiled
from hypermedia.locales import current_locale, fill
from live.models import GRACE, Connection
from rooms import access
from rooms.actions.drafts import save_draft
from rooms.actions.messages_delete import remove_message
from rooms.actions.rooms import create_room
from rooms.models import Membership, Message, Room
from rooms.models.message import PAGE_SIZE
from rooms.models.values import MessageRow
from rooms.render import message as message_rendering
from rooms.render.pieces import Pieces
from rooms.tests.saying import say
from tests.sockets import Sockets

GENERAL = "/rooms/general/"
AROUND_IT = f"{GENERAL}history/?around=1"
# Bytes, before compression: with a full page of messages, and a hundred people here.
PAGE_LIMIT = 60 * 1024


@pytest.fixture
def page(alice, bob, client_of) -> Callable[..., str]:
    """The page of the room as alice gets it, asked for once before."""
    client = client_of(alice)

    def ask(**query: int) -> str:
        return client.get(GENERAL, query).content.decode()

    say(alice, "general", "the first")
    ask()
    return ask


def messages_asked(client: Client, **query: int) -> int:
    """How often the page asks for messages; in how many threads something is new is asked with the side."""
    with CaptureQueriesContext(connection) as captured:
        client.get(GENERAL, query)
    asked = [query["sql"] for query in captured if "rooms_follower" not in query["sql"]]
    return sum('FROM "rooms_message"' in sql for sql in asked)


def test_asks_for_messages_when_there_is_something_new(alice, bob, client_of):
    say(alice, "general", "the first")
    alices, bobs = client_of(alice), client_of(bob)
    # It is new to bob, and then to nobody.
    asked = [messages_asked(alices), messages_asked(alices), messages_asked(bobs), messages_asked(bobs)]
    say(alice, "general", "the second")

    assert [*asked, messages_asked(alices), messages_asked(alices)] == [1, 0, 1, 0, 1, 0]


def test_after_a_post(page, bob):
    say(bob, "general", "the second")

    # It is new, and then it is not.
    assert "the second" in page()
    assert "the second" in page()


def test_after_a_deletion(page):
    remove_message(Message.objects.get())

    assert "the first" not in page()


def test_after_a_new_name_of_an_author(page, alice, client_of):
    client_of(alice).post("/accounts/profile/", {"display_name": "Al <b>", "hue": "5", "time_zone": ""})

    assert re.search(r'<a class="author hue-5"[^>]*>Al &lt;b&gt;</a>', page())


def test_after_a_new_name_given_by_another_process(page, alice):
    Community.objects.get_or_create(pk=1)
    page()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_person SET display_name = 'Elsewhere' WHERE id = %s", [alice.pk])
        cursor.execute("UPDATE accounts_community SET people_revision = people_revision + 1")

    assert ">Elsewhere</a>" in page()


def test_after_an_author_has_left_with_what_they_wrote(page, bob, django_capture_on_commit_callbacks):
    say(bob, "general", "the second")
    page()
    assert "the second" in page()

    with django_capture_on_commit_callbacks(execute=True):
        departures.leave(bob, removes_messages=True)

    assert "the second" not in page()


def test_an_older_page_after_a_deletion(page, alice):
    said = [say(alice, "general", f"number {n:02}") for n in range(3)]
    assert "number 00" in page(before=said[2].pk)

    remove_message(said[0])

    assert "number 00" not in page(before=said[2].pk)
    assert "number 01" in page(before=said[2].pk)


def test_the_pages_of_two_rooms_are_two(page, alice, client_of):
    create_room(alice, "attic")
    for number in range(Room.objects.get(slug="general").revision):
        say(alice, "attic", f"up here {number}")

    assert "the first" not in client_of(alice).get("/rooms/attic/").content.decode()


def test_the_side_after_a_new_room_and_a_new_name(page, alice):
    room = create_room(alice, "attic")
    assert ">attic</bdi>" in page()
    Room.objects.filter(pk=room.pk).update(name="cellar")

    assert ">cellar</bdi>" in page()
    assert re.findall(r'href="([^"]+)" aria-current="page"', page()) == [GENERAL]


def test_two_people_get_pages_of_their_own(alice, bob, client_of):
    say(alice, "general", "the first")
    Person.objects.filter(pk=alice.pk).update(display_name="Al & co")
    own = r"csrf\w+\" value=\"(\w+)\"|nonce=\"([\w-]+)\"|name=\"token\" value=\"([\w-]+)\""
    clients = {who: client_of(who) for who in (alice, bob)}
    # What is new to bob is on a page of his own; the next one is like everybody's.
    clients[bob].get(GENERAL)
    pages = {who: client.get(GENERAL).content.decode() for who, client in clients.items()}
    secrets = {
        who: {found for row in re.findall(own, page) for found in row if found} for who, page in pages.items()
    }

    assert len(secrets[alice]) == len(secrets[bob]) == 3
    assert not secrets[alice] & secrets[bob]
    assert re.findall(r'class="me-name"[^>]*>([^<]+)<', pages[alice]) == ["Al &amp; co"]
    assert re.findall(r'class="me-name"[^>]*>([^<]+)<', pages[bob]) == ["bob"]
    assert f'[data-author="{bob.pk}"]' in pages[bob]
    assert f'[data-author="{alice.pk}"]' not in pages[bob]


def test_what_the_last_thing_has_come_to_is_said_once(page, alice, client_of):
    client = client_of(alice)
    create_room(alice, "attic")
    client.post("/rooms/attic/leave/")

    assert "You left attic." in client.get(GENERAL).content.decode()
    assert "You left attic." not in client.get(GENERAL).content.decode()


@pytest.mark.parametrize("address", [GENERAL, f"{GENERAL}?before=2", "/rooms/new/", AROUND_IT])
@pytest.mark.parametrize("draft", ["", "half a <sentence>"])
def test_is_what_the_template_engine_makes(page, client_of, alice, bob, monkeypatch, address, draft):
    """A template that is drawn once asks nothing that only the engine could answer."""
    both: list[str] = []

    def twice(request, template: str, context: dict) -> HttpResponse:
        pages = [draw(request, template, context).content.decode() for draw in (render, drawn)]
        both.extend(fill(page, current_locale()) for page in pages)
        return HttpResponse()

    drawn = precompiled.precompiled_page
    monkeypatch.setattr(precompiled, "precompiled_page", twice)
    save_draft(access.membership(alice.pk, "general"), draft)
    # There is something new for bob, at first.
    for client in (client_of(alice), client_of(bob)):
        for topic in ("Over <here>", ""):
            Room.objects.filter(slug="general").update(topic=topic)
            client.get(address)

    # A token is masked anew each time that it is asked for.
    pages = [re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', r"\1", html) for html in both]
    assert len(pages) == 8
    assert pages[::2] == pages[1::2]


# With ids as a new site has them, and not as many tests leave them.
@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_is_small_with_a_hundred_people_in_the_room(alice, person, client_of):
    room = Room.objects.get(slug="general")
    guests = Person.objects.bulk_create(
        Person(username=f"person-{n:05}", display_name=f"Person {n:05}") for n in range(100)
    )
    people = list(Person.objects.filter(username__in=[guest.username for guest in guests]))
    until = timezone.now() + 100 * GRACE
    Connection.objects.bulk_create(
        Connection(person=one, session="", place=room.group, present_until=until) for one in people
    )
    for number in range(30):
        create_room(alice, f"side {number}")
    for number in range(PAGE_SIZE):
        say(alice, "general", f"message {number} ".ljust(120, "x"))

    html = client_of(alice).get(GENERAL).content

    assert len(html) <= PAGE_LIMIT, f"{len(html) / 1024:.1f} KB"
    assert all(f'id="on-{one.pk}"'.encode() in html for one in people)


def test_each_zone_has_a_page_of_its_own_and_the_rows_are_rendered_once(alice, bob, client_of, monkeypatch):
    message = say(alice, "general", "the first")
    at = datetime.datetime(2026, 3, 1, 10, 30, tzinfo=datetime.UTC)
    Message.objects.filter(pk=message.pk).update(posted_at=at)
    Membership.objects.update(read=1)
    zones = {"alice": "Pacific/Auckland", "bob": "America/Los_Angeles"}
    for username, zone in zones.items():
        Person.objects.filter(username=username).update(time_zone=zone)
    drawn: list[int] = []
    draw = message_rendering.draw_row

    def noted(row: MessageRow, pieces: Pieces) -> SafeString:
        drawn.append(row.pk)
        return draw(row, pieces)

    monkeypatch.setattr(message_rendering, "draw_row", noted)

    pages = [client_of(who).get(GENERAL).content.decode() for who in (alice, bob, alice, bob)]

    times = [re.findall(r"<time[^>]*>([^<]+)</time>", html) for html in pages]
    assert times == [["Sunday 1 March 2026", "23:30"], ["Sunday 1 March 2026", "02:30"]] * 2
    assert drawn == [message.pk]
    assert [messages_asked(client_of(who)) for who in (alice, bob)] == [0, 0]
    for zone, html in zip([*zones.values()] * 2, pages, strict=True):
        assert f'hx-ws:connect="/ws{GENERAL}?zone={zone}&language=en&resumes=1"' in html


async def test_who_is_here_is_what_the_process_saw(sockets: Sockets, alice, bob):
    socket = await sockets(f"/ws{GENERAL}", "bob")
    await socket.until(f'id="here-{bob.pk}"')

    asked, html = await sync_to_async(page_and_queries)(await sockets.client("alice"))

    assert f'id="here-{bob.pk}"' in html
    assert not [sql for sql in asked if "live_connection" in sql]


def page_and_queries(client: Client) -> tuple[list[str], str]:
    """The page, and what it asked the database."""
    with CaptureQueriesContext(connection) as captured:
        html = client.get(GENERAL).content.decode()
    return [query["sql"] for query in captured], html
