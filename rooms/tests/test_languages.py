"""One room, read in two languages: each page has its own, whoever does something in it."""

import asyncio
import datetime
import re
from collections.abc import Callable, Iterator

import pytest
from asgiref.sync import sync_to_async
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from hypermedia.cache import rendered
from rooms.actions.messages_delete import delete_message
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.notices import post_notice
from rooms.actions.pins import pin_message
from rooms.actions.reactions import toggle_reaction
from rooms.actions.reminders import ring_due, set_reminder
from rooms.actions.topic import change_topic
from rooms.models import Membership, Message
from rooms.tests.saying import say
from rooms.tests.test_convergence import frames_up_to, page_afresh, revision
from rooms.tests.test_reply import answer
from tests.page import Page
from tests.sockets import Sockets, TestSocket
from tests.translated import Words

ROOM = "/ws/rooms/general/"
LANGUAGES = {"alice": "en", "bob": "de"}
# What English has, and what stands for it; the second forms are those for several.
GERMAN: Words = {
    "edited": "bearbeitet",
    "pinned": "angeheftet",
    "A message was deleted.": "Eine Nachricht wurde gelöscht.",
    "last %(time)s": "zuletzt %(time)s",
    ("%(number)s answer", 0): "%(number)s Antwort",
    ("%(number)s answer", 1): "%(number)s Antworten",
    "%(names)s and %(last)s": "%(names)s und %(last)s",
    "%(names)s reacted with %(emoji)s": "%(names)s haben mit %(emoji)s reagiert",
    "%(person)s added %(people)s": "%(person)s hat %(people)s hinzugefügt",
    "%(person)s renamed the room to %(words)s": "%(person)s nennt den Raum jetzt %(words)s",
    "%(person)s changed the topic to %(words)s": "%(person)s gab das Thema %(words)s vor",
    "%(room)s, earlier": "%(room)s, früher",
    "new message": "neue Nachricht",
    "new messages": "neue Nachrichten",
    "React": "Reagieren",
    "who": "wer",
    "Show all": "Alles zeigen",
    "Show less": "Weniger zeigen",
    "Table": "Tabelle",
    "unread, for you": "ungelesen, für dich",
    "A reminder of yours is due.": "Du wolltest erinnert werden.",
    "reminders due": "Erinnerungen",
    " typing …": ' schreibt "gerade" …',
    "A message of somebody you blocked": "Von jemandem, den du blockierst",
    "There is no command /%(name)s; /help shows those that there are. "
    "To say it as text, begin with a space, or with a second slash.": "/%(name)s gibt es nicht.",
    "There is nothing in that message yet.": "Da steht noch nichts.",
    "l j F Y": "l, j. F Y",
    "March": "März",
    "Sunday": "Sonntag",
}
GERMAN_WORDS = re.compile(
    "bearbeitet|angeheftet|gelöscht|zuletzt|Antwort| und |reagiert|hinzugefügt|nennt|Thema|früher|"
    "neue Nachricht|Reagieren|>wer<|zeigen|Tabelle|Sonntag"
)
SUNDAY = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
LONG = "\n".join(f"line {number}" for number in range(40))


@pytest.fixture(autouse=True)
def german(translated: Callable[[str, Words], None]) -> Iterator[None]:
    """German has these words, whatever translators write; no row is kept with others."""
    translated("de", GERMAN)
    rendered.clear()
    yield
    rendered.clear()


@pytest.fixture(autouse=True)
def readers(alice: Person, bob: Person) -> None:
    """Alice reads English, and Bob German, who moderates the room."""
    for username, language in LANGUAGES.items():
        Person.objects.filter(username=username).update(language=language)
    Membership.objects.filter(person=bob).update(role=Membership.Role.MODERATOR)


