"""`/rooms/<slug>/history/`: up and down without end, from any message and any day."""

import datetime
import re

import pytest

from accounts.models import Person
from hypermedia.joining import join
from hypermedia.locales import fill, site_locale
from rooms import access
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.messages_post import post_messages
from rooms.actions.messages_prepare import NewMessage
from rooms.models import Membership, Message, Room
from rooms.models.message import PAGE_SIZE
from rooms.models.values import MessageRow
from rooms.render import history
from rooms.tests.saying import closed_room, say
from tests.page import Page
from tests.sockets import Arrived

HISTORY = "/rooms/general/history/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def messages(alice) -> list[int]:
    """The ids of as many messages as three pages have, one a day."""
    ids = said_at_once(alice, 3 * PAGE_SIZE)
    for number, pk in enumerate(ids):
        at = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC) + datetime.timedelta(days=number)
        Message.objects.filter(pk=pk).update(posted_at=at)
    return ids


def said_at_once(alice: Person, count: int) -> list[int]:
    """So many messages; their ids."""
    place = Membership.objects.get(person=alice, room__slug="general").pk
    posted = post_messages([NewMessage(place, alice.pk, f"number {number}") for number in range(count)])
    return [one.pk for one in posted if isinstance(one, MessageRow)]


def shown(html: str) -> list[int]:
    """The ids of the messages in `html`."""
    return [int(pk) for pk in re.findall(r'<li id="message-(\d+)"', html)]


def cursors(html: str) -> tuple[str, str]:
    """From where to read on, up and down."""
    return (
        re.findall(r'id="oldest" name="before" value="(\d*)"', html)[-1],
        re.findall(r'id="newest" name="after" value="(\d*)"', html)[-1],
    )


def page(client, **query) -> str:
    return client.get(HISTORY, query).content.decode()


def test_around_a_message(alice, client_of, messages):
    html = page(client_of(alice), around=messages[75])

    assert shown(html) == messages[50:100]
    assert cursors(html) == (str(messages[50]), str(messages[99]))
    assert f"#message-{messages[75]}{{background" in html


def test_up_and_down_to_both_ends(alice, client_of, messages):
    client = client_of(alice)
    html = page(client, around=messages[75])
    up, down = cursors(html)

    older = client.get(HISTORY, {"before": up}, headers=HTMX).content.decode()
    newer = client.get(HISTORY, {"after": down}, headers=HTMX).content.decode()

    assert shown(older) == messages[:50]
    assert shown(newer) == messages[100:]
    assert 'id="oldest" name="before" value=""' in older
    assert 'id="newest" name="after" value=""' in newer


def test_what_has_changed_is_there_at_once(alice, client_of, messages):
    client = client_of(alice)
    page(client, around=messages[75])

    message = Message.objects.select_related("room", "author").get(pk=messages[74])
    mine = access.membership(alice.pk, "general")
    edit_message(mine, message, "number seventy-four", edit_state(message))
    assert "number seventy-four" in page(client, around=messages[75])
    client.post("/accounts/profile/", {"display_name": "Alice Munro", "time_zone": "", "hue": "3"})
    assert "Alice Munro</a>" in page(client, around=messages[75])


def test_who_reads_up_to_the_very_top_is_brought_back_to_where_they_were(alice, client_of, messages):
    client = client_of(alice)
    top, above = (
        client.get(HISTORY, {"before": messages[100]} | at, headers=HTMX).content.decode()
        for at in ({"top": ""}, {})
    )

    assert f'hx-swap="upsert sort show:top showTarget:#message-{messages[100]}"' in top
    assert "showTarget" not in above
    assert shown(top) == shown(above)


def test_the_address_follows(alice, client_of, messages):
    response = client_of(alice).get(HISTORY, {"before": messages[100]}, headers=HTMX)

    assert response["HX-Replace-Url"] == f"{HISTORY}?around={messages[75]}#message-{messages[75]}"


def test_the_address_of_a_room_follows_back_and_returns(alice, client_of, messages):
    client = client_of(alice)

    older = client.get("/rooms/general/", {"before": messages[100]}, headers=HTMX)
    newest = client.get("/rooms/general/", {"newest": ""}, headers=HTMX)

    assert older["HX-Replace-Url"] == f"{HISTORY}?around={messages[75]}#message-{messages[75]}"
    assert 'id="newest" class="at-newest"' in older.content.decode()
    assert newest["HX-Replace-Url"] == "/rooms/general/"
    assert '<span id="newest" class="at-newest" hx-ws:send hx-vals="type:reading"' in newest.content.decode()


def test_says_how_much_is_unread(alice, bob, client_of, messages):
    assert page(client_of(bob)).count(f'unread-of-{Room.objects.get(slug="general").pk}">99+') == 2


def test_without_a_script(alice, client_of, messages):
    client = client_of(alice)

    assert shown(page(client, before=messages[60])) == messages[10:60]
    assert shown(page(client, after=messages[60])) == messages[61:111]


