"""`/threads/`: the threads that somebody follows, and how they come to."""

import re

import pytest
from asgiref.sync import sync_to_async

from accounts.models import Block, Person
from rooms import access
from rooms.actions.members import put_in, take_out
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_edit import edit_message
from rooms.models import Follower, Membership, Message
from rooms.render.badges import EMPTY, THREADS, badge_html, badge_of
from rooms.tests.panel import panel
from rooms.tests.saying import closed_room, say
from rooms.tests.test_reply import answer
from tests.sockets import Sockets

PATH = "/threads/"
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")


def thread(message: Message) -> str:
    return f"{message.get_absolute_url()}thread/"


def new_to(person: Person) -> dict[str, int]:
    """How many answers are new in each thread that somebody follows, by the first words, in their order."""
    person.refresh_from_db()
    followed = list(Follower.objects.listed_for(person))
    news = Follower.objects.news_of(person, [one.thread_id for one in followed])
    for one in followed:
        assert one.is_new == (one.thread_id in news)  # type: ignore[attr-defined]
    return {one.thread.body: news.get(one.thread_id, (0, 0))[0] for one in followed}


# -- Who follows -----------------------------------------------------------------------------


def test_who_starts_answers_or_is_named_follows(alice, bob, charlie, person):
    dora = person("dora")
    first = say(alice, "general", "Shall we? @charlie")
    assert new_to(alice) == {}
    answer(bob, first, "Yes, with @dora")

    assert (new_to(alice), new_to(charlie), new_to(dora)) == (
        {first.body: 1},
        {first.body: 1},
        {first.body: 1},
    )
    # One's own answer is nothing new.
    assert new_to(bob) == {first.body: 0}

    answer(alice, first, "Good")
    assert [new_to(one)[first.body] for one in (alice, bob, charlie, dora)] == [0, 1, 2, 2]


def test_who_is_named_later_has_nothing_of_before(alice, bob, charlie):
    first = say(alice, "general", "Shall we?")
    for _ in range(3):
        answer(bob, first, "Yes")
    answer(bob, first, "@charlie what do you think?")
    assert new_to(charlie) == {first.body: 1}

    late = answer(bob, say(alice, "general", "Another"), "Hm")
    edit_message(access.membership(bob.pk, "general"), late, "Hm, @charlie?", "")
    assert new_to(charlie) == {first.body: 1, "Another": 1}


def test_a_call_to_the_room_lets_nobody_follow(alice, bob, charlie):
    answer(bob, say(alice, "general", "Shall we?"), "@room yes")

    assert new_to(charlie) == {}


def test_who_unfollows_does_so_until_they_answer_again(alice, bob, client_of):
    first = say(alice, "general", "Shall we?")
    reply = answer(bob, first, "Yes")
    client = client_of(alice)

    # By any message of the thread.
    response = client.post(f"{thread(reply)}follow/", {"follows": "off"})
    assert (response.status_code, response["Location"]) == (303, thread(first))
    answer(bob, reply, "@alice are you there?")
    assert new_to(alice) == {}

    answer(alice, first, "I am")
    assert new_to(alice) == {"Shall we?": 0}


def test_anybody_can_follow_what_nobody_has_answered_yet(alice, bob, charlie, client_of):
    first = say(alice, "general", "News")
    client = client_of(charlie)

    menu = client.get(first.get_absolute_url(), headers=HTMX).content.decode()
    assert re.search(r'name="follows"\s+value="on"', menu)
    html = client.post(f"{thread(first)}follow/", {"menu": ""}, headers=HTMX).content.decode()
    assert "among your threads" in html
    assert f'hx-target="#follow-{first.pk}"' in html
    assert new_to(charlie) == {"News": 0}
    assert "No answers yet." in client.get(PATH).content.decode()

    answer(bob, first, "Good ones")
    client.post(f"{thread(first)}follow/")
    assert new_to(charlie) == {"News": 1}


def test_what_is_not_ones_own_cannot_be_followed(alice, bob, client_of):
    first = say(alice, closed_room(alice).slug, "Secret")

    for path in ("follow/", "read/"):
        assert client_of(bob).post(f"{thread(first)}{path}").status_code == 404
        assert client_of(bob).get(f"{thread(first)}{path}").status_code == 405
    assert not Follower.objects.exists()


# -- The list --------------------------------------------------------------------------------


def test_shows_the_newest_answers_and_leads_to_the_first_that_is_new(alice, bob, client_of):
    first = say(alice, "general", "Shall we?")
    said = [answer(bob, first, f"number {n}.") for n in range(5)]

    page = client_of(alice).get(PATH).content.decode()

    assert "5 new" in page
    assert f'href="{thread(first)}#beside-message-{said[0].pk}"' in page
    assert [f"number {n}." in page for n in range(5)] == [False, False, True, True, True]
    assert "more answers" in page
    assert "#general" in page


