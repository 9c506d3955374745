"""No words of ours are left that cannot be said in another language: every page, read in one made for that.

Each text of its catalogue stands in brackets: what is read outside of them nobody could translate.
"""

import datetime
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from hypermedia.cache import rendered
from rooms.actions.following import follow
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_post import post_message
from rooms.actions.pins import pin_message
from rooms.actions.reminders import ring_due, set_reminder
from rooms.models import Membership, Message, Saved, Scheduled
from tests.permissions import FORMS, WHO, Address, Site, addresses, filled, give_role

# Words that nobody has gone through yet; and the one that is meant to be found by whoever is lost.
WORDS_NOT_YET = re.compile("Order rooms by (name|activity)|Language")
# What is read of an element besides its text.
ATTRIBUTES = {"aria-label", "aria-description", "title", "placeholder", "alt"}
# What is read as it was typed, or by programs alone. A page's style says its words in static/css/ as well.
TYPED = {"script", "style", "code", "kbd", "pre", "textarea", "svg", "bdi"}
# What somebody said, or is called; and emoji, whose names are Unicode's.
THEIRS = {"text", "author", "doer", "emoji", "directory-name", "quote"}
# And what those are called whom tests/permissions.py makes; before a point that is no name of a role.
CALLED = "|".join(who.replace(" ", "-") for who in (*WHO, "founder", "newcomer", "builds"))
NAMES = re.compile(
    # Programs, with the ends of their files.
    r"\b(Slack|Mattermost|Zulip|Campfire|Parley) \(\.[^)]*\)|"
    r"\b(the (open|closed|direct) one|renamed|a new one|Nobody\d+|some words|to call back|for later|"
    r"other words|What to drink\?|Tea|Coffee|a\.png|example\.org|Parley|Markdown|UTC|x|SE)\b|🌴 Away|"
    r"\b(Deployments|(for )?a program|API|openapi\.json)\b|"
    # Bots, what they are made for, and a command.
    r"\b(Builds|Lights|Ears|Lighthouse|Nightly|Robot|bot-[0-9a-f]{8})\b|/sky\b|"
    r"\b(GitHub|GitLab|Alertmanager|Grafana|Sentry)\b|"
    rf"\b({CALLED}) ·|@[\w-]+|\S+@\S+|https?://\S+|\w+/\w+(/\w+)*"
)
NEVER_CLOSED = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
WORD = re.compile(r"[^\W\d_]{2,}")