class Reader:
    """Somebody with a page open since before, and its socket."""

    client: Client
    page: Page
    socket: TestSocket

    @classmethod
    async def come(cls, sockets: Sockets, username: str) -> "Reader":
        reader = cls()
        reader.client = await sockets.client(username)
        address = f"{ROOM}?zone=UTC&language={LANGUAGES[username]}"
        reader.socket = await sockets(address, reader.client)
        reader.page = await page_afresh(reader.client)
        return reader

    async def read_on(self) -> str:
        """Take all that was pushed until now; it, as one text."""
        frames = await frames_up_to(self.socket, await revision())
        for frame in frames:
            assert "\0" not in frame
            self.page.apply(frame)
        return "".join(frames)


def words_of(page: Page) -> str:
    """What is read in the rows of a page, and the names of its buttons."""
    rows = BeautifulSoup("".join(page.shown), "html.parser")
    told = [str(one[name]) for name in ("title", "aria-label") for one in rows.select(f"[{name}]")]
    return " ".join([rows.get_text(" "), *told])


@sync_to_async
def all_kinds_happen(alice: Person, bob: Person) -> None:
    """A row of each kind that has words of ours."""
    first = say(alice, "general", "the first")
    Message.objects.filter(pk=first.pk).update(posted_at=SUNDAY, edited_at=None)
    member = Membership.objects.select_related("room", "person").get(person=alice)
    edit_message(member, first, "otherwise", edit_state(first))
    pin_message(member, first)
    for number in range(2):
        answer(bob, say(alice, "general", f"question {number}"), "one")
    answer(alice, Message.objects.get(body="question 1"), "two")
    for person in (alice, bob):
        toggle_reaction(Membership.objects.get(person=person), first, "👍")
    delete_message(member, Message.objects.get(body="question 0"))
    post_notice(first.room, alice, Message.Notice.ADDED, [bob.pk])
    change_topic(Membership.objects.select_related("room", "person").get(person=bob), "weather")
    say(alice, "general", LONG)
    say(alice, "general", "a | b\n--|--\n1 | 2")


ENGLISH_ROWS = (
    "Sunday 1 March 2026", "edited", "pinned", "A message was deleted.", "1 answer", "2 answers", "last",
    "alice and bob reacted with 👍", "alice added bob", "bob changed the topic to weather", "Show all",
    "Table",
)  # fmt: skip
GERMAN_ROWS = (
    "Sonntag, 1. März 2026", "bearbeitet", "angeheftet", "Eine Nachricht wurde gelöscht.", "1 Antwort",
    "2 Antworten", "zuletzt", "alice und bob haben mit 👍 reagiert", "alice hat bob hinzugefügt",
    "bob gab das Thema weather vor", "Alles zeigen", "Tabelle",
)  # fmt: skip


async def test_a_page_reads_in_its_own_language_by_socket_and_afresh(
    sockets: Sockets, alice: Person, bob: Person
) -> None:
    english, german = [await Reader.come(sockets, username) for username in LANGUAGES]

    await all_kinds_happen(alice, bob)

    for reader, own, others in (
        (english, ENGLISH_ROWS, GERMAN_ROWS),
        (german, GERMAN_ROWS, ENGLISH_ROWS),
    ):
        await reader.read_on()
        assert reader.page.shown == (await page_afresh(reader.client)).shown
        said = re.sub(r"\s+", " ", words_of(reader.page))
        assert [words for words in own if words not in said] == []
        assert [words for words in others if words in said] == []
    assert english.page.ids("#messages") == german.page.ids("#messages")


async def test_who_returns_catches_up_in_their_language(sockets: Sockets, alice: Person, bob: Person) -> None:
    german = await Reader.come(sockets, "bob")
    await german.socket.leave()
    await all_kinds_happen(alice, bob)

    again = await sockets(f"{ROOM}?zone=UTC&language=de", german.client)
    german.page.apply(await again.resume(german.page.seen))

    assert german.page.shown == (await page_afresh(german.client)).shown