@pytest.mark.parametrize(("day", "number"), [("2026-01-11", 10), ("2025-06-01", 0), ("2026-03-02", 60)])
def test_a_day(alice, client_of, messages, day, number):
    response = client_of(alice).get(HISTORY, {"date": day})

    assert response["Location"] == f"{HISTORY}?around={messages[number]}#message-{messages[number]}"


def test_a_day_to_come_shows_the_newest(alice, client_of, messages):
    html = client_of(alice).get(HISTORY, {"date": "2030-01-01"}, follow=True).content.decode()

    assert shown(html)[-1] == messages[-1]


@pytest.mark.parametrize("day", ["soon", "2026-02-31", "0000-00-00", "99999-01-01", "\x00"])
def test_what_is_no_day_leads_to_the_room(alice, client_of, messages, day):
    assert client_of(alice).get(HISTORY, {"date": day})["Location"] == "/rooms/general/"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_time(alice, client_of, messages, day):
    assert client_of(alice).get(HISTORY, {"date": day}, follow=True).status_code == 200


def test_around_what_was_deleted_shows_its_place(alice, client_of, messages):
    remove_message(Message.objects.select_related("room").get(pk=messages[75]))

    html = page(client_of(alice), around=messages[75])

    assert messages[75] not in shown(html)
    assert {messages[74], messages[76]} <= set(shown(html))


@pytest.mark.parametrize(
    "query", [{}, {"around": "x"}, {"before": "-1"}, {"after": "9" * 30}, {"around": "0"}]
)
def test_nowhere_is_the_newest(alice, client_of, messages, query):
    html = page(client_of(alice), **query)

    assert shown(html) == messages[-PAGE_SIZE:]
    assert cursors(html) == (str(messages[-PAGE_SIZE]), "")


def test_a_message_of_another_room_shows_none_of_it(alice, client_of, messages):
    closed_room(alice, "board")
    other = say(alice, "board", "the secret")

    assert "the secret" not in page(client_of(alice), around=other.pk)


def test_not_for_those_outside(alice, bob, client_of, client):
    closed_room(alice, "board")

    assert client_of(bob).get("/rooms/board/history/", {"around": 1}).status_code == 404
    assert client.get(HISTORY, {"around": 1}).status_code == 302


def test_a_page_does_not_grow_for_ever(alice, client_of, messages, monkeypatch):
    monkeypatch.setattr(history, "OPEN_PAGE_LIMIT", 60)
    client = client_of(alice)

    older = client.get(HISTORY, {"before": messages[100]}, headers=HTMX).content.decode()
    newer = client.get(HISTORY, {"after": messages[49]}, headers=HTMX).content.decode()

    above, below = ":nth-last-child(n+61 of .message)", ":nth-child(n+61 of .message)"
    # Reading up, the page goes on below from the 60th message; reading down, above from the 60th before.
    assert f'<hx-partial hx-target="#history &gt; .message{below}" hx-swap="delete">' in older
    assert f'name="after" value="{messages[109]}"' in older
    assert f'<hx-partial hx-target="#history &gt; .message{above}" hx-swap="delete">' in newer
    assert f'name="before" value="{messages[40]}"' in newer


@pytest.mark.parametrize(("news", "kept"), [('class="news" hidden', 5), ('class="news"', 8)])
def test_the_page_of_a_room_does_not_grow_for_ever(
    alice, client_of, monkeypatch, django_capture_on_commit_callbacks, news, kept
):
    """It keeps fewer rows while its end is in view, where nobody reads what was said long before."""
    monkeypatch.setattr(history, "OPEN_PAGE_LIMIT", 8)
    monkeypatch.setattr(history, "AT_END_LIMIT", 5)
    monkeypatch.setattr(history, "TRIM_EVERY", 10)
    told = []
    monkeypatch.setattr("live.bus.publish_fragment", lambda group, html, **more: told.append(html))
    html = client_of(alice).get("/rooms/general/").content.decode()
    page = Page(html.replace('class="news" hidden', news))

    with django_capture_on_commit_callbacks(execute=True):
        ids = [say(alice, "general", f"number {number}").pk for number in range(12)]

    (tidied,) = (html for html in told if f"nth-last-child(n+{kept + 1}" in html)
    for html in told[: told.index(tidied) + 1]:
        page.apply(Arrived(join(fill(html, site_locale()))))
    # What came with it was not counted.
    assert kept <= len(page.shown) <= kept + 1
    assert page.oldest == str(ids[-kept])


@pytest.mark.parametrize("count", [10, 400])
def test_a_stretch_is_so_many_queries(alice, client_of, django_assert_num_queries, count):
    room = Room.objects.get(slug="general")
    middle = said_at_once(alice, count)[count // 2]

    with django_assert_num_queries(2):
        stretch = history.range_around(room, middle, 0, site_locale())
    with django_assert_num_queries(0):
        history.range_around(room, middle, 0, site_locale())
    stretch.rows  # noqa: B018
    with django_assert_num_queries(1):
        history.older_fragments(room, stretch)
