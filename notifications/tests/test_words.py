"""`/accounts/notifications/words/`: the words that somebody watches, and what is found of them."""

import datetime

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import departures
from accounts.models import Block
from notifications import gathering
from notifications.models import WatchedWord
from notifications.preferences import change_preferences
from notifications.tests.test_mails import AFTER, USUAL, read, to
from notifications.watching import watch, watched_by, who_watches, words_of
from rooms import access
from rooms.actions.direct import open_direct
from rooms.actions.messages_edit import edit_message
from rooms.models import Membership, Mention
from rooms.tests.saying import closed_room, say
from tests.sockets import Sockets

ADDRESS = "/accounts/notifications/words/"

# -- What is found -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "text", "is_found"),
    [
        ("harbour", "At the HARBOUR, then", True),
        ("harbour", "Two harbours", False),
        ("harbour", "the_harbour_", True),
        ("Café", "to the cafe!", True),
        ("cafe", "au CAFÉ", True),
        ("straße", "in der STRASSE", True),
        ("release plan", "The **release plan** is here", True),
        ("release plan", "Release\nplan", True),
        ("release plan", "the plan of the release", False),
        ("release plan", "release planning", False),
        ("выпуск", "Новый ВЫПУСК завтра", True),
        ("выпуск", "много выпусков", False),
        ("كتاب", "هذا كِتَاب", True),
        ("עברית", "שיעור עברית", True),
        ("東京", "明日は東京に行く", True),
        ("東京", "京都に行く", False),
        ("東京都", "東京と京都", False),
        ("発売 x2", "明日発売 X2", True),
        ("x 病", "in x 病院", True),
        ("배포", "오늘 배포를 한다", True),
        ("C++", "in C++ or C", True),
        ("C++", "vitamin C", False),
        (".net", "It is .NET", True),
        (".net", "the net", False),
        ("e-mail", "an E-Mail", True),
        ("don't", "I DON’T know", True),
        ("v2", "this is v2.", True),
        ("🚀 launch", "🚀 Launch!", True),
    ],
)
def test_words_are_whole_and_compared_as_a_search_does(word, text, is_found):
    assert who_watches(text, watched_by([(1, word)])) == ({1} if is_found else set())


def test_each_finds_their_own():
    watched = watched_by([(1, "harbour"), (2, "Harbour"), (3, "the harbour"), (4, "lake")])

    assert who_watches("By the harbour", watched) == {1, 2, 3}
    assert who_watches("", watched) == set()


# -- What is chosen ------------------------------------------------------------------------


def test_they_are_kept_each_once(client_of, bob):
    client = client_of(bob)
    answer = client.post(ADDRESS, {"words": " harbour \r\n\r\nHárbour\r\nthe lake\r\nC++\r\nC#"})
    assert (answer.status_code, answer["Location"]) == (303, "/accounts/notifications/")
    assert words_of(bob) == ["harbour", "the lake", "C++", "C#"]
    assert "harbour\nthe lake\nC++" in client.get("/accounts/notifications/").content.decode()
    client.post(ADDRESS, {"words": ""})
    assert words_of(bob) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("x", "“x” is not of 2 to 50 characters."),
        ("fine\n" + "x" * 51, "is not of 2 to 50 characters."),
        ("fine\n--", "“--” has no word in it."),
        ("\n".join(f"word{n}" for n in range(21)), "These are 21; 20 is the most."),
        ("<b>\n&", "“&amp;” is not of 2 to 50 characters."),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(client_of, bob, words, said):
    watch(bob, ["before"])
    page = client_of(bob).post(ADDRESS, {"words": words})
    assert page.status_code == 422
    assert said in page.content.decode()
    assert words_of(bob) == ["before"]


def test_it_asks_to_sign_in(client, client_of, bob):
    assert client.post(ADDRESS)["Location"].startswith("/accounts/login/")
    assert client_of(bob).get(ADDRESS).status_code == 405


