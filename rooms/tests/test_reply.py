"""`/rooms/<slug>/messages/<id>/reply/`, and messages that answer others: what they quote."""

import asyncio
import re

import pytest
from asgiref.sync import sync_to_async

from accounts.actions import edit_profile
from hypermedia.locales import fill, site_locale
from rooms import access
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_edit import edit_message
from rooms.actions.messages_post import post_message
from rooms.actions.rooms import create_room
from rooms.models import Message
from rooms.render import quotes
from rooms.render.message import render_messages
from rooms.tests.saying import say
from tests.sockets import PATIENCE, Sockets

HTMX = {"HX-Request": "true"}
ROOM = "/ws/rooms/general/"


def address(message: Message) -> str:
    return f"{message.get_absolute_url()}reply/"


def answer(person, message: Message, text: str) -> Message:
    """Let `person` answer a message, through the one door there is."""
    posted = post_message(access.membership(person.pk, message.room.slug), text, reply_to=message.pk)
    return Message.objects.select_related("room", "author").get(pk=posted.pk)


def row(message: Message) -> str:
    """The row of `message`, as it is now."""
    (shown,) = Message.objects.filter(pk=message.pk).rows()
    return fill(render_messages([shown]), site_locale())


def quote_in(html: str) -> str:
    """The words of the one quote in `html`, which beside the room is there again."""
    (quote,) = set(re.findall(r'class="quote[^>]*>(.*?)</(?:a|p)>', html))
    return re.sub("<[^>]*>", "", quote)


# -- What one writes in ---------------------------------------------------------------------


def test_to_htmx_the_composer_on_the_page_gets_the_quote(alice, bob, client_of):
    message = say(alice, "general", "Shall we?")

    response = client_of(bob).get(address(message), headers=HTMX)

    html = response.content.decode()
    assert '<hx-partial hx-target="#reply-to" hx-swap="innerHTML">' in html
    assert f'name="reply_to" value="{message.pk}" checked' in html
    assert quote_in(html) == "alice Shall we?"
    assert '<hx-partial hx-target="#menu" hx-swap="innerHTML"></hx-partial>' in html


def test_a_quote_says_what_is_to_be_done(alice, bob, client_of):
    message = say(alice, "general", "- [ ] Water the roses\n- [x] Call bob")

    html = client_of(bob).get(address(message), headers=HTMX).content.decode()

    assert quote_in(html) == "alice ☐ Water the roses ☑ Call bob"


def test_without_a_script_it_is_a_page_with_a_composer(alice, bob, client_of):
    message = say(alice, "general", "Shall we?")
    client = client_of(bob)

    page = client.get(address(message)).content.decode()

    assert f'id="message-{message.pk}"' in page
    assert f'<input type="hidden" name="reply_to" value="{message.pk}">' in page
    assert 'action="/rooms/general/"' in page
    response = client.post("/rooms/general/", {"body": "Yes", "reply_to": message.pk})
    assert response.status_code == 303
    assert Message.objects.get(body="Yes").reply_to == message


def test_what_is_refused_comes_back_with_its_quote(alice, bob, client_of):
    message = say(alice, "general", "Shall we?")

    response = client_of(bob).post("/rooms/general/", {"body": "x" * 10_001, "reply_to": message.pk})

    assert response.status_code == 422
    assert f'name="reply_to" value="{message.pk}" checked' in response.content.decode()


async def test_the_socket_takes_an_answer(sockets: Sockets, alice, bob) -> None:
    message = await sync_to_async(say)(alice, "general", "Shall we?")
    page, other = await sockets(ROOM, "bob"), await sockets(ROOM, "alice")

    await page.send(type="message", body="Yes", reply_to=str(message.pk))

    # A second answer is not one to the same message by itself: the quote leaves the composer.
    assert "#reply-to" in await page.until("#token")
    arrived = await other.until("1 answer")
    assert quote_in(arrived) == "alice Shall we?"
    assert (await Message.objects.aget(body="Yes")).reply_to_id == message.pk


@pytest.mark.parametrize("what", ["of another room", "deleted meanwhile", "never there"])
async def test_the_socket_refuses_what_cannot_be_answered(sockets: Sockets, alice, bob, what: str) -> None:
    def prepare() -> int:
        create_room(alice, "attic")
        message = say(alice, "attic" if what == "of another room" else "general", "Shall we?")
        if what == "deleted meanwhile":
            remove_message(message)
        return message.pk if what != "never there" else 10**9

    pk = await sync_to_async(prepare)()
    page, other = await sockets(ROOM, "bob"), await sockets(ROOM, "alice")
    await page.send(type="message", body="my words", reply_to=str(pk))

    arrived = await page.until("my words")

    assert "The message that you answer is no longer there." in arrived
    assert "#reply-to" not in arrived
    assert "my words" not in await other.quiet()
    assert not await Message.objects.filter(body="my words").aexists()


@pytest.mark.parametrize("reply_to", ["x", "", -1, 1.5, None, [1], {"a": 1}, "9" * 30, True])
async def test_a_number_that_is_none_is_answered(sockets: Sockets, alice, reply_to: object) -> None:
    page = await sockets(ROOM, "alice")
    await page.send(type="message", body="my words", reply_to=reply_to)
    await page.until("whole number")
    assert not await Message.objects.aexists()


