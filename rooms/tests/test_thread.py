"""`/rooms/<slug>/messages/<id>/thread/`: a message and its answers."""

import re

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from rooms import access
from rooms.actions.messages_delete import remove_message
from rooms.actions.rooms import create_room
from rooms.models import Attachment, Message, Room
from rooms.models.message import PAGE_SIZE
from rooms.tests.files import HTML, PDF, PNG, attach, named
from rooms.tests.panel import panel
from rooms.tests.saying import say
from rooms.tests.test_reply import answer, row
from tests.page import takes_away
from tests.sockets import Sockets, signed_in_client

HTMX = {"HX-Request": "true"}
ROOM = "/ws/rooms/general/"


def address(message: Message) -> str:
    return f"{message.get_absolute_url()}thread/"


def texts(html: str) -> list[str]:
    """The words of the messages in `html`, in their order."""
    return re.findall(r"<div class=text[^>]*>\s*<p>(.*?)</p>\s*</div>", html)


def answers_of(html: str) -> str:
    """The list of answers on a thread's page."""
    found = re.search(r'<ol id="thread-\d+"[^>]*>(.*)</ol>', html, re.DOTALL)
    assert found is not None
    return found[1]


def test_shows_the_message_and_its_answers_in_their_order(alice, bob, client_of):
    first = say(alice, "general", "Shall we?")
    say(alice, "general", "something else")
    second = answer(bob, first, "Yes")
    answer(alice, second, "Good")

    page = panel(client_of(bob).get(address(first)).content.decode())

    assert texts(page) == ["Shall we?", "Yes", "Good"]
    assert texts(answers_of(page)) == ["Yes", "Good"]
    assert f'datetime="{timezone.localdate()}">{timezone.localdate():%A}' in page


def test_without_answers_it_invites_to_the_first(alice, client_of):
    page = panel(client_of(alice).get(address(say(alice, "general", "Shall we?"))).content.decode())

    assert "No answers yet." in page
    assert 'id="answer"' in page


def test_an_answer_leads_to_its_thread(alice, bob, client_of):
    first = say(alice, "general", "Shall we?")
    second = answer(bob, first, "Yes")

    response = client_of(bob).get(address(second))

    assert response.status_code == 303
    assert response["Location"] == f"{address(first)}#beside-message-{second.pk}"


def test_the_first_message_counts_and_links(alice, bob):
    first = say(alice, "general", "Shall we?")
    assert "answer" not in row(first)
    answer(bob, first, "Yes")
    assert re.search(rf'<a class="answers" href="{address(first)}"[^>]*>1 answer</a>', row(first))
    gone = answer(alice, answer(bob, first, "No"), "Hm")
    assert ">3 answers</a>" in row(first)
    remove_message(gone)
    assert ">2 answers</a>" in row(first)


def test_its_box_without_a_script_answers_in_it(alice, bob, client_of):
    first = say(alice, "general", "Shall we?")

    response = client_of(bob).post(address(first), {"body": "Yes", "token": "t1"})

    assert (response.status_code, response["Location"]) == (303, address(first))
    posted = Message.objects.get(body="Yes")
    assert (posted.reply_to, posted.thread, posted.author) == (first, first, bob)


@pytest.mark.usefixtures("uploads")
def test_its_box_takes_files_without_a_script(alice, bob, client_of):
    first, client = say(alice, "general", "Shall we?"), client_of(bob)
    waiting = attach(client, "notes.pdf", PDF)
    fields = {"body": "Yes", "token": "t1", "files": [named("sea.png", PNG)], "attachments": [waiting.pk]}

    response = client.post(address(first), fields | {f"description-{waiting.pk}": "What we need"})

    assert response.status_code == 303
    answered = Message.objects.latest("pk")
    assert (answered.thread_id, answered.files) == (first.pk, 2)
    assert answered.attachments.get(pk=waiting.pk).description == "What we need"
    assert "sea.png" in answers_of(client.get(address(first)).content.decode())


@pytest.mark.usefixtures("uploads")
def test_a_file_that_is_not_taken_leaves_the_others_in_its_box(alice, client_of):
    first, client = say(alice, "general", "Shall we?"), client_of(alice)
    files = [named("sea.png", PNG), named("page.png", HTML)]

    response = client.post(address(first), {"body": "Yes", "thread": str(first.pk), "files": files})

    page = panel(response.content.decode())
    assert response.status_code == 422
    assert "page.png is not what its name says." in page
    assert "Yes</textarea>" in page
    file = Attachment.objects.get()
    assert f'id="attached-{file.pk}"' in page

    removed = client.post(
        f"/rooms/general/files/{file.pk}/remove/",
        {"body": "Yes", "thread": str(first.pk), "attachments": [file.pk]},
    )

    page = panel(removed.content.decode())
    assert "Yes</textarea>" in page
    assert "attached-" not in page.partition('id="answer-attached"')[2].partition("</ul>")[0]
    assert not Attachment.objects.exists()