async def test_nobody_is_told_in_the_language_of_who_does_it(sockets: Sockets, alice: Person) -> None:
    """By HTTP, where a page is made in one's own language, and by the socket."""
    message = await sync_to_async(say)(alice, "general", "a question")
    english, german = [await Reader.come(sockets, username) for username in LANGUAGES]
    await german.socket.send(type="message", body=LONG, token="t1")
    await german.socket.until("line 39")
    own = await sync_to_async(Message.objects.get)(body=LONG)

    def act() -> None:
        """Bob does each thing that the others see."""
        place, post = own.get_absolute_url(), german.client.post
        answers = [
            post("/rooms/general/", {"body": LONG, "token": "t2"}),
            post("/rooms/general/", {"body": "yes", "token": "t3", "reply_to": message.pk}),
            post(f"{place}edit/", {"body": "otherwise", "seen": edit_state(own)}),
            post(f"{message.get_absolute_url()}reactions/", {"emoji": "👍"}),
            post(f"{place}pin/", {"pinned": "on"}),
            post(place),
            post(
                "/rooms/general/settings/",
                {
                    "name": "Werkstatt", "topic": "weather", "slug": "general", "kind": "open",
                    "who_posts": "members", "who_calls": "members", "slow_seconds": "0", "retention_days": "",
                },
            ),
        ]  # fmt: skip
        assert [response.status_code for response in answers] == [303] * len(answers)

    await sync_to_async(act)()

    told = await english.read_on()
    assert GERMAN_WORDS.findall(told) == []
    assert "bob</b> renamed the room to <b" in told
    assert "bob reacted with 👍" in told
    assert GERMAN_WORDS.findall("".join((await page_afresh(english.client)).shown)) == []
    assert "nennt den Raum jetzt" in await german.read_on()


ENGLISH_NEWS = (" unread, for you</span>", "A reminder of yours is due.", " reminders due</span>")
GERMAN_NEWS = (" ungelesen, für dich</span>", "Du wolltest erinnert werden.", " Erinnerungen</span>")


async def test_badges_and_banners_are_in_the_language_of_their_page(
    sockets: Sockets, alice: Person, bob: Person
) -> None:
    english, german = [
        await sockets(f"/ws/live/?zone=UTC&language={language}", await sockets.client(username))
        for username, language in LANGUAGES.items()
    ]
    await english.resume(0)
    await german.resume(0)
    now = timezone.now()

    def call(person: Person, other: Person) -> None:
        """What `person` says is for `other`, whom a reminder is due for as well."""
        say(person, "general", f"Hello @{other.username}")
        set_reminder(other, now, "to call back")
        ring_due(now)

    await sync_to_async(call)(bob, alice)
    await english.until(lambda read: all(words in read for words in ENGLISH_NEWS))
    await sync_to_async(call)(alice, bob)
    await german.until(lambda read: all(words in read for words in GERMAN_NEWS))


async def test_who_types_no_command_is_told_in_their_language(sockets: Sockets, bob: Person) -> None:
    german = await Reader.come(sockets, "bob")

    await german.socket.send(type="message", body="/nothing", token="t1")

    await german.socket.until("/nothing gibt es nicht.")


def test_words_that_a_style_shows_are_in_the_language_of_the_page(
    alice: Person, bob: Person, client_of: Callable[[Person], Client]
) -> None:
    client_of(bob).post("/people/alice/block/", {"blocked": "on"})
    english, german = (client_of(one).get("/rooms/general/").content.decode() for one in (alice, bob))

    assert r'--word-typing:" schreibt \22 gerade\22  …";' in german
    assert 'content:"Von jemandem, den du blockierst";' in german
    assert "--word-" not in english
    assert '--given-too:" " / ", you too"}' in english


async def test_who_posts_together_is_told_each_in_their_language(sockets: Sockets) -> None:
    """They are stored at once, in a thread that is of none of them."""
    english, german = [await Reader.come(sockets, name) for name in ("alice", "bob")]
    program = await sockets("/ws/chat/general/", "alice")

    await asyncio.gather(
        *(reader.socket.send(type="message", body=" ", token="t1") for reader in (english, german)),
        program.send(message=" "),
    )

    await german.socket.until("Da steht noch nichts.")
    assert "Da steht" not in await english.socket.until("There is nothing in that message yet.")
    assert "There is nothing in that message yet." in str(await program.next_json())
