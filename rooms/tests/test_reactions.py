"""`/rooms/<slug>/messages/<id>/reactions/`: who reacted to a message, and how."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hypermedia.locales import fill, site_locale
from rooms import access
from rooms import emoji as emoji_index
from rooms.actions.members import leave_room
from rooms.actions.messages_delete import remove_message
from rooms.actions.reactions import EMOJIS_UNDER_A_MESSAGE, toggle_reaction
from rooms.actions.rooms import create_room
from rooms.models import Membership, Message, Reaction
from rooms.render.message import render_messages
from rooms.render.reactions import MARKED_LIMIT, NAMED_LIMIT, ReactionSummary
from rooms.tests.panel import panel
from rooms.tests.saying import say

HTMX = {"HX-Request": "true"}


def address(message: Message) -> str:
    return f"{message.get_absolute_url()}reactions/"


def react(person, message: Message, emoji: str) -> None:
    """Let `person` press `emoji` under `message`, through the one door there is."""
    membership, found = access.message(person.pk, message.room.slug, message.pk)
    toggle_reaction(membership, found, emoji)


def row(message: Message) -> str:
    """The row of `message`, as it is now."""
    (shown,) = Message.objects.filter(pk=message.pk).rows()
    return fill(render_messages([shown]), site_locale())


def buttons(message: Message) -> list[tuple[str, str, str, str]]:
    """The reactions in its row: the emoji, who in words, who in tokens, the count."""
    return re.findall(
        r'<button [^>]*value="([^"]*)" title="([^"]*)" data-people="([^"]*)">\S+ <b>(\d+)</b>', row(message)
    )


@contextmanager
def asked() -> Iterator[list[str]]:
    """What the database is asked about reactions meanwhile."""
    queries: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield queries
    queries += [query["sql"] for query in captured if "rooms_reaction" in query["sql"]]


def given() -> list[tuple[str, str]]:
    return list(Reaction.objects.order_by("pk").values_list("person__username", "emoji"))


def test_a_press_gives_it_and_another_takes_it_back(alice, bob, client_of):
    message = say(alice, "general", "Hello")
    client = client_of(bob)

    assert client.post(address(message), {"emoji": "👍"}).status_code == 303
    assert given() == [("bob", "👍")]
    assert buttons(message) == [("👍", "bob reacted with 👍", str(bob.pk), "1")]

    client.post(address(message), {"emoji": "👍"})
    assert given() == []
    assert buttons(message) == []


def test_it_is_a_change_of_the_room(alice, client_of):
    message = say(alice, "general", "Hello")

    client_of(alice).post(address(message), {"emoji": "👍"})

    message.refresh_from_db()
    assert (message.first_revision, message.revision, message.room.revision) == (1, 2, 2)


def test_to_htmx_the_menu_goes_and_the_row_comes_with_the_broadcast(alice, client_of):
    message = say(alice, "general", "Hello")

    response = client_of(alice).post(address(message), {"emoji": "👍"}, headers=HTMX)

    assert response.status_code == 200
    html = response.content.decode()
    assert html.endswith(f'hx-target="#menu:has(#menu-{message.pk})" hx-swap="innerHTML"></hx-partial>')
    assert 'class="reactions"' not in html


def test_those_that_one_gives_most_are_at_hand(alice, bob, client_of):
    client = client_of(bob)
    assert at_hand(client) == ["👍", "❤️", "😂"]

    for text, emoji in (("one", "🎉"), ("two", "🎉"), ("three", "👀")):
        react(bob, say(alice, "general", text), emoji)

    assert at_hand(client) == ["🎉", "👀", "👍"]
    assert at_hand(client_of(alice)) == ["👍", "❤️", "😂"]


def at_hand(client) -> list[str]:
    """The emoji in the bar of a room's page."""
    _, _, bar = client.get("/rooms/general/").content.decode().partition('<form id="hand"')
    return re.findall(r'value="([^"]+)"', bar.partition("</form>")[0])


