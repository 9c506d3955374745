"""What reaches people who are away is in the language that they chose, whoever wrote it."""

import datetime
import json
from collections.abc import Callable

import pytest
from django.utils import timezone, translation

from notifications import digests, feeds, outcomes, ways
from notifications.digests import change_digest
from notifications.models import Feed, Way
from notifications.tests.test_mails import AFTER
from notifications.tests.test_ways import add
from rooms.actions.direct import open_direct
from rooms.actions.reminders import ring_due, set_reminder
from rooms.tests.saying import say

MARCH = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def words(translated: Callable) -> None:
    """What is said in German here."""
    translated(
        "de",
        {
            "%(authors)s wrote to you": "%(authors)s hat dir geschrieben",
            "Answer in %(community)s": "In %(community)s antworten",
            "Answer in %(community)s: %(address)s": "In %(community)s antworten: %(address)s",
            "You wanted to be reminded on %(when)s:": "Du wolltest erinnert werden, %(when)s:",
            "A reminder from %(community)s": "Eine Erinnerung von %(community)s",
            "What you missed in %(community)s": "Was du in %(community)s verpasst hast",
            "You get this every day, as you have asked for.": "Du bekommst das jeden Tag.",
            "Unread": "Ungelesen",
            ("%(title)s: %(count)d message", 0): "%(title)s: %(count)d Nachricht",
            ("%(title)s: %(count)d message", 1): "%(title)s: %(count)d Nachrichten",
            "From %(names)s": "Von %(names)s",
            "A test from %(community)s": "Ein Test von %(community)s",
            "Mentions in %(community)s": "Erwähnungen in %(community)s",
            "It has not arrived: %(answer)s": "Es ist nicht angekommen: %(answer)s",
            "does not answer in time": "antwortet nicht rechtzeitig",
            "%(host)s has no address": "%(host)s hat keine Adresse",
        },
    )


@pytest.fixture
def bob(bob):
    """Bob, who reads German."""
    bob.language = "de"
    bob.save()
    return bob


def html_of(mail) -> str:
    return mail.alternatives[0].content


def test_a_mail_about_what_was_missed(general, alice, bob, work, mailoutbox):
    say(alice, open_direct(alice, [bob]).slug, "Lunch?")
    work(AFTER)
    (mail,) = mailoutbox
    assert mail.subject == "alice hat dir geschrieben"
    assert "In Parley antworten: http" in mail.body
    assert "In Parley antworten" in html_of(mail)
    assert '<html lang="de">' in html_of(mail)
    assert translation.get_language() == "en"


def test_others_read_it_in_the_sites(general, alice, bob, charlie, work, mailoutbox):
    say(alice, open_direct(alice, [charlie]).slug, "Lunch?")
    work(AFTER)
    assert mailoutbox[0].subject == "alice wrote to you"
    assert '<html lang="en">' in html_of(mailoutbox[0])


def test_a_reminder(general, bob, work, mailoutbox):
    set_reminder(bob, timezone.now(), text="Call Ana")
    ring_due(timezone.now())
    work(11)
    assert mailoutbox[0].subject == "Eine Erinnerung von Parley"
    assert "Du wolltest erinnert werden, " in mailoutbox[0].body


def test_a_digest(general, alice, bob, mailoutbox):
    change_digest(bob, "daily", 0, 9, timezone.now())
    say(alice, "general", "Good morning")
    digests.send_due(timezone.now() + datetime.timedelta(days=1.5))
    (mail,) = mailoutbox
    assert mail.subject == "Was du in Parley verpasst hast"
    assert "Ungelesen" in mail.body
    assert "Du bekommst das jeden Tag." in html_of(mail)


def test_a_webhook_has_names_for_programs_and_words_for_its_person(server, general, alice, bob, work):
    add(bob, "webhook", server)
    say(alice, open_direct(alice, [bob]).slug, "Lunch?")
    work(AFTER)
    said = json.loads(server.posted[0].body)
    assert said["type"] == "messages.missed"
    assert said["data"]["title"] == "alice: 1 Nachricht"


def test_another_way(server, general, alice, bob, work):
    way = add(bob, "ntfy", server)
    say(alice, open_direct(alice, [bob]).slug, "Lunch?")
    work(AFTER)
    assert server.posted[0].body == "Von alice"
    ways.send_test(way.pk, timezone.now())
    assert server.posted[1].headers["title"] == "Ein Test von Parley"


def test_the_feed(general, bob):
    feeds.make_address(bob, MARCH)
    feed = Feed.objects.get(person=bob)
    assert "<title>Erwähnungen in Parley</title>" in feeds.written(feed).decode()


def test_what_became_of_a_test_is_stored_in_english_and_read_in_each_language(client_of, bob):
    tested = "It has not arrived: does not answer in time"
    Way.objects.create(
        person=bob, kind="ntfy", address="https://ntfy.sh", topic="x", tested=tested, tested_at=MARCH,
        refused="nowhere.example has no address",
    )  # fmt: skip
    html = client_of(bob).get("/accounts/notifications/").content.decode()
    assert "Es ist nicht angekommen: antwortet nicht rechtzeitig" in html
    assert "nowhere.example hat keine Adresse" in html


@pytest.mark.parametrize("text", ["", "410 Gone", "403 Forbidden: no", "It has arrived: 200 OK"])
def test_what_a_server_says_stays_as_it_is(text: str):
    with translation.override("en"):
        assert outcomes.in_words(text) == text