@pytest.mark.parametrize("what", ["of another room", "deleted meanwhile", "never there"])
def test_a_form_that_answers_what_cannot_be(alice, bob, client_of, what):
    create_room(alice, "attic")
    message = say(alice, "attic" if what == "of another room" else "general", "a secret")
    if what == "deleted meanwhile":
        remove_message(message)
    pk = message.pk if what != "never there" else 10**9

    response = client_of(bob).post("/rooms/general/", {"body": "my words", "reply_to": pk})

    assert response.status_code == 422
    page = response.content.decode()
    assert "The message that you answer is no longer there." in page
    assert "my words" in page
    assert ("a secret" in page) == (what == "never there")


# -- What it quotes -------------------------------------------------------------------------


def test_an_answer_quotes_and_links(alice, bob):
    message = say(alice, "general", "Shall **we** go?")

    html = row(answer(bob, message, "Yes"))

    assert quote_in(html) == "alice Shall we go?"
    pk = message.pk
    assert f'data-quote="{pk}" href="/rooms/general/messages/{pk}/#message-{pk}"' in html


def test_a_quote_is_short_and_in_one_line(alice, bob):
    message = say(alice, "general", "one\n\ntwo " + "words " * 100)

    quote = quote_in(row(answer(bob, message, "Yes")))

    assert quote.startswith("alice one two words")
    assert len(quote) == len("alice ") + quotes.EXCERPT
    assert quote.endswith("…")


def test_a_quote_ends_between_visible_characters(alice, bob):
    family = "👩\u200d👩\u200d👧"
    message = say(alice, "general", "x" + family * 40)

    quote = quote_in(row(answer(bob, message, "Yes")))

    assert set(quote.removeprefix("alice x").removesuffix("…").split(family)) == {""}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("`<script>alert(1)</script>`", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('"><img src=x onerror=alert(1)>', "&#34;&gt;&lt;img src=x onerror=alert(1)&gt;"),
        ("&lt;b&gt;", "&lt;b&gt;"),
    ],
)
def test_a_quote_is_text(alice, bob, text, shown):
    html = row(answer(bob, say(alice, "general", text), "Yes"))

    assert f"</b> {shown}</a>" in html


def test_a_deleted_one_is_quoted_as_gone(alice, bob):
    message = say(alice, "general", "regretted")
    reply = answer(bob, message, "Really?")

    remove_message(message)

    assert quote_in(row(reply)) == "A message that was deleted"
    assert "regretted" not in row(reply)


async def test_open_pages_hear_that_the_quoted_one_is_gone(sockets: Sockets, alice, bob) -> None:
    message = await sync_to_async(say)(alice, "general", "regretted")
    await sync_to_async(answer)(bob, message, "Really?")
    page = await sockets(ROOM, "bob")

    await sync_to_async(remove_message)(message)

    arrived = await page.until(f"[data-quote=&#x27;{message.pk}&#x27;]")
    assert "A message that was deleted" in arrived


async def test_open_pages_hear_what_the_quoted_one_says_now(sockets: Sockets, alice, bob) -> None:
    message = await sync_to_async(say)(alice, "general", "Shall we?")
    await sync_to_async(answer)(bob, message, "Yes")
    page = await sockets(ROOM, "bob")

    def edit() -> None:
        edit_message(*access.message(alice.pk, "general", message.pk), "Will we?", "")

    await sync_to_async(edit)()

    arrived = await page.until(f"[data-quote=&#x27;{message.pk}&#x27;]") + await page.quiet()
    assert quote_in(arrived) == "alice Will we?"


async def test_a_quote_has_the_new_name_of_who_is_quoted(sockets: Sockets, alice, bob) -> None:
    message = await sync_to_async(say)(alice, "general", "Shall we?")
    reply = await sync_to_async(answer)(bob, message, "Yes")
    assert quote_in(await sync_to_async(row)(reply)) == "alice Shall we?"
    page = await sockets(ROOM, "bob")

    await sync_to_async(edit_profile)(alice, display_name="Alice A.", time_zone="", hue=None)

    await page.until("Alice A.")
    async with asyncio.timeout(PATIENCE):
        while quote_in(await sync_to_async(row)(reply)) != "Alice A. Shall we?":
            await asyncio.sleep(0.01)


def test_quotes_of_many_are_one_query(alice, bob, django_assert_max_num_queries):
    for number in range(5):
        answer(bob, say(alice, "general", f"number {number}"), "Yes")
    shown = Message.objects.filter(reply_to__isnull=False).rows()

    with django_assert_max_num_queries(1):
        assert len(quotes.render_for(shown)) == 5


# -- Who may -------------------------------------------------------------------------------


def test_not_through_another_room(alice, client_of):
    create_room(alice, "attic")
    message = say(alice, "general", "Hello")

    assert client_of(alice).get(f"/rooms/attic/messages/{message.pk}/reply/").status_code == 404


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_not_for_who_is_not_in_the_room(alice, bob, client_of, headers):
    create_room(alice, "attic")
    message = say(alice, "attic", "for members")

    response = client_of(bob).get(address(message), headers=headers)

    assert response.status_code == 404
    assert b"for members" not in response.content


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_not_when_it_is_gone_meanwhile(alice, client_of, headers):
    message = say(alice, "general", "regretted")
    remove_message(message)

    response = client_of(alice).get(address(message), headers=headers)

    assert response.status_code == 404
    assert ("no longer there" in response.content.decode()) == bool(headers)


def test_asks_to_sign_in(alice, client):
    response = client.get(address(say(alice, "general", "Hello")))

    assert response["Location"].startswith("/accounts/login/")