@pytest.mark.usefixtures("uploads")
@pytest.mark.parametrize("thread", ["", "nothing", "999999999", "9" * 30])
def test_in_a_thread_that_is_nowhere_the_room_has_what_was_written(alice, client_of, thread):
    client = client_of(alice)
    file = attach(client, "sea.png", PNG)

    response = client.post(f"/rooms/general/files/{file.pk}/remove/", {"body": "my words", "thread": thread})

    assert "my words</textarea>" in response.content.decode()


def test_sent_twice_it_is_one_answer(alice, client_of):
    first = say(alice, "general", "Shall we?")
    client = client_of(alice)
    for _ in range(2):
        client.post(address(first), {"body": "Yes", "token": "t1"})

    assert first.thread_messages.count() == 1


def test_what_cannot_be_posted_comes_back_in_the_box(alice, bob, client_of):
    first = say(alice, "general", "Shall we?")

    response = client_of(bob).post(address(first), {"body": "long " * 2001})

    html = panel(response.content.decode())
    assert response.status_code == 422
    assert "10,000 is the most" in html
    assert "long long" in html


def test_what_cannot_be_answered_any_longer_comes_back(alice, bob, client_of):
    first = say(alice, "general", "Shall we?")
    answer(bob, first, "Yes")
    remove_message(first)

    response = client_of(bob).post(address(first), {"body": "my words"})

    assert response.status_code == 422
    assert "no longer there" in response.content.decode()
    assert "my words" in panel(response.content.decode())


def test_nothing_at_all_is_no_answer(alice, client_of):
    first = say(alice, "general", "Shall we?")

    assert client_of(alice).post(address(first), {"body": " "}).status_code == 422
    assert not first.thread_messages.exists()


def test_a_command_is_obeyed_there(alice, client_of):
    first = say(alice, "general", "Shall we?")

    html = client_of(alice).post(address(first), {"body": "/help"}).content.decode()

    assert "What can be typed" in html
    assert not first.thread_messages.exists()


def test_a_thread_outlives_its_first_message(alice, bob, client_of):
    first = say(alice, "general", "regretted")
    answer(bob, first, "Really?")
    remove_message(first)

    page = panel(client_of(bob).get(address(first)).content.decode())

    assert "regretted" not in page
    assert texts(answers_of(page)) == ["Really?"]
    assert 'id="answer"' not in page


def long_thread(alice, count: int) -> Message:
    first = say(alice, "general", "the first")
    for number in range(count):
        answer(alice, first, f"answer {number}")
    return first


def test_a_long_one_is_paged(alice, client_of):
    first = long_thread(alice, PAGE_SIZE + 3)
    client = client_of(alice)

    page = client.get(address(first)).content.decode()
    assert texts(answers_of(page)) == [f"answer {number}" for number in range(3, PAGE_SIZE + 3)]
    (before,) = re.findall(r'id="earlier-answers"[^>]*href="\?before=(\d+)"', page)

    earlier = client.get(address(first), {"before": before}).content.decode()
    assert texts(answers_of(earlier)) == ["answer 0", "answer 1", "answer 2"]

    to_htmx = client.get(address(first), {"before": before}, headers=HTMX).content.decode()
    assert to_htmx.startswith(f'<hx-partial hx-target="#thread-{first.pk}" hx-swap="upsert sort">')
    assert texts(to_htmx) == ["answer 0", "answer 1", "answer 2"]
    assert re.search(r'<hx-partial hx-target="#earlier-answers"[^>]*><a[^>]* hidden>', to_htmx)


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "0"])
def test_a_page_before_nothing_is_still_a_page(alice, client_of, before):
    first = say(alice, "general", "Shall we?")

    assert client_of(alice).get(address(first), {"before": before}).status_code == 200


# -- Live ----------------------------------------------------------------------------------


@sync_to_async
def page_of(client: Client, first: Message) -> str:
    return client.get(address(first)).content.decode()


async def test_an_answer_is_there_at_once_on_both_pages(sockets: Sockets, alice, bob) -> None:
    first = await sync_to_async(say)(alice, "general", "Shall we?")
    page = await sockets(ROOM, "alice")

    await (await sockets(ROOM, "bob")).send(type="message", body="Yes", thread=str(first.pk))

    arrived = await page.until("1 answer")
    posted = await Message.objects.aget(body="Yes")
    for place, prefix in (
        ('#messages" hx-swap="beforeend"', ""),
        (f'#thread-{first.pk}" hx-swap="upsert sort"', "beside-"),
    ):
        assert f'<hx-partial hx-target="{place}><li id="{prefix}message-{posted.pk}"' in arrived