class Reading(HTMLParser):
    """What somebody reads of a page, or of a part of one, that stands outside of brackets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.left: set[str] = set()
        self._open: list[tuple[str, bool]] = []
        self._brackets = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Its attributes are each read by itself."""
        values = dict(attrs)
        classes = set((values.get("class") or "").split())
        is_name = "data-name" in values or values.get("name") == "time_zone"
        # What says of itself that it is in a language, of programs, is in that one for all.
        is_english = tag != "html" and "lang" in values
        is_theirs = tag in TYPED or bool(classes & THEIRS) or is_name or is_english
        for name in ATTRIBUTES & values.keys():
            if not is_theirs:
                self._look_at(re.sub("⟦[^⟧]*⟧", " ", values[name] or ""))
        if tag not in NEVER_CLOSED:
            self._open.append((tag, is_theirs or (bool(self._open) and self._open[-1][1])))

    def handle_endtag(self, tag: str) -> None:
        """What was not closed before it is closed with it."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """A translation may hold elements, so brackets are counted over all of the page."""
        outside = ""
        for sign in data:
            self._brackets += (sign == "⟦") - (sign == "⟧")
            outside += " " if self._brackets or sign == "⟧" else sign
        if not (self._open and self._open[-1][1]):
            self._look_at(outside)

    def _look_at(self, text: str) -> None:
        words = " ".join(NAMES.sub(" ", text).split())
        if WORD.search(words) and words not in dict(settings.LANGUAGES).values():
            self.left.add(words)


@pytest.fixture
def site(db: None, bracketed: str) -> Iterator[Site]:
    """A site whose member may do everything, has something of everything, and reads that language."""
    rendered.clear()
    site = Site(ended=False)
    # Nobody is called as roles are, which are words of ours.
    for person in (site.founder, newcomer_of(site), *site.people.values()):
        person.display_name = f"Nobody{person.pk}"
        person.save()
    member = site.people["member"]
    give_role(member, "administrator")
    for person in (member, newcomer_of(site)):
        person.language = bracketed
        person.save()
    Membership.objects.filter(person=member).update(role="moderator")
    for kind in ("open", "direct"):
        have_something(site, kind)
    yield site
    rendered.clear()


def newcomer_of(site: Site) -> Any:
    """Somebody who has nothing yet."""
    return type(site.founder).objects.get(username="newcomer")


def have_something(site: Site, kind: str) -> None:
    """A thread with news, what was deleted, pinned and saved, and what is due, or could not be sent."""
    places = Membership.objects.filter(room=site.rooms[kind]).select_related("room", "person")
    member, other = (places.get(person=site.people[who]) for who in ("member", "guest"))
    first = Message.objects.get(pk=site.things[kind]["pk"])
    follow(member, first)
    for _ in range(5):
        answer = post_message(other, "@member some words", reply_to=first.pk)
    remove_message(Message.objects.get(pk=answer.pk))
    pin_message(member, first)
    Saved.objects.create(person=member.person, message=first)
    now = timezone.now()
    for message in (None, first):
        set_reminder(member.person, now, "" if message else "to call back", message)
    ring_due(now + datetime.timedelta(minutes=1))
    Scheduled.objects.filter(person=member.person).update(problem="x")


def answers(site: Site, address: Address, kind: str) -> Iterator[tuple[str, HttpResponse]]:
    """What the member gets there, by each way to ask; what they do is undone."""
    url = reverse(address.name, kwargs=site.arguments(address, kind))
    form: dict[str, Any] = {name: filled(value, kind) for name, value in FORMS.get(address.name, {}).items()}
    at = {"at": f"message-{site.things[kind]['pk']}"} if address.name == "at" else {}
    if address.name == "profile":
        # Another language would be that of the answer.
        at = {"language": site.people["member"].language}
    # What differs between direct conversations and others is seen without doing anything.
    for method in address.methods if kind == "open" else {"GET"}.intersection(address.methods):
        for values in [at] if method == "GET" else [at, at | form]:
            for headers in ({}, {"HX-Request": "true"}):
                with transaction.atomic():
                    ask = getattr(site.clients["member"], method.lower())
                    response = ask(url, values, headers=headers, follow=True)
                    transaction.set_rollback(True)
                yield f"{method} {url} {sorted(values)}{' by htmx' if headers else ''}", response


def words_left(asked: str, response: HttpResponse) -> Iterator[tuple[str, str]]:
    """Each text that stands there in English, and where that is."""
    if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
        for words in Reading(response.content.decode()).left:
            if not WORDS_NOT_YET.fullmatch(words):
                yield words, asked


def walked() -> list[Address]:
    """The addresses whose pages are looked at."""
    return addresses()


@pytest.mark.parametrize("kind", ["open", "direct"])
def test_nothing_is_left_in_english(site: Site, kind: str) -> None:
    there = [one for one in walked() if one.is_in_room or kind == "open"]
    asked = [answer for address in there for answer in answers(site, address, kind)]
    assert dict(left for answer in asked for left in words_left(*answer)) == {}


def test_nothing_is_left_in_english_for_who_has_nothing(site: Site, client: Any) -> None:
    client.force_login(newcomer_of(site))
    pages = [one for one in walked() if "<" not in one.route and "GET" in one.methods]
    asked = [(f"/{one.route}", client.get(reverse(one.name), follow=True)) for one in pages]
    assert dict(left for answer in asked for left in words_left(*answer)) == {}


def test_what_nobody_can_translate_is_found() -> None:
    html = (
        '<p title="⟦One⟧">⟦Two <b>Three</b>⟧ Four <code>five</code><img alt="Six"></p>'
        '<b class="text">seven</b>'
    )

    assert Reading(html).left == {"Four", "Six"}