def test_they_stand_in_the_order_of_the_first_of_each(alice, bob, charlie):
    message = say(alice, "general", "Hello")
    for person, emoji in [(alice, "🎉"), (bob, "👍"), (charlie, "👍"), (bob, "🎉"), (charlie, "❤️")]:
        react(person, message, emoji)

    shown = [(emoji, count) for emoji, _, _, count in buttons(message)]
    assert shown == [("🎉", "2"), ("👍", "2"), ("❤️", "1")]


def test_it_says_who(alice, bob, charlie):
    message = say(alice, "general", "Hello")
    for person in (charlie, alice, bob):
        react(person, message, "👍")

    assert buttons(message)[0][1] == "charlie, alice and bob reacted with 👍"


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "p0 reacted with 👍"),
        (2, "p0 and p1 reacted with 👍"),
        (10, "p0, p1, p2, p3, p4, p5, p6, p7, p8 and p9 reacted with 👍"),
        (11, "p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 1 other reacted with 👍"),
        (300, "p0, p1, p2, p3, p4, p5, p6, p7, p8, p9 and 290 others reacted with 👍"),
    ],
)
def test_it_names_no_more_than_one_would_read(count, sentence):
    people = list(range(min(count, MARKED_LIMIT)))

    assert ReactionSummary("👍", count, people, [f"p{number}" for number in people]).sentence == sentence


def test_a_row_stays_bounded_however_many_reacted(alice, person):
    message = say(alice, "general", "Hello")
    crowd = [person(f"p{number}") for number in range(MARKED_LIMIT + 5)]
    Reaction.objects.bulk_create(Reaction(message=message, person=one, emoji="👍") for one in crowd)
    Message.objects.filter(pk=message.pk).update(revision=2)

    with asked() as queries:
        ((_, sentence, tokens, count),) = buttons(message)

    assert len(queries) == 1
    assert count == str(MARKED_LIMIT + 5)
    assert len(tokens.split()) == MARKED_LIMIT
    assert sentence.endswith(f"and {MARKED_LIMIT + 5 - NAMED_LIMIT} others reacted with 👍")


def test_a_name_is_text(alice, client_of):
    alice.display_name = '"><img src=x onerror=alert(1)>'
    alice.save()
    message = say(alice, "general", "Hello")

    client_of(alice).post(address(message), {"emoji": "👍"})

    assert "<img" not in row(message)
    assert "&#34;&gt;&lt;img" in row(message)


@pytest.mark.parametrize("text", ["❤️", "👍🏽", "🇵🇹", "👨‍👩‍👧‍👦", "1️⃣"])
def test_any_emoji_is_one(alice, client_of, text):
    message = say(alice, "general", "Hello")

    client_of(alice).post(address(message), {"emoji": text})

    assert given() == [("alice", text)]


def test_with_or_without_the_mark_for_a_picture_it_is_the_same_one(alice, client_of):
    message = say(alice, "general", "Hello")
    client = client_of(alice)

    client.post(address(message), {"emoji": "❤"})
    assert given() == [("alice", "❤️")]
    client.post(address(message), {"emoji": "❤️"})
    assert given() == []


@pytest.mark.parametrize(
    "text",
    ["", "x", "👍👍", "👍 ", ":thumbsup:", "1", "🏻", "\ufe0f", "<b>", "👍\x00", "\u200d", "👍" * 5000],
)
def test_what_is_not_one_emoji_is_refused(alice, client_of, text):
    message = say(alice, "general", "Hello")

    response = client_of(alice).post(address(message), {"emoji": text})

    assert response.status_code == 422
    assert "A reaction is one emoji." in response.content.decode()
    assert given() == []
    assert Message.objects.get().revision == 1