async def test_a_chosen_answer_counts_more_than_the_thread(sockets: Sockets, alice, bob) -> None:
    first = await sync_to_async(say)(alice, "general", "Shall we?")
    second = await sync_to_async(answer)(bob, first, "Yes")
    page = await sockets(ROOM, "alice")

    await page.send(type="message", body="Good", thread=str(first.pk), reply_to=str(second.pk))

    await page.until("2 answers")
    posted = await Message.objects.aget(body="Good")
    assert (posted.reply_to_id, posted.thread_id) == (second.pk, first.pk)


async def test_its_page_catches_up(sockets: Sockets, alice, bob) -> None:
    first = await sync_to_async(say)(alice, "general", "Shall we?")
    second = await sync_to_async(answer)(bob, first, "Yes")
    seen = (await Room.objects.aget(slug="general")).revision
    await sync_to_async(answer)(alice, first, "Good")
    await sync_to_async(remove_message)(second)

    html = await (await sockets(ROOM, "bob")).resume(seen, thread=str(first.pk))

    assert f'#thread-{first.pk}" hx-swap="upsert sort">' in html
    assert ">Good<" in html
    for prefix in ("", "beside-"):
        assert takes_away(f"#{prefix}message-{second.pk}")(html)


async def test_its_page_catches_up_though_the_room_went_far_ahead(sockets: Sockets, alice, bob) -> None:
    first = await sync_to_async(say)(alice, "general", "Shall we?")
    seen = (await Room.objects.aget(slug="general")).revision
    await sync_to_async(answer)(bob, first, "Yes")
    for number in range(PAGE_SIZE + 5):
        await sync_to_async(say)(bob, "general", f"number {number}")

    html = await (await sockets(ROOM, "alice")).resume(seen, thread=str(first.pk))

    here = rf'#thread-{first.pk}" hx-swap="upsert sort">'
    assert re.search(here + "(?:(?!hx-partial).)*>Yes<", html, re.DOTALL)


async def test_its_page_catches_up_with_more_than_a_page(sockets: Sockets, alice) -> None:
    first = await sync_to_async(say)(alice, "general", "the first")
    seen = (await Room.objects.aget(slug="general")).revision
    for number in range(PAGE_SIZE + 3):
        await sync_to_async(answer)(alice, first, f"answer {number}")

    html = await (await sockets(ROOM, "alice")).resume(seen, thread=str(first.pk))

    here = f'<hx-partial hx-target="#thread-{first.pk}" hx-swap="innerHTML">'
    replaced = re.search(f"{here}(.*?)</hx-partial>", html, re.DOTALL)
    assert replaced is not None
    assert texts(replaced[1]) == [f"answer {number}" for number in range(3, PAGE_SIZE + 3)]


async def test_the_thread_of_another_room_is_not_told(sockets: Sockets, alice, bob) -> None:
    def elsewhere() -> Message:
        create_room(alice, "attic")
        first = say(alice, "attic", "for members")
        answer(alice, first, "a secret")
        return first

    first = await sync_to_async(elsewhere)()

    assert "a secret" not in await (await sockets(ROOM, "bob")).resume(0, thread=str(first.pk))


@pytest.mark.usefixtures("transactional_db")
def test_after_catching_up_it_is_the_page_loaded_afresh(alice, bob) -> None:
    first = say(alice, "general", "Shall we?")
    answer(bob, first, "Yes")
    page = panel(signed_in_client("bob").get(address(first)).content.decode())
    assert texts(page) == ["Shall we?", "Yes"]


# -- Who may -------------------------------------------------------------------------------


def test_not_through_another_room(alice, client_of):
    create_room(alice, "attic")
    message = say(alice, "general", "Hello")

    response = client_of(alice).get(f"/rooms/attic/messages/{message.pk}/thread/")

    assert response.status_code == 404


def test_not_for_who_is_not_in_the_room(alice, bob, client_of):
    create_room(alice, "attic")
    message = say(alice, "attic", "for members")

    response = client_of(bob).get(address(message))

    assert response.status_code == 404
    assert b"for members" not in response.content


def test_not_when_it_is_gone_meanwhile(alice, client_of):
    message = say(alice, "general", "regretted")
    remove_message(message)

    assert client_of(alice).get(address(message)).status_code == 404


def test_asks_to_sign_in(alice, client):
    message = say(alice, "general", "Hello")

    assert client.get(address(message))["Location"].startswith("/accounts/login/")


def test_a_thread_is_of_members(alice, bob):
    create_room(alice, "attic")
    with pytest.raises(access.NotFound):
        access.thread(bob.pk, "attic", say(alice, "attic", "for members").pk)