def test_more_than_a_page_of_new_answers_leads_into_the_history(alice, bob, client_of, monkeypatch):
    monkeypatch.setattr("rooms.views.threads.PAGE_SIZE", 2)
    first = say(alice, "general", "Shall we?")
    said = [answer(bob, first, "Yes") for _ in range(3)]

    page = client_of(alice).get(PATH).content.decode()

    assert f'href="/rooms/general/history/?around={said[0].pk}#message-{said[0].pk}"' in page


def test_what_has_something_new_comes_first(alice, bob):
    one, two, three = (say(alice, "general", text) for text in ("one", "two", "three"))
    for message in (two, one, three):
        answer(bob, message, "Yes")
    answer(alice, three, "Good")

    assert list(new_to(alice)) == ["one", "two", "three"]


def test_opening_a_thread_reads_it(alice, bob, client_of):
    first = say(alice, "general", "Shall we?")
    reply = answer(bob, first, "Yes")
    client = client_of(alice)

    # Nor the room, nor an earlier page of it.
    client.get("/rooms/general/")
    client.get(f"{thread(first)}?before={reply.pk}")
    assert new_to(alice) == {"Shall we?": 1}

    client.get(thread(first), headers=HTMX)
    assert new_to(alice) == {"Shall we?": 0}


def test_one_is_marked_as_read_and_all_are(alice, bob, client_of):
    one, two = say(alice, "general", "one"), say(alice, "general", "two")
    for message in (one, two):
        answer(bob, message, "Yes")
    client = client_of(alice)

    response = client.post(f"{thread(one)}read/", {"beside": "general", "page": "2"})
    assert (response.status_code, response["Location"]) == (303, f"{PATH}?room=general&page=2")
    assert new_to(alice) == {"two": 1, "one": 0}

    assert client.post(PATH)["Location"] == PATH
    assert new_to(alice) == {"two": 0, "one": 0}
    assert new_to(bob) == {"two": 0, "one": 0}


def test_opens_beside_a_room(alice, bob, client_of):
    first = say(alice, "general", "Shall we?")
    answer(bob, first, "Yes")
    client = client_of(alice)

    page = client.get(f"{PATH}?room=general").content.decode()
    assert "Shall we?" in panel(page)
    assert 'name="beside" value="general"' in panel(page)
    response = client.get(f"{PATH}?room=general", headers=HTMX)
    assert response["HX-Push-Url"] == f"{PATH}?room=general"
    assert response.content.decode().startswith('<hx-partial hx-target="#menu"')
    # What is done there is done there.
    response = client.post(
        f"{thread(first)}follow/",
        {"follows": "off", "list": "", "beside": "general"},
        headers=HTMX,
        follow=True,
    )
    assert "You follow no threads yet." in response.content.decode()
    assert client.get(f"{PATH}?room=nowhere").status_code == 404


def test_without_any_it_says_how_one_comes_to_follow(charlie, client_of):
    assert "You follow no threads yet." in client_of(charlie).get(PATH).content.decode()


def test_asks_to_sign_in(client):
    assert client.get(PATH)["Location"].startswith("/accounts/login/")


def test_a_room_that_one_lost_is_not_there_and_comes_back_as_it_was(alice, bob, client_of):
    room = closed_room(alice)
    put_in(room, [bob])
    first = say(bob, "board", "Shall we?")
    answer(alice, first, "Yes")
    take_out(Membership.objects.get(room=room, person=bob))

    assert new_to(bob) == {}
    assert "Shall we?" not in client_of(bob).get(PATH).content.decode()
    answer(alice, first, "Bob?")
    put_in(room, [bob])
    assert new_to(bob) == {"Shall we?": 2}


def test_what_is_deleted_or_by_somebody_blocked_is_not_new(alice, bob, charlie, client_of):
    first = say(alice, "general", "Shall we?")
    answer(bob, first, "Yes")
    gone = answer(charlie, first, "a slip")
    remove_message(gone)
    Block.objects.create(person=alice, blocked=bob)
    Person.objects.filter(pk=alice.pk).update(has_blocked=True)

    assert new_to(alice) == {"Shall we?": 0}
    remove_message(first)
    page = client_of(alice).get(PATH).content.decode()
    assert "was deleted" in page
    assert "a slip" not in page


def test_has_pages(alice, bob, client_of, monkeypatch):
    monkeypatch.setattr("rooms.views.threads.THREADS_ON_A_PAGE", 2)
    for text in ("one", "two", "three"):
        answer(bob, say(alice, "general", text), "Yes")
    client = client_of(alice)

    pages = [client.get(PATH, {"page": n, "room": "general"}).content.decode() for n in (1, 2)]
    assert ["<p>one</p>" in panel(page) for page in pages] == [False, True]
    assert "?page=2&amp;room=general" in pages[0]