# -- Who is told ---------------------------------------------------------------------------


def test_who_watches_is_told_once_and_finds_it_among_their_mentions(
    general, alice, bob, work, mailoutbox, client_of
):
    watch(bob, ["harbour"])
    said = say(alice, "general", "At the Harbour")
    say(alice, "general", "At the lake")
    work(AFTER, 60)
    (mail,) = mailoutbox
    assert mail.to == ["bob@example.org"]
    assert mail.subject == "alice wrote in general"
    assert "lake" not in mail.body
    assert Membership.objects.get(person=bob, room=general).mentioned == said.number
    page = client_of(bob).get("/mentions/").content.decode()
    assert "has a word you watch" in page
    assert 'unread-of-mentions">1<' in page


def test_who_is_not_told(general, alice, bob, charlie, work, mailoutbox):
    watch(bob, ["harbour"])
    watch(charlie, ["harbour"])
    say(bob, "general", "My own harbour")
    Membership.objects.filter(person=charlie).update(involvement="nothing")
    say(alice, closed_room(alice).slug, "A secret harbour")
    Block.objects.create(person=bob, blocked=alice)
    bob.has_blocked = True
    bob.save()
    say(alice, "general", "A harbour again")
    work(AFTER)
    assert mailoutbox == []
    assert not Mention.objects.exists()


def test_what_names_them_as_well_means_them_once(general, alice, bob, work, mailoutbox):
    watch(bob, ["harbour"])
    say(alice, "general", "@bob the harbour")
    work(AFTER)
    assert [mail.subject for mail in mailoutbox] == ["alice wrote to you in general"]
    assert Mention.objects.get().why == "named"


def test_words_are_told_of_where_mentions_and_direct_messages_are_not(general, alice, bob, work, mailoutbox):
    change_preferences(bob, **USUAL | {"mentions": False, "direct": False})
    watch(bob, ["harbour"])
    for slug in ("general", open_direct(alice, [bob]).slug):
        say(alice, slug, "@bob hello")
        say(alice, slug, "The harbour")
    work(AFTER)
    assert to(mailoutbox) == ["bob@example.org"] * 2
    assert not any("hello" in mail.body for mail in mailoutbox)


def test_what_was_read_or_edited_meanwhile(general, alice, bob, work, mailoutbox):
    watch(bob, ["harbour"])
    said = say(alice, "general", "The harbour")
    work(2)
    edit_message(access.membership(alice.pk, "general"), said, "The harbor", "")
    assert Mention.objects.exists()
    read(bob)
    work(AFTER)
    assert mailoutbox == []


def test_whoever_leaves_for_good_leaves_no_words(bob):
    watch(bob, ["harbour"])
    departures.leave(bob, removes_messages=False)
    assert not WatchedWord.objects.exists()


def test_its_queries_do_not_grow(general, alice, bob, person, work):
    def queries(count: int) -> int:
        for number in range(count):
            say(alice, "general", f"The harbour {number}")
        with CaptureQueriesContext(connection) as asked:
            gathering.gather(timezone.now() + datetime.timedelta(minutes=2))
        return len(asked)

    watch(bob, ["harbour"])
    queries(1)
    few = queries(1)
    for number in range(20):
        one = person(f"p{number}")
        Membership.objects.get_or_create(room=general, person=one)
        watch(one, ["harbour", "lake"])
    assert queries(5) == few


async def test_an_open_page_counts_it(general, alice, bob, sockets: Sockets):
    await sync_to_async(watch)(bob, ["harbour"])
    page = await sockets("/ws/live/", "bob")
    await page.send(type="resume", names="0", statuses="0", rooms="0")
    await sync_to_async(say)(alice, "general", "The harbour")
    await page.until(f'unread-of-{general.pk}">1<')
    await sync_to_async(gathering.gather)(timezone.now() + datetime.timedelta(minutes=2))
    await page.until('unread is-mention unread-of-mentions">1<')