def test_to_htmx_a_refusal_is_a_sentence(alice, client_of):
    message = say(alice, "general", "Hello")

    response = client_of(alice).post(address(message), {"emoji": "x"}, headers=HTMX)

    assert response.status_code == 422
    assert response.content.decode().startswith('<hx-partial hx-target="#notices"')


def test_there_is_an_end_to_different_ones(alice, bob, client_of):
    message = say(alice, "general", "Hello")
    many = [one.emoji for group in emoji_index.emoji_groups() for one in group.emojis]
    for emoji in many[:EMOJIS_UNDER_A_MESSAGE]:
        react(alice, message, emoji)
    client = client_of(bob)

    response = client.post(address(message), {"emoji": many[EMOJIS_UNDER_A_MESSAGE]})

    assert response.status_code == 422
    assert "There are 20 different reactions already" in response.content.decode()
    assert client.post(address(message), {"emoji": many[0]}).status_code == 303
    assert Reaction.objects.count() == EMOJIS_UNDER_A_MESSAGE + 1


def test_a_get_changes_nothing(alice, client_of):
    message = say(alice, "general", "Hello")

    client_of(alice).get(address(message), {"emoji": "👍"})

    assert given() == []


def test_without_a_token_it_takes_one_more_click(alice, client_of):
    """The form in a row has no token, being the same for everybody: htmx adds one."""
    message = say(alice, "general", "Hello")
    client = client_of(alice, enforce_csrf_checks=True)

    response = client.post(address(message), {"emoji": "👍"})

    assert response.status_code == 403
    assert given() == []
    page = panel(response.content.decode())
    assert "this takes one more click" in page
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]
    again = client.post(address(message), {"emoji": "👍", "csrfmiddlewaretoken": token})
    assert again.status_code == 303
    assert given() == [("alice", "👍")]


def test_a_form_of_another_site_does_nothing(alice, client_of):
    message = say(alice, "general", "Hello")
    client = client_of(alice, enforce_csrf_checks=True)
    token = client.get("/rooms/").context["csrf_token"]

    response = client.post(
        address(message),
        {"emoji": "👍", "csrfmiddlewaretoken": str(token)},
        headers={"Origin": "https://elsewhere.example"},
    )

    assert response.status_code == 403
    assert given() == []


def test_the_token_that_htmx_adds_counts(alice, client_of):
    message = say(alice, "general", "Hello")
    client = client_of(alice, enforce_csrf_checks=True)
    token = str(client.get("/rooms/").context["csrf_token"])

    response = client.post(address(message), {"emoji": "👍"}, headers=HTMX | {"X-CSRFToken": token})

    assert response.status_code == 200
    assert given() == [("alice", "👍")]


def test_the_page_says_who_and_what_there_is_to_react_with(alice, bob, client_of):
    message = say(alice, "general", "Hello")
    react(bob, message, "🎉")

    page = panel(client_of(alice).get(address(message)).content.decode())

    assert f'<dd dir="auto"><span data-name="{bob.pk}">bob</span></dd>' in page
    assert 'value="🦄" title="unicorn"' in page


def test_who_reacted_is_asked_for_again_where_the_row_beside_the_room_changes(alice, bob, client_of):
    message = say(alice, "general", "Hello")
    client = client_of(alice)

    opened = client.get(address(message), {"who": ""}, headers=HTMX).content.decode()
    react(bob, message, "🎉")
    again = client.get(address(message), {"given": ""}, headers=HTMX).content.decode()

    assert "Who reacted" not in opened
    assert f'hx-get="{address(message)}?given="' in opened
    assert f'hx-trigger="htmx:after:settle from:#beside-message-{message.pk} throttle:500ms"' in opened
    assert f'<dd dir="auto"><span data-name="{bob.pk}">bob</span></dd>' in again
    assert "hx-partial" not in again


def test_who_reacted_is_no_longer_said_where_all_is_taken_back(alice, bob, client_of):
    message = say(alice, "general", "Hello")
    react(bob, message, "🎉")
    react(bob, message, "🎉")

    response = client_of(alice).get(address(message), {"given": ""}, headers=HTMX)

    assert response.content.decode().strip() == ""