# -- The badge beside them -------------------------------------------------------------------


def badge(count: int) -> str:
    return badge_html(THREADS, badge_of(count, False) if count else EMPTY)


def test_every_page_says_in_how_many_something_is_new(alice, bob, charlie, client_of):
    one, two = say(alice, "general", "one"), say(alice, "general", "two @charlie")
    for message in (one, one, two):
        answer(bob, message, "Yes")
    client = client_of(alice)
    assert badge(2) in client.get("/saved/").content.decode()
    assert badge(1) in client_of(charlie).get("/saved/").content.decode()
    assert badge(0) in client_of(bob).get("/saved/").content.decode()

    # The page that reads it says so.
    assert badge(1) in client.get(thread(one)).content.decode()


@pytest.fixture
def unrepaired(monkeypatch) -> None:
    """No look at everything brings what no event has told."""
    monkeypatch.setattr("rooms.unread.tracker.REPAIR_EVERY", 10**9)


@pytest.mark.usefixtures("unrepaired")
async def test_it_follows_what_happens_on_all_pages(alice, bob, charlie, sockets: Sockets):
    one, two = [await sync_to_async(say)(alice, "general", text) for text in ("one", "two @charlie")]
    pages = [await sockets("/ws/live/", name) for name in ("alice", "alice", "charlie", "bob")]
    for page in pages:
        await page.resume(0)
    client = await sockets.client("alice")

    async def alices(count: int) -> None:
        for page in pages[:2]:
            await page.until(badge(count))

    for message in (one, two):
        reply = await sync_to_async(answer)(bob, message, "Yes")
    await alices(2)
    await pages[2].until(badge(1))
    await sync_to_async(remove_message)(reply)
    await alices(1)
    await pages[2].until(badge(0))
    await sync_to_async(answer)(bob, two, "No")
    await alices(2)
    await sync_to_async(client.get)(thread(one), headers=HTMX)
    await alices(1)
    await sync_to_async(client.post)(f"{thread(two)}follow/", {"follows": "off"})
    await alices(0)
    await sync_to_async(answer)(bob, one, "And more")
    await alices(1)
    await sync_to_async(client.post)(PATH)
    await alices(0)
    assert "unread-of-threads" not in await pages[3].quiet(0.1)


@pytest.mark.usefixtures("unrepaired")
async def test_who_is_named_by_an_edit_sees_it(alice, bob, charlie, sockets: Sockets):
    late = await sync_to_async(answer)(bob, await sync_to_async(say)(alice, "general", "Tea"), "Hm")
    page = await sockets("/ws/live/", "charlie")
    await page.resume(0)
    place = await sync_to_async(access.membership)(bob.pk, "general")
    await sync_to_async(edit_message)(place, late, "Hm, @charlie?", "")
    await page.until(badge(1))


async def test_a_page_that_comes_is_told(alice, bob, sockets: Sockets):
    await sync_to_async(answer)(bob, await sync_to_async(say)(alice, "general", "Tea"), "Hm")
    assert badge(1) in await (await sockets("/ws/live/", "alice")).resume(0)


@pytest.mark.usefixtures("unrepaired")
async def test_of_very_many_no_more_are_kept_than_a_badge_says(alice, bob, sockets: Sockets, monkeypatch):
    monkeypatch.setattr("rooms.unread.state.KEPT_AT_MOST", 2)
    monkeypatch.setattr("rooms.unread.threads.KEPT_AT_MOST", 2)
    said = [await sync_to_async(say)(alice, "general", text) for text in ("one", "two", "three")]
    for message in said:
        await sync_to_async(answer)(bob, message, "Yes")
    page, client = await sockets("/ws/live/", "alice"), await sockets.client("alice")
    assert badge(2) in await page.resume(0)
    # One of those that are kept: the one that was not takes its place.
    await sync_to_async(client.get)(thread(said[2]), headers=HTMX)
    await page.until(badge(1))
    await page.until(badge(2))


# -- While one looks -------------------------------------------------------------------------


async def test_what_comes_into_an_open_thread_is_seen(alice, bob, sockets: Sockets):
    first = await sync_to_async(say)(alice, "general", "Shall we?")
    await sync_to_async(answer)(bob, first, "Yes")
    page = await sockets("/ws/rooms/general/", "alice")
    news = sync_to_async(new_to)

    await page.send(type="away")
    await page.send(type="thread", thread=str(first.pk))
    # What comes after it in the same socket was done after it.
    await page.send(type="looking")
    await page.until('<hx-partial hx-target="title"')
    assert await news(alice) == {"Shall we?": 1}

    await page.send(type="thread", thread=str(first.pk))
    await page.send(type="away")
    await page.until('value="0"')
    assert await news(alice) == {"Shall we?": 0}