def test_a_search_finds_by_name(alice, client_of):
    message = say(alice, "general", "Hello")

    found = client_of(alice).get(address(message), {"q": "unic"}, headers=HTMX).content.decode()

    assert re.findall(r'value="([^"\w]+)"', found) == ["🦄"]
    assert "<html" not in found


def test_without_a_script_a_search_is_a_page(alice, client_of):
    message = say(alice, "general", "Hello")

    page = panel(client_of(alice).get(address(message), {"q": "unic"}).content.decode())

    assert 'value="🦄" title="unicorn"' in page
    assert 'value="🎉" title="party popper"' not in page


@pytest.mark.parametrize("query", ["zzzz", "<script>", "a" * 5000, "\x00", "%", "👍"])
def test_a_search_that_finds_nothing_says_so(alice, client_of, query):
    message = say(alice, "general", "Hello")

    found = client_of(alice).get(address(message), {"q": query}, headers=HTMX).content.decode()

    assert "No emoji is called that." in found or query == "\x00"
    assert "<script" not in found


@pytest.mark.parametrize("method", ["get", "post"])
def test_not_through_another_room(alice, client_of, method):
    create_room(alice, "attic")
    message = say(alice, "general", "Hello")

    response = getattr(client_of(alice), method)(
        f"/rooms/attic/messages/{message.pk}/reactions/", {"emoji": "👍"}
    )

    assert response.status_code == 404
    assert given() == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_not_for_who_is_not_in_the_room(alice, bob, client_of, method):
    create_room(alice, "attic")
    message = say(alice, "attic", "for members")

    response = getattr(client_of(bob), method)(address(message), {"emoji": "👍"})

    assert response.status_code == 404
    assert b"for members" not in response.content
    assert given() == []


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_not_when_it_is_gone_meanwhile(alice, client_of, headers):
    message = say(alice, "general", "regretted")
    remove_message(message)

    response = client_of(alice).post(address(message), {"emoji": "👍"}, headers=headers)

    assert response.status_code == 404
    assert given() == []
    assert ("That message is no longer there." in response.content.decode()) == bool(headers)


def test_not_when_somebody_deleted_it_just_now(alice, client_of, monkeypatch):
    message = say(alice, "general", "regretted")
    toggle = toggle_reaction

    def after_a_deletion(membership, found, emoji):
        remove_message(Message.objects.get(pk=found.pk))
        toggle(membership, found, emoji)

    monkeypatch.setattr("rooms.views.reactions.toggle_reaction", after_a_deletion)

    assert client_of(alice).post(address(message), {"emoji": "👍"}).status_code == 404
    assert given() == []
    assert Message.objects.get().room.revision == 2


@pytest.mark.parametrize("method", ["get", "post"])
def test_asks_to_sign_in(alice, client, method):
    message = say(alice, "general", "Hello")

    response = getattr(client, method)(address(message), {"emoji": "👍"})

    assert response["Location"].startswith("/accounts/login/")
    assert given() == []


def test_who_left_cannot_react_from_an_old_page(alice, bob, client_of):
    message = say(alice, "general", "Hello")
    leave_room(Membership.objects.select_related("room").get(person=bob))

    assert client_of(bob).post(address(message), {"emoji": "👍"}).status_code == 404
    assert given() == []


def test_nothing_is_asked_for_messages_that_nothing_happened_to(alice):
    messages = [say(alice, "general", f"number {number}") for number in range(3)]
    shown = Message.objects.rows()

    with asked() as queries:
        render_messages(shown)
    assert queries == []
    react(alice, messages[0], "👍")
    react(alice, messages[1], "👍")
    shown = Message.objects.rows()
    with asked() as queries:
        assert render_messages(shown).count('class="reactions"') == 2
    assert len(queries) == 1
